"""Synthesize: invented directories with planted faults, and the truth beside them."""
