"""Effects: mail in, mail out, the queue of held posts and the people who decide on them."""
