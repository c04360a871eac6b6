"""Benchmarks of the desk and its peers: `make bench`, or `make bench-quick` for daily use."""
