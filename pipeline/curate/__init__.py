"""Curate: tonight held against the night before: findings that stay, close or come back, records that changed."""
