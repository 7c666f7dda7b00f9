"""What a report of a period reads of a snapshot, counted by DuckDB: a nation's findings and events need not be loaded for it.

Two kinds of reads. What happened over the nights (runs, measures, events, changes) is asked of the current snapshot, which keeps all of
it. How things stood in one night (findings, records, pairs) is asked of that night's own snapshot, when it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import duckdb
import polars as pl

from pipeline.store.snapshot import Snapshot
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import RECORD_COLUMNS, Directory
from schemas.errors import InputError
from schemas.history import Verification
from schemas.quality import FindingEvent

_RECORD_TABLES = ("agency", "site", "service", "service_at_site")

#: Columns that only have to be told from null.
_PRESENCE = ("verified_by", "verified_by_title", "verification_method")

#: Longest text of a verification method that is shown, and how many records must carry it: it is free text, and what stands in few
#: records may name a person (project choice).
_METHOD_LENGTH, _METHOD_RECORDS = 40, 5


def read_nights(snapshot: Snapshot) -> pl.DataFrame:
    """Return the published nights: `run_id`, `as_of`, `program_version`, by day and run."""
    return _ask(
        snapshot,
        "SELECT run_id, as_of, program_version FROM control.run WHERE status = 'published' ORDER BY as_of, run_id",
    )


def read_centers_read(snapshot: Snapshot) -> pl.DataFrame:
    """Return which centers the published nights read: `run_id`, `as_of`, `center_id`."""
    return _ask(
        snapshot,
        "SELECT i.run_id, r.as_of, i.center_id FROM control.run_input i JOIN control.run r USING (run_id) "
        "WHERE r.status = 'published' ORDER BY i.run_id, i.center_id",
    )


def read_night_documents(snapshot: Snapshot, run_ids: Sequence[str]) -> pl.DataFrame:
    """Return the document and the settings of nights: `run_id`, `night`, `settings` (both JSON texts)."""
    return _ask(
        snapshot,
        "SELECT run_id, night, settings FROM control.run WHERE list_contains(?, run_id)",
        [list(run_ids)],
    )


def read_measures(
    snapshot: Snapshot, run_ids: Sequence[str], *, dimensions: Sequence[str], measures: Sequence[str] = ()
) -> pl.DataFrame:
    """Return stored figures (`schemas.measures.StoredMeasure`) of some nights.

    Args:
        snapshot: The current snapshot.
        run_ids: Nights.
        dimensions: Divisions wanted.
        measures: Measures wanted; empty for all.
    """
    return _ask(
        snapshot,
        "SELECT as_of, center_id, measure, dimension, value, numerator, denominator, unknown, share, reason, run_id "
        "FROM measure.measure WHERE list_contains(?, run_id) AND list_contains(?, dimension) "
        "AND (len(?) = 0 OR list_contains(?, measure))",
        [list(run_ids), list(dimensions), list(measures), list(measures)],
    )


def read_finding_moves(snapshot: Snapshot, *, first_on: date, last_on: date) -> pl.DataFrame:
    """Return what happened to findings in a period.

    Returns:
        `center_id`, `curator`, `rule_id`, `severity`, `event` (`schemas.quality.FindingEventKind`), `is_first` (of a center's first
        night), `findings`.
    """
    return _ask(
        snapshot,
        """
        WITH first_night AS (
            SELECT i.center_id, min(i.run_id) AS run_id
            FROM control.run_input i JOIN control.run r USING (run_id) WHERE r.status = 'published' GROUP BY i.center_id
        )
        SELECT e.center_id, e.curator, e.rule_id, e.severity, e.event, coalesce(e.run_id = f.run_id, false) AS is_first,
            count(*)::BIGINT AS findings
        FROM quality.finding_event e LEFT JOIN first_night f USING (center_id)
        WHERE e.as_of BETWEEN ? AND ?
        GROUP BY ALL
        """,
        [first_on, last_on],
    )


def read_fixed(snapshot: Snapshot, *, first_on: date, last_on: date) -> pl.DataFrame:
    """Return the last event of each finding that was fixed in a period and stayed so until its end (`schemas.quality.FindingEvent`)."""
    return _ask(
        snapshot,
        """
        SELECT * FROM quality.finding_event
        WHERE as_of BETWEEN ? AND ?
          AND finding_id IN (SELECT finding_id FROM quality.finding_event WHERE event = 'fixed' AND as_of BETWEEN ? AND ?)
        QUALIFY event = 'fixed'
            AND row_number() OVER (PARTITION BY finding_id ORDER BY run_id DESC, event = 'accepted' DESC) = 1
        """,
        [first_on, last_on, first_on, last_on],
    ).select(list(schema_of(FindingEvent)))


def read_finding_states(snapshot: Snapshot, *, as_of: date, last_days: Sequence[int]) -> pl.DataFrame:
    """Return the findings that are open or under an exception in the night of a snapshot.

    Args:
        snapshot: That night's snapshot.
        as_of: Its day, from which ages are counted.
        last_days: Last day of each age band but the last, ascending.

    Returns:
        `center_id`, `curator`, `rule_id`, `severity`, `is_accepted`, `age_band` (its place from 0), `findings`.
    """
    age = " ".join(
        f"WHEN date_diff('day', first_seen_on, ?) <= {int(days)} THEN {place}" for place, days in enumerate(last_days)
    )
    return _ask(
        snapshot,
        f"SELECT center_id, curator, rule_id, severity, status = 'accepted' AS is_accepted, "  # noqa: S608 - numbers of ours
        f"(CASE {age} ELSE {len(last_days)} END)::BIGINT AS age_band, count(*)::BIGINT AS findings "
        "FROM quality.finding WHERE status IN ('open', 'reappeared', 'accepted') GROUP BY ALL",
        [as_of] * len(last_days),
    )


def read_open_findings(snapshot: Snapshot) -> pl.DataFrame:
    """Return the open findings of a night: `center_id`, `curator`, `status`, `first_seen_on`."""
    return _ask(
        snapshot,
        "SELECT center_id, curator, status, first_seen_on FROM quality.finding WHERE status IN ('open', 'reappeared')",
    )


def read_changes(snapshot: Snapshot, *, first_on: date, last_on: date) -> pl.DataFrame:
    """Return the records that changed in a period, each once per sort of change.

    Returns:
        `center_id`, `curator` (the last one in the period), `kind`, `added`, `changed`, `removed`, `rekeyed`.
    """
    sums = ", ".join(
        f"count(*) FILTER ({name})::BIGINT AS {name}" for name in ("added", "changed", "removed", "rekeyed")
    )
    return _ask(
        snapshot,
        f"""
        WITH record AS (
            SELECT center_id, kind, record_uid, arg_max(curator, run_id) AS curator, bool_or(change = 'added') AS added,
                bool_or(change = 'changed') AS changed, bool_or(change = 'removed') AS removed,
                bool_or(change = 'rekeyed') AS rekeyed
            FROM history.field_change WHERE as_of BETWEEN ? AND ? GROUP BY ALL
        )
        SELECT center_id, curator, kind, {sums} FROM record GROUP BY ALL
        """,  # noqa: S608 - names of ours
        [first_on, last_on],
    )


def read_changed_fields(snapshot: Snapshot, *, first_on: date, last_on: date) -> pl.DataFrame:
    """Return the fields that changed in a period: `center_id`, `curator`, `kind`, `field`, `records`, `changes`."""
    return _ask(
        snapshot,
        """
        WITH record AS (
            SELECT center_id, kind, record_uid, field, arg_max(curator, run_id) AS curator, count(*) AS changes
            FROM history.field_change WHERE change = 'changed' AND field IS NOT NULL AND as_of BETWEEN ? AND ? GROUP BY ALL
        )
        SELECT center_id, curator, kind, field, count(*)::BIGINT AS records, sum(changes)::BIGINT AS changes
        FROM record GROUP BY ALL
        """,
        [first_on, last_on],
    )


def read_left_out(snapshot: Snapshot) -> pl.DataFrame:
    """Return the rows that do not count in a night: `center_id`, `kind`, `reason`, `rows`."""
    parts = " UNION ALL ".join(
        f"SELECT center_id, kind, not_counted_reason FROM core.{name} WHERE NOT is_counted"  # noqa: S608 - names of ours
        for name in _RECORD_TABLES
    )
    return _ask(
        snapshot,
        f"SELECT center_id, kind, not_counted_reason AS reason, count(*)::BIGINT AS rows FROM ({parts}) GROUP BY ALL",  # noqa: S608
    )


def read_methods(snapshot: Snapshot) -> pl.DataFrame:
    """Return how the counted records with a verification day of a night were verified.

    A method is free text. It is told only where several records carry it, short and without digits and `@`; the others come together as
    `(other)`.

    Returns:
        `center_id`, `method` (null where none is told), `records`.
    """
    parts = " UNION ALL ".join(
        f"SELECT center_id, trim(verification_method) AS method FROM core.{name} "  # noqa: S608 - names of ours
        "WHERE is_counted AND verified_on IS NOT NULL"
        for name in _RECORD_TABLES
    )
    return _ask(
        snapshot,
        f"""
        WITH each AS (SELECT center_id, nullif(method, '') AS method FROM ({parts})),
        counted AS (SELECT center_id, method, count(*) AS records FROM each GROUP BY ALL)
        SELECT center_id,
            CASE WHEN method IS NULL OR (length(method) <= {_METHOD_LENGTH} AND NOT regexp_matches(method, '[0-9@]')
                AND sum(records) OVER (PARTITION BY method) >= {_METHOD_RECORDS}) THEN method ELSE '(other)' END AS method,
            records::BIGINT AS records
        FROM counted
        """,  # noqa: S608 - names and numbers of ours
    )


def read_pairs(snapshot: Snapshot) -> pl.DataFrame:
    """Return where pairs of agencies stand in a night: `center_id_a`, `center_id_b`, `standing` (null: in no state), `band`, `pairs`."""
    return _ask(
        snapshot,
        """
        SELECT coalesce(p.center_id_a, s.center_id_a) AS center_id_a, coalesce(p.center_id_b, s.center_id_b) AS center_id_b,
            s.standing, p.band, count(*)::BIGINT AS pairs
        FROM (SELECT * FROM matching.scored_pair WHERE band IN ('duplicate', 'possible')) p
        FULL JOIN matching.pair_state s USING (pair_id)
        GROUP BY ALL
        """,
    )


def read_plans(snapshot: Snapshot) -> pl.DataFrame:
    """Return the merge plans of a night: one row per plan and center, `plan_id`, `center_id`, `state`."""
    return _ask(snapshot, "SELECT DISTINCT plan_id, center_id, state FROM matching.merge_member")


def read_dated(snapshot: Snapshot, *, centers: Sequence[str] | None = None) -> Directory:
    """Return what dates are counted from: all agencies and the counted rows below them, with the columns that measures of dates need.

    Names, addresses and texts are not read: those columns are missing, and so are the tables of phones, addresses and the like.

    Args:
        snapshot: The night's snapshot.
        centers: Only these; None for all.
    """
    given = [name for name in RECORD_COLUMNS if name not in ("name", "native_id")]
    tables = {}
    for name in _RECORD_TABLES:
        columns = [
            *given,
            "NULL::VARCHAR AS name",
            "NULL::VARCHAR AS native_id",
            "language_of_record",
            *(f"CASE WHEN {one} IS NOT NULL THEN '' END AS {one}" for one in _PRESENCE),
        ]
        wanted = "TRUE" if name == "agency" else "is_counted"
        tables[name] = _ask(
            snapshot,
            f"SELECT {', '.join(columns)} FROM core.{name} WHERE {wanted} AND (? IS NULL OR list_contains(?, center_id))",  # noqa: S608
            [centers and list(centers), centers and list(centers)],
        )
    others = {name: empty_table(model) for name, model in CORE_TABLES.items() if name not in tables}
    others["translation"] = snapshot.table("core.translation")
    return Directory(**tables, **others)


def read_verifications(snapshot: Snapshot, *, until: date, center_id: str) -> pl.DataFrame:
    """Return the verifications of one center that the nights until a day have shown (`schemas.history.Verification`)."""
    return _ask(
        snapshot,
        "SELECT * FROM history.verification WHERE first_seen_on <= ? AND center_id = ?",
        [until, center_id],
    ).select(list(schema_of(Verification)))


def read_first_verifications(snapshot: Snapshot, *, until: date) -> pl.DataFrame:
    """Return the earliest verification of every record that the nights until a day have shown.

    Returns:
        `center_id`, `kind`, `record_uid`, `verified_on`.
    """
    return _ask(
        snapshot,
        "SELECT center_id, kind, record_uid, min(verified_on) AS verified_on FROM history.verification "
        "WHERE first_seen_on <= ? GROUP BY ALL",
        [until],
    )


def _ask(snapshot: Snapshot, query: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
    with _told_of_age():
        frame: pl.DataFrame = snapshot.connection.sql(query, params=list(parameters)).pl()
    return frame


@contextmanager
def _told_of_age() -> Iterator[None]:
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as fault:
        raise InputError(
            "The last night was published by an earlier release of resdir.",
            advice="Run `resdir nightly` once; it brings everything to the new form.",
        ) from fault
