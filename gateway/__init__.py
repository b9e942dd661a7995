"""Effects: mail in, mail out, the queue and the people who decide. A post's walk is in README.md here."""
