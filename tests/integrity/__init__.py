"""What the README promises about a count, attacked: by chance (a state machine), by order (two
scheduled connections), by mistake (seeded faults) and by malice (a hostile role)."""
