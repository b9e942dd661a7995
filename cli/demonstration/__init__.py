"""Behind `gatepost demo`: its stage, its posts, its small list, its story."""
