"""Parameters of the NDP-shaped bundle."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from schemas.parameters import Parameters

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._]{0,30}[A-Za-z0-9])?")

#: Lists of the receiver for which a center may name further words.
WORD_LISTS = ("legal_status", "tax_status", "fees", "eligibility", "documents", "accessibility", "language", "country")


class NdpParameters(Parameters):
    """What the NDP-shaped bundle says of its owner, and which words of ours stand for which of the receiver's."""

    owner_code: str = Field(
        default="",
        description="Code of the center at the receiver, put before every record number (`211prairie` gives `211prairie-4711`). Empty: "
        "the record owner of the center's agencies, when all have the same one. For an export of one center.",
    )
    owner_codes: dict[str, str] = Field(
        default={}, description="The same for several centers, by center id; no two may have the same code."
    )
    owner_name: str = Field(
        default="",
        description="Name shown for records of the center itself. Empty: no name is told. For an export of one center.",
    )
    owner_names: dict[str, str] = Field(
        default={}, description="Names shown, by the code of a record owner; these come before `owner_name`."
    )
    steward_code: str = Field(
        default="", description="Code of the organization that manages the records at the receiver. Empty: the owner's."
    )
    steward_name: str = Field(
        default="", description="Name of that organization. Empty: the owner's, when the owner is the steward."
    )
    per_organization_files: bool = Field(
        default=False,
        description="Whether every bundle is written as a file of its own too, `organizations/<id>.json`, an array of one.",
    )
    words: dict[str, dict[str, str | tuple[str, ...]]] = Field(
        default={},
        description='Further words of the center and what they are in the receiver\'s list, by list: `language = { "Filipino" = '
        '"tagalog" }`. They come before the words that the program knows.',
    )

    @field_validator("owner_code", "steward_code")
    @classmethod
    def _plain_code(cls, text: str) -> str:
        return checked_owner_code(text) if text else text

    @field_validator("owner_codes")
    @classmethod
    def _plain_codes(cls, codes: dict[str, str]) -> dict[str, str]:
        return {center: checked_owner_code(code) for center, code in codes.items()}

    @field_validator("words")
    @classmethod
    def _known_lists(
        cls, words: dict[str, dict[str, str | tuple[str, ...]]]
    ) -> dict[str, dict[str, str | tuple[str, ...]]]:
        for name in words:
            if name not in WORD_LISTS:
                raise ValueError(f"{name!r} is no list of words; the lists are {', '.join(WORD_LISTS)}")
        return words


def checked_owner_code(text: str) -> str:
    """Return the code if it can stand before a record number.

    Raises:
        ValueError: It holds other signs than letters, digits, full stops and underscores, or is longer than 32.

    >>> checked_owner_code("211prairie")
    '211prairie'
    """
    if not _CODE.fullmatch(text):
        raise ValueError(f"an owner code is letters, digits, . and _ (at most 32); {text!r} is not")
    return text
