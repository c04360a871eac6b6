"""How fast the desk is, and against what: `make bench`, or `make bench-quick` for every day."""
