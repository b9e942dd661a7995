"""Behind `gatepost lists` and `rules set`: list files, and the lists that they put into service."""
