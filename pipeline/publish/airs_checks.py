"""The pre-flight of AIRS XML: what its receiver would refuse, asked column by column before the file is written.

Asked are the rules that the schema cannot ask (keys that name one record, references, codes) and those it would: required content,
lists and patterns. `airs_official` asks the schema itself, about the written file.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.airs_areas import unread_areas
from pipeline.publish.airs_plan import SERVICES_WITHOUT_SITE, AirsPlan
from pipeline.publish.airs_selection import is_valid_code
from pipeline.publish.airs_words import KEY, RECORD_OWNER, STATUS_WORDS
from pipeline.publish.preflight import Fault, Preflight
from pipeline.publish.public_directory import PublicDirectory
from schemas.enumerations import WithheldReason

#: Words of the center that are named in a fault, at most (project choice).
_SHOWN = 20
_TABLES: Mapping[str, str] = {
    "agency": "Agency",
    "site": "Site",
    "service": "SiteService",
    "service_at_site": "SiteService",
}
#: What a record that cannot be written lacks: kind and reason -> element, check, sentence.
_LACKS: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("agency", str(WithheldReason.REQUIRED_FIELD_MISSING)): ("Name", "required", "An agency lacks its name, or in 3.0 its description."),
    ("site", str(WithheldReason.PARENT_MISSING)): ("AgencyKey", "reference", "A site belongs to no agency of the file."),
    ("service", str(WithheldReason.REQUIRED_FIELD_MISSING)): ("Taxonomy", "required", "A service has no valid taxonomy code."),
    ("service_at_site", str(WithheldReason.REQUIRED_FIELD_MISSING)): (
        "Taxonomy",
        "required",
        "A service at a site has no valid taxonomy code.",
    ),
}  # fmt: skip


def check_airs(
    public: PublicDirectory,
    plan: AirsPlan,
    *,
    unwritable: pl.DataFrame,
    removed_values: Mapping[str, int],
    is_part: bool = False,
) -> Preflight:
    """Check a file before it is written.

    Args:
        public: What may leave.
        plan: Where it stands in the file.
        unwritable: Records that cannot be written and are not withheld either: `kind`, `record_uid`, `later`, `rule_id`.
        removed_values: What is left out of records, by reason; some of it is worth a look.
        is_part: Whether others follow in the same file: a part may hold no agency.
    """
    content = [] if plan.agencies.height or is_part else [no_agency()]
    errors = [*content, *_key_faults(plan), *_lacking(unwritable)]
    return Preflight(
        errors=tuple(errors),
        warnings=(*_word_warnings(public, plan), *_place_warnings(plan), *_value_warnings(removed_values)),
    )


def no_agency() -> Fault:
    """Return the fault of a file without any agency."""
    return Fault(
        table="Source",
        column="Agency",
        check="required",
        message="The file holds no agency; one is required.",
        count=1,
    )


def repeated_key(table: str, *, count: int, example: str | None) -> Fault:
    """Return the fault of keys that stand twice.

    Args:
        table: Element.
        count: Records with such a key.
        example: The first of them, where it is known.
    """
    return Fault(
        table=table,
        column="Key",
        check="unique",
        message="A key names two records; the receiver would take them for one.",
        count=count,
        example=example,
    )


def keyed_elements(plan: AirsPlan) -> dict[str, pl.DataFrame]:
    """Return the frames of a plan in which every row has a key of its own, by element."""
    return {"Agency": plan.agencies, "Site": plan.sites, "SiteService": plan.services}


def _key_faults(plan: AirsPlan) -> list[Fault]:
    faults = []
    for table, frame in keyed_elements(plan).items():
        shared = frame.filter(pl.col("key").is_duplicated())
        if shared.height:
            faults.append(repeated_key(table, count=shared.height, example=_first(shared)))
        odd = frame.filter(~pl.col("key").str.contains(KEY).fill_null(value=False))
        if odd.height:
            faults.append(
                Fault(
                    table=table,
                    column="Key",
                    check="format",
                    message="A key is not a whole number.",
                    count=odd.height,
                    example=_first(odd),
                )
            )
    return faults


def _first(frame: pl.DataFrame) -> str | None:
    ids = frame["record_uid"].drop_nulls().sort().to_list()
    return str(ids[0]) if ids else None


def _lacking(unwritable: pl.DataFrame) -> list[Fault]:
    faults = []
    for (kind, reason, rule), rows in sorted(
        unwritable.group_by("kind", "later", "rule_id"), key=lambda group: tuple(str(part) for part in group[0])
    ):
        column, check, message = _LACKS.get(
            (str(kind), str(reason)), ("Key", "reference", "A record belongs to one that cannot be written.")
        )
        faults.append(
            Fault(
                table=_TABLES[str(kind)],
                column=column,
                check=check,
                message=message,
                count=rows.height,
                example=rows["record_uid"].sort()[0],
                rule_id=None if rule is None else str(rule),
            )
        )
    return faults


def _word_warnings(public: PublicDirectory, plan: AirsPlan) -> list[Fault]:
    """Return words of the center that the format, or its lists, do not know."""
    units = pl.concat([frame["area_served_units"].explode() for frame in (public.service, public.service_at_site)])
    owners = public.agency.filter(~pl.col("record_owner").str.contains(RECORD_OWNER))["record_owner"]
    statuses = pl.concat([frame["status"] for frame in public.records().values()])
    links = public.taxonomy_link.filter(pl.col("owner_kind").is_in(["service", "service_at_site"]))
    codes = pl.concat([links["code"], links["target_code"], links["joined_codes"].explode()])
    asked = (
        ("GeographicAreaServed", "*", "An area served is no city, county, state, ZIP code or country; it is told in words.",
         unread_areas(units, plan.areas).rename({"unit": "word"})),
        ("Agency", "RecordOwner", "A record owner code has not four to eight capitals or digits; it is left out.", _frequent(owners)),
        ("Agency", "Status", "A status has no word in the format; it is left out.",
         _frequent(statuses.filter(~statuses.is_in(list(STATUS_WORDS))))),
        ("Taxonomy", "Code", "A code is not well formed; it is left out.",
         _frequent(codes.drop_nulls().to_frame("code").filter(~is_valid_code("code"))["code"])),
    )  # fmt: skip
    return [
        Fault(
            table=table,
            column=column,
            check="enum",
            message=message,
            count=int(words["len"].sum()),
            rule_id="TAX-002" if table == "Taxonomy" else None,
            values=tuple(words["word"].head(_SHOWN).to_list()),
        )
        for table, column, message, words in asked
        if words.height
    ]


def _frequent(words: pl.Series) -> pl.DataFrame:
    counts = words.drop_nulls().to_frame("word").group_by("word").len()
    return counts.sort("len", "word", descending=[True, False])


def _place_warnings(plan: AirsPlan) -> list[Fault]:
    made = plan.sites.with_row_index("number").filter(pl.col("made") == SERVICES_WITHOUT_SITE)["number"]
    alone = plan.links.filter(pl.col("site_number").is_in(made.implode()) & ~pl.col("is_removed"))
    repeated = plan.links.filter(pl.struct("site_number", "key").is_duplicated() & ~pl.col("is_removed"))
    services = plan.services["record_uid"].gather(alone["service_number"]).drop_nulls().sort()
    asked = (
        ("Site", "no_site", "A service stands at no site of the file.", services),
        ("SiteService", "repeated", "A service stands at one site more than once; the receiver may take it for one.",
         repeated["record_uid"].drop_nulls().sort()),
    )  # fmt: skip
    return [
        Fault(table=table, column="Key", check=check, message=message, count=ids.len(), example=ids[0])
        for table, check, message, ids in asked
        if ids.len()
    ]


def _value_warnings(removed_values: Mapping[str, int]) -> list[Fault]:
    """Return what was left out because the schema would refuse it, without the values."""
    asked = (
        ("email_not_by_schema", "Email", "Address", "format", "An e-mail address does not fit the pattern of the schema; it is left out."),
        ("incomplete_address", "PhysicalAddress", "*", "required", "An address lacks a part that 3.0 requires; it is left out."),
        ("contact_without_name", "Contact", "Name", "required", "A contact has no name, which 3.0 requires; it is left out."),
        ("parent_agency", "Agency", "Agency", "reference", "An agency belongs to one that it cannot stand in; it stands beside it."),
        ("removal_without_place", "Agency", "delete", "reference", "A removed record has no place in the file; it is not told."),
        ("removal_of_key_in_use", "Agency", "delete", "unique", "The key of a removed record is in use; its removal is not told."),
    )  # fmt: skip
    return [
        Fault(table=table, column=column, check=check, message=message, count=removed_values[reason])
        for reason, table, column, check, message in asked
        if removed_values.get(reason)
    ]
