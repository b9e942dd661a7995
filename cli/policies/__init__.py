"""Clauses and packs on the terminal: listed, shown, proved, linted."""
