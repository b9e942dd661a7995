"""What an administrator asks now and then: is all well, who did what, what may be forgotten."""
