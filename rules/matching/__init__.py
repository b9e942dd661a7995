"""Finding words: the zones laid out as one text, thousands of phrases and patterns looked for in one pass."""
