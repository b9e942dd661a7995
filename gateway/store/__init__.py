"""The store: an SQLite file, its rows and their migrations, one way to read and one to write."""
