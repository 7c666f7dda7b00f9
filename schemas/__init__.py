"""Nouns: table contracts, enumerations, parameters and the rule catalogue. Imports nothing else of ours."""
