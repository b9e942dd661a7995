"""Whether an author looks like the organisation, its office or its staff, and is not."""
