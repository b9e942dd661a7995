"""What `scan` and `reading` stand on: octets into fields, parts, texts, links, in linear time."""
