"""The pages on which a client is added or edited, or two records of one person are merged."""
