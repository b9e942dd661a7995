"""Crowds, slow clients and endless lines against a whole gateway, and one good client among them."""
