"""Two made-up studios, to try the desk on. `manage.py demo` loads them; nothing else knows them."""
