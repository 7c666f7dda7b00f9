"""The pre-flight of NDP-shaped bundles: keys, types, lists of words, ids and references, checked table by table as they are made.

What the receiver accepts is not published: this asks what the known shape demands, and no more is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
import polars_hash as plh

from pipeline.publish.ndp_shape import (
    ADDRESS,
    CONTACT,
    LOCATION,
    ORGANIZATION,
    PHONE,
    SCHEDULE,
    SERVICE,
    SERVICE_AREA,
    SERVICE_AT_LOCATION,
    TAXONOMY,
    Shape,
)
from pipeline.publish.ndp_words import NdpWords
from pipeline.publish.preflight import Fault
from pipeline.publish.strict_values import URI

#: Objects by the name of their table, and the members that are put in later, when bundles are built.
_SHAPES: Mapping[str, tuple[Shape, tuple[str, ...]]] = {
    "organization": (
        ORGANIZATION,
        ("contacts", "phones", "services", "programs", "locations", "servicesAtLocations"),
    ),
    "service": (SERVICE, ("contacts", "phones", "schedules", "taxonomy", "serviceAreas")),
    "location": (LOCATION, ("contacts", "phones", "schedules", "addresses")),
    "serviceAtLocation": (SERVICE_AT_LOCATION, ("contacts", "phones", "schedules")),
    "phone": (PHONE, ()),
    "contact": (CONTACT, ()),
    "address": (ADDRESS, ()),
    "schedule": (SCHEDULE, ()),
    "taxonomy": (TAXONOMY, ()),
    "serviceArea": (SERVICE_AREA, ()),
}
_RECORDS = ("organization", "service", "location", "serviceAtLocation")
_HASH = plh.col("id").nchash.xxh3_64(seed=0)
#: Members that may not be null.
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "organization": ("id", "name"),
    "service": ("id", "idOrganization", "name"),
    "location": ("id", "idOrganization"),
    "serviceAtLocation": ("id", "idOrganization", "idService", "idLocation"),
}


@dataclass(frozen=True, kw_only=True)
class _Question:
    table: str
    column: str
    check: str
    message: str
    is_wrong: pl.Expr


@dataclass(kw_only=True)
class NdpChecks:
    """What was found so far, over all blocks.

    Args:
        words: The receiver's lists.
        found: Place and check -> message, how often, first id.
        record_ids: Hashes of the ids of records, by block.
        ids: Ids of dependent objects, as numbers, by block.
    """

    words: NdpWords
    found: dict[tuple[str, str, str], tuple[str, int, str | None]] = field(default_factory=dict)
    record_ids: list[pl.Series] = field(default_factory=list)
    ids: list[pl.Series] = field(default_factory=list)

    def ask(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """Check the tables of one block."""
        for name, (shape, later) in _SHAPES.items():
            frame = tables[name]
            wanted = {member: dtype for member, dtype in shape.items() if member not in later}
            given = frame.schema
            wrong = [member for member, dtype in wanted.items() if not _is_typed(given.get(member), dtype)]
            if wrong:
                self._note((name, wrong[0], "keys"), "A member is missing or of another type.", frame.height, None)
                continue
            self._ask(frame, self._questions(name, tables))
            if name in _RECORDS:
                self.record_ids.append(frame.select(_HASH)["id"])
            elif "id" in shape:
                self.ids.append(frame["id"].cast(pl.UInt64))
        self.ids.append(tables["contact"]["phone_id"].drop_nulls().cast(pl.UInt64))

    def take(self, others: NdpChecks) -> None:
        """Add what was found in other blocks."""
        for place, (message, count, example) in others.found.items():
            self._note(place, message, count, example)
        self.record_ids += others.record_ids
        self.ids += others.ids

    def hashes(self) -> pl.Series:
        """Return the hashes of the ids of all records (UInt64), for those who join parts of an export."""
        return pl.concat(self.record_ids) if self.record_ids else pl.Series("id", dtype=pl.UInt64)

    def faults(self) -> tuple[Fault, ...]:
        """Return the errors of all blocks."""
        ids = pl.concat([self.hashes(), *self.ids])
        twice = len(ids) - ids.n_unique()
        faults = [
            Fault(table=table, column=column, check=check, message=message, count=count, example=example)
            for (table, column, check), (message, count, example) in self.found.items()
        ]
        if twice:
            faults.append(id_twice(twice))
        return tuple(sorted(faults, key=lambda fault: (fault.table, fault.column, fault.check)))

    def _ask(self, frame: pl.DataFrame, questions: list[_Question]) -> None:
        if frame.is_empty() or not questions:
            return
        answers = frame.select(
            question.is_wrong.fill_null(value=False).alias(str(place)) for place, question in enumerate(questions)
        )
        for place, question in enumerate(questions):
            count = int(answers[str(place)].sum())
            if count:
                example = frame.filter(answers[str(place)])["id"].min()
                self._note(
                    (question.table, question.column, question.check),
                    question.message,
                    count,
                    None if example is None else str(example),
                )

    def _note(self, place: tuple[str, str, str], message: str, count: int, example: str | None) -> None:
        _, before, first = self.found.get(place, (message, 0, None))
        examples = [one for one in (first, example) if one is not None]
        self.found[place] = (message, before + count, min(examples, default=None))

    def _questions(self, table: str, tables: Mapping[str, pl.DataFrame]) -> list[_Question]:
        def ask(column: str, check: str, message: str, is_wrong: pl.Expr) -> _Question:
            return _Question(table=table, column=column, check=check, message=message, is_wrong=is_wrong)

        questions = [
            ask(column, "required", "A member that must be filled is null.", pl.col(column).is_null())
            for column in _REQUIRED.get(table, ())
        ]
        for column, (value, name) in _LISTED.get(table, {}).items():
            questions.append(
                ask(
                    column,
                    "enum",
                    "A word is not in the receiver's list.",
                    ~value.is_in(list(self.words.allowed[name])),
                )
            )
        for column, (values, name) in _LISTS.get(table, {}).items():
            is_known = pl.element().is_in(list(self.words.allowed[name]))
            questions.append(
                ask(column, "enum", "A word is not in the receiver's list.", ~values.list.eval(is_known).list.all())
            )
        if "url" in _SHAPES[table][0]:
            questions.append(ask("url", "format", "A value is not a web address.", ~pl.col("url").str.contains(URI)))
        questions += [
            ask(
                column,
                "reference",
                f"A value is not the id of any {target} of the bundle.",
                ~_pair(column).is_in(pairs),
            )
            for column, target, pairs in _references(table, tables)
        ]
        return questions


def id_twice(count: int) -> Fault:
    """Return the error that ids stand twice, with the number of those that are too many."""
    return Fault(table="*", column="id", check="unique", message="An id stands twice.", count=count)


def _references(table: str, tables: Mapping[str, pl.DataFrame]) -> list[tuple[str, str, pl.Series]]:
    """Return the columns of a table that name another object, which, and the pairs of bundle and id that are there."""
    if table not in ("service", "location", "serviceAtLocation"):
        return []
    own = tables["organization"].select(_pair("id", bundle="id")).to_series().implode()
    references = [("idOrganization", "organization", own)]
    if table == "serviceAtLocation":
        for column, target in (("idService", "service"), ("idLocation", "location")):
            references.append((column, target, tables[target].select(_pair("id")).to_series().implode()))
    return references


def _pair(column: str, *, bundle: str = "idOrganization") -> pl.Expr:
    return pl.concat_str(bundle, column, separator="\x1f")


def _is_typed(given: pl.DataType | None, wanted: pl.DataType | type[pl.DataType]) -> bool:
    """Tell whether a column is as the shape says; lists of objects may be there as finished texts."""
    return given == wanted or (given == pl.String and isinstance(wanted, pl.List) and wanted.inner != pl.String)


def _of(column: str, *members: str) -> pl.Expr:
    value = pl.col(column)
    for member in members:
        value = value.struct.field(member)
    return value


_META: Mapping[str, tuple[pl.Expr, str]] = {
    "meta.access": (_of("meta", "access"), "access"),
    "meta.status": (_of("meta", "status"), "status"),
    "meta.reasonInactive": (_of("meta", "reasonInactive"), "reason_inactive"),
}
#: Members of which the value is one word of a list.
_LISTED: Mapping[str, Mapping[str, tuple[pl.Expr, str]]] = {
    "organization": {
        **_META,
        "taxStatus": (pl.col("taxStatus"), "tax_status"),
        "legalStatus": (pl.col("legalStatus"), "legal_status"),
    },
    "service": {**_META, "fees.type": (_of("fees", "type"), "fees")},
    "location": {**_META, "accessibility.types": (_of("accessibility", "types"), "accessibility")},
    "serviceAtLocation": _META,
    "phone": {"type": (pl.col("type"), "phone_type"), "access": (pl.col("access"), "access")},
    "contact": {"access": (pl.col("access"), "access")},
    "address": {
        "type": (pl.col("type"), "address_type"),
        "country": (pl.col("country"), "country"),
        "access": (pl.col("access"), "access"),
    },
    "schedule": {"type": (pl.col("type"), "schedule_type")},
    "serviceArea": {"type": (pl.col("type"), "area_type")},
}
#: Members of which the value is a list of such words.
_LISTS: Mapping[str, Mapping[str, tuple[pl.Expr, str]]] = {
    "service": {
        "languages.codes": (_of("languages", "codes"), "language"),
        "eligibility.types": (_of("eligibility", "types"), "eligibility"),
        "documents.types": (_of("documents", "types"), "documents"),
    },
    "location": {"languages.codes": (_of("languages", "codes"), "language")},
}
