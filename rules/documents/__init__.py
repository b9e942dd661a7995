"""Text out of attached documents: one file a family, pure functions. None is read so far."""
