"""Normalize: delivered text into the canonical tables, with the written and the normalized value."""
