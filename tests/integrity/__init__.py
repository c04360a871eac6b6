"""Attack the integrity of a count: by chance (a state machine), by order (two scheduled
connections), by mistake (seeded faults) and by malice (a hostile role)."""
