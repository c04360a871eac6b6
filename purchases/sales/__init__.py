"""The page on which a person at the desk sells an offer to a client."""
