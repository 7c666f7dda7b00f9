"""What a format has no place for: one line each, as data, so that documents and manifests say the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One thing that a format cannot carry, or carries in another shape.

    Args:
        what: What is lost, in our own terms.
        why: Why the format cannot carry it.
        kept: Where it is kept instead; "nowhere in this file" when it is not.
        reason: Reason in `removed_values` under which it is counted; a reason that ends with `_` stands for all that begin with it.
            None when it is not counted.
    """

    what: str
    why: str
    kept: str
    reason: str | None = None
