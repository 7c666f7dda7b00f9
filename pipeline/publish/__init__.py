"""Publish: what leaves the house, reports and export packages."""
