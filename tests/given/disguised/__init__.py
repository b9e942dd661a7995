"""Ways to hide a phrase from a filter, a family a module; `tests/given/disguises.py` has them all."""
