"""What `zones` and `normal` stand on: how people quote, how letters are disguised, where sentences end."""
