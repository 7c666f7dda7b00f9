"""Ingest: a delivered file or folder, read as text under our field names. Knows layouts, interprets no value."""
