"""Workbooks that people fill in and hand back: a shelf beside the stages, which know what their own forms mean."""
