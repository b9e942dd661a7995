"""Octets that nobody would think of, for everything that reads what strangers send."""
