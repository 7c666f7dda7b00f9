"""Audit: random samples that can be drawn again, and worksheets for people."""
