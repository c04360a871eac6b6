"""A new studio with its first owner: the page that `make start` opens, and `create_studio`.

`secret` is the one-time secret of the link. `create` makes the rows of the studio.
"""
