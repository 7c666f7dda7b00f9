"""Words and patterns of AIRS XML: what our vocabulary is called there, and what its schema accepts."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.enumerations import PhoneType, Status, WithheldReason

#: Version -> namespace; 3.0 has none.
NAMESPACES: Mapping[str, str | None] = {"3.1": "http://www.airs.org/schema/3_1/AIRS.xsd", "3.0": None}

#: What a record that leaves is called; a status that is not here is not written.
STATUS_WORDS: Mapping[str, str] = {
    str(Status.ACTIVE): "active",
    str(Status.ACTIVE_DO_NOT_REFER): "active",
    str(Status.TEMPORARILY_CLOSED): "active",
}
#: What the schema knows.
STATUSES = ("active", "inactive", "defunct")

#: Our phone types in the words that AIRS files use; each is read back as the same type.
PHONE_WORDS: Mapping[str, str] = {
    str(PhoneType.MAIN): "Main",
    str(PhoneType.VOICE): "Voice",
    str(PhoneType.FAX): "Fax",
    str(PhoneType.TTY): "TTY",
    str(PhoneType.TOLL_FREE): "Toll Free",
    str(PhoneType.HOTLINE): "Hotline",
    str(PhoneType.BUSINESS): "Business Line",
    str(PhoneType.OUT_OF_AREA): "Out of area",
    str(PhoneType.AFTER_HOURS): "After Hours",
    str(PhoneType.CELL): "Cell",
    str(PhoneType.TEXT): "Text",
    str(PhoneType.OTHER): "Other",
}
#: Area codes of North American numbers that cost the caller nothing.
TOLL_FREE_CODES = ("800", "833", "844", "855", "866", "877", "888")

#: Why a value stays inside, for the public: (what, reason) -> words. A place that shares the address of a confidential one must not
#: be told apart from any other private address.
WITHHELD_WORDS: Mapping[tuple[str, str], str] = {
    ("phone", str(WithheldReason.FLAGGED_PRIVATE)): "Private number",
    ("address", str(WithheldReason.FLAGGED_PRIVATE)): "Private address",
    ("address", str(WithheldReason.CONFIDENTIAL_PLACE)): "Confidential place",
}
#: Words for every other reason.
WITHHELD_ANYWAY: Mapping[str, str] = {"phone": "Private number", "address": "Private address"}

#: Explanations where the format wants one. A reader knows by the first two that such a site is none of the center's.
NO_SITE_OF_SERVICES = "No place of these services is named in this file."
NO_SITE_OF_AGENCY = "No site of this agency is named in this file."
NO_ADDRESS = "No address is given."
NO_COMPLETE_ADDRESS = "No complete address is given."
NO_NUMBER = "No number is given."
CLOSED = "Temporarily closed"
#: Type of a contact for which none was delivered; the schema requires one.
ANY_CONTACT = "contact"
#: Role of the person to ask about the record itself.
MAIN_CONTACT = "main"

#: The e-mail patterns of the schemas. What XML Schema calls a word character is narrowed to ASCII in host names, so that every reader
#: agrees.
EMAIL_PATTERNS: Mapping[str, str] = {
    "3.1": r"^[^@\s]+@(?:[A-Za-z0-9]+(?:-+|\.))*[A-Za-z0-9]{1,63}\.[a-zA-Z]{2,6}$",
    "3.0": r"^(?:[A-Za-z0-9]+(?:_+|-+|\.+|\++))*[A-Za-z0-9]+@(?:[A-Za-z0-9]+(?:-+|\.))*[A-Za-z0-9]{1,63}\.[a-zA-Z]{2,6}$",
}
RECORD_OWNER = r"^[0-9A-Z]{4,8}$"
KEY = r"^(?:0|[1-9][0-9]*)$"
#: Years that XML Schema writes with four digits.
FIRST_YEAR, LAST_YEAR = 1, 9999
