"""A database that is already there: what it has, what stands against attaching to it, and what
attaching will do. Nothing here changes anything but `apply`."""
