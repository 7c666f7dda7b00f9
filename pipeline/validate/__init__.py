"""Validate: the rule catalogue asked of every record; each answer a finding."""
