"""How a release is carried out: in front of a list server, the only seat so far, `duties.deliver` does it."""
