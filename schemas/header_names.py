"""The form in which column names are compared."""

from __future__ import annotations


def fold_name(name: str) -> str:
    """Return the form in which names are compared: without outer blanks, byte order mark, case and underscores.

    Blanks inside a name are kept: `Checked On` may be another column than `CheckedOn`.

    >>> fold_name(" First_Name "), fold_name("Checked On")
    ('firstname', 'checked on')
    """
    return name.replace("\ufeff", "").strip().casefold().replace("_", "")
