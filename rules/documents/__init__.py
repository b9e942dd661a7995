"""Text and facts out of attached files: one file a family, pure functions from octets to a Document."""
