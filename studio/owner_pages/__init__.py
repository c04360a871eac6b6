"""The pages on which an owner sets up the studio."""
