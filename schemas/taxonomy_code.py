"""The grammar of taxonomy codes, as 211HSIS publishes it; the terms themselves are licensed and never part of the program."""

from __future__ import annotations

import re

#: The grammar without anchors. Digits are written out: `\d` would accept full-width ones.
CODE_GRAMMAR = r"[A-Z](?:[A-Z](?:-[0-9]{4}(?:\.[0-9]{4}(?:-[0-9]{3}(?:\.[0-9]{2})?)?)?)?)?(?:-L)?"

#: For `fullmatch`, never `match`.
CODE = re.compile(CODE_GRAMMAR)
