"""Behind `gatepost admin`: is all well, who did what, what may be forgotten."""
