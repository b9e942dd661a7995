"""The play that `gatepost demo` puts on: its stage, its posts, its small list, its story."""
