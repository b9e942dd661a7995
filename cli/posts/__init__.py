"""Message files: found, judged by a policy without any store, explained, scored."""
