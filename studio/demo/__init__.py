"""Two made-up studios to try the desk on. Only `manage.py demo` loads them."""
