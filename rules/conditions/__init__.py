"""The questions that a clause may ask of a post, one file a family."""
