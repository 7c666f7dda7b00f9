"""Measure: how fresh the directory is, how complex, and how many curators it takes."""
