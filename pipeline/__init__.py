"""Verbs: one folder per stage, frame in and frame out. Stages never import each other."""
