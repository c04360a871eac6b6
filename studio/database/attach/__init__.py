"""Attach the site to a database that already has the four shared tables.

`inspect` reports what the database has, what blocks attaching, and what attaching will do. Only
`apply` changes anything.
"""
