"""Django's PostgreSQL backend with connections that do not wait for ever.

TCP itself waits for minutes if the network between the site and PostgreSQL goes silent.
"""
