"""Held posts on the terminal: listed, shown, decided."""
