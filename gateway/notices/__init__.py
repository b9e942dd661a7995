"""What we write to people: moderators learn what waits, authors what became of their posts."""
