"""What `rules train` stands on: a pack's lessons, the passages in them, the weights fitted to these."""
