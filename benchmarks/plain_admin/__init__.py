"""The list of purchases in Django's plain admin, to compare with the desk's page."""
