"""The list of purchases as Django's admin makes it by itself: what the desk's page is held
against, on the same rows, in the same server."""
