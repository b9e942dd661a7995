"""What policies say, and how a message is judged. Pure: no network, clock, database or process."""
