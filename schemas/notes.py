"""What normalize can notice about a value."""

from __future__ import annotations

from enum import StrEnum


class NoteKind(StrEnum):
    """Kinds of notes; each feeds the rule named beside it."""

    UNREADABLE_DATE = "unreadable_date"  # FRE-004
    PLACEHOLDER_DATE = "placeholder_date"  # FRE-012 for verification dates, otherwise nothing
    UNKNOWN_STATUS = "unknown_status"  # ID-004
    UNCLEAR_FLAG = "unclear_flag"  # PRV-001: a flag that is neither yes nor no counts as yes
    HTML_REMOVED = "html_removed"  # FMT-060
    BROKEN_CHARACTERS = "broken_characters"  # FMT-060: control characters, `Ã©`, replaced bytes
    SEVERAL_VALUES = "several_values"  # FMT-001 or FMT-010: two numbers or addresses in one cell
    EXTENSION_IN_NUMBER = "extension_in_number"  # FMT-002
    REPEATED_VALUE = "repeated_value"  # TAX-005's neighbour: the same link, AKA or language twice in one cell
    MISSING_ID = "missing_id"  # ID-001
    REPEATED_ID_SAME = "repeated_id_same"  # nothing to do: counted only
    REPEATED_ID_DIFFERENT = "repeated_id_different"  # ID-008
    PARENT_MISSING = "parent_missing"  # ID-002
    PARENT_LOOP = "parent_loop"  # ID-002
    CUT_TEXT = "cut_text"  # FMT-061: many cells of the column end at the same length
    UNREADABLE_HOURS = "unreadable_hours"  # FMT-031: structured hours that give no times
    MISPLACED_VALUE = (
        "misplaced_value"  # FMT-011 or FMT-010: an e-mail address in the website cell or the reverse, moved
    )
