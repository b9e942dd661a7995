"""The `gatepost` command: a thin terminal over `gateway` and `rules`."""
