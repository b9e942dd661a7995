"""List files and the lists that they put into service: added, edited, enforced, removed."""
