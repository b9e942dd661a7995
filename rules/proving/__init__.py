"""What `prove` stands on: an example, and the message that it stands for."""
