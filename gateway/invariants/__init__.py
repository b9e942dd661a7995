"""What must always be true of the rows, one module a matter; each check yields what is not as it must be."""
