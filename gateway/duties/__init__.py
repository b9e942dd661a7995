"""What is due, one file each. The rows are the outbox, so a crash loses none."""
