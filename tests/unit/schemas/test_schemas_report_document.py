"""A report as data refuses what could not be told in every form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from schemas.report_document import BarChart, Column, ColumnKind, ReportDocument, ReportTable, Section

TABLE = ReportTable(
    table_id="records",
    title="Records",
    columns=(Column(key="kind", heading="Kind"), Column(key="records", heading="Records", kind=ColumnKind.COUNT)),
    rows=(("agency", 3), ("site", None)),
)
CHART = BarChart(
    chart_id="records-chart",
    title="Records",
    told="3 agencies",
    table_id="records",
    parts=(("records", "records"),),
    rows=(("agency", {"records": 3}),),
)


def test_a_chart_cannot_stand_without_its_table() -> None:
    with pytest.raises(ValueError, match="records-chart has no table"):
        Section(section_id="records", heading="Records", charts=(CHART,))


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit its columns"):
        replace(TABLE, rows=(("agency",),))


def test_two_columns_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="two columns of one key"):
        replace(TABLE, columns=(TABLE.columns[0], TABLE.columns[0]))


def test_names_are_used_once_in_a_document() -> None:
    section = Section(section_id="records", heading="Records", charts=(CHART,), tables=(TABLE,))
    document = ReportDocument(title="Report", subtitle="November", as_of=date(2026, 11, 30), sections=(section,))
    assert document.tables() == (TABLE,)
    with pytest.raises(ValueError, match="two tables are named records"):
        replace(document, sections=(section, Section(section_id="other", heading="Other", tables=(TABLE,))))
