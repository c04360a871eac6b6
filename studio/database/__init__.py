"""The database below the site: the embedded server, the grants, the schema, and attaching.

Raw SQL of the site runs here and nowhere else.
"""
