"""Everything that goes wrong on purpose: faults, and calls held open."""
