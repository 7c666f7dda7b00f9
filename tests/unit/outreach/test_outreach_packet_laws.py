"""Laws of reading a form, whatever people type: nothing is lost, nothing is invented, and a second reading brings nothing new."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.outreach.packet_columns import ANSWER, HEADINGS, LINE, PART, PROPOSED, REMARK, SHOWN, WHAT
from pipeline.outreach.packet_file import FormContent
from pipeline.outreach.packet_form import lines_check
from pipeline.outreach.packet_keys import add_keys
from pipeline.outreach.packet_read import ReadForm, read_form
from pipeline.workbook.returned import Cell, SheetRow
from schemas.packets import LineAnswer
from schemas.private_values import PrivateValues
from tests.filled_forms import PERSON
from tests.packet_directory import form_of, packet_directory

FORM = form_of(packet_directory())
TODAY = date(2026, 11, 28)
LINES = (*FORM.lines, *FORM.missing)

texts = st.text(max_size=30)
typed = st.fixed_dictionaries(
    {}, optional={ANSWER: st.sampled_from([*LineAnswer, "yes", "", "RIGHT "]), PROPOSED: texts, REMARK: texts}
)
filled = st.dictionaries(st.integers(0, len(LINES) - 1), typed, max_size=12)


def content(said: dict[int, dict[str, str]], order: list[int] | None = None) -> FormContent:
    """Return the form as it would be opened with these cells filled in."""
    packet = FORM.packet
    rows = []
    for number, place in enumerate(order or range(len(LINES)), start=2):
        line = LINES[place]
        texts_of: dict[str, Any] = {PART: line.part, WHAT: line.line.what, SHOWN: line.shown, LINE: line.line.line_id}
        texts_of |= said.get(place, {})
        rows.append(SheetRow(number=number, cells={name: Cell(text=texts_of.get(name, "")) for name in HEADINGS}))
    return FormContent(
        file="form.xlsx",
        identity={
            "layout": "update-form/1", "packet_id": packet.packet_id, "center_id": packet.center_id,
            "agency_uid": packet.agency_uid, "as_of": packet.as_of.isoformat(), "written_on": packet.written_on.isoformat(),
            "run_id": packet.run_id, "lines": str(len(packet.lines)), "lines_sha256": lines_check(packet.lines),
        },
        checks={line.line_id: line.check for line in packet.lines},
        person={label: (row, Cell(text=text)) for row, (label, text) in enumerate(PERSON.items(), start=10)},
        saved_by="",
        rows=tuple(rows),
        other_sheets=(),
    )  # fmt: skip


def read(form: FormContent, earlier: ReadForm | None = None) -> ReadForm:
    before = {} if earlier is None else {"rae invented": {line.line_id: line for line in earlier.lines}}
    return read_form(
        form,
        packet=FORM.packet,
        earlier=before,
        today=TODAY,
        longest=1000,
        private=PrivateValues(phones=frozenset({"2175550199"})),
    )


@given(said=filled)
@settings(max_examples=60)
def test_every_filled_line_is_taken_or_refused_and_no_other(said: dict[int, dict[str, str]]) -> None:
    """Nobody's answer disappears, and nobody's silence becomes an answer."""
    back = read(content(said))
    wanted = {place + 2 for place, cells in said.items() if any(text.strip() for text in cells.values())}
    taken, refused = {line.file_row for line in back.lines}, {remark.row for remark in back.refused}
    assert taken | refused == wanted
    assert not taken & refused


@given(said=filled)
@settings(max_examples=60)
def test_what_is_proposed_is_what_was_typed(said: dict[int, dict[str, str]]) -> None:
    """Nothing is rewritten; a private line keeps nothing."""
    for line in read(content(said)).lines:
        place = line.file_row - 2
        hidden = LINES[place].line.is_hidden
        assert line.proposed in (("",) if hidden else ("", said[place].get(PROPOSED, "").strip()))
        assert bool(line.keys) <= bool(line.proposed)


@given(said=filled, seed=st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_reading_again_or_in_another_order_brings_nothing_new(said: dict[int, dict[str, str]], seed: Any) -> None:
    """The row says where it was typed, not what."""
    first = read(content(said))
    again = read(content(said), earlier=first)
    assert (again.lines, again.superseded, again.is_complete) == ((), (), first.is_complete)
    order = list(range(len(LINES)))
    seed.shuffle(order)
    assert read(content(said, order), earlier=first).lines == ()


@given(
    compare=st.sampled_from(["text", "words", "phone", "email", "url", "address", "person"]),
    text=st.text(alphabet="aB1 2,;.-()é#x", min_size=1, max_size=25),
)
@settings(max_examples=80)
def test_blanks_and_capitals_alone_make_no_other_value(compare: str, text: str) -> None:
    """The same value typed by somebody else closes the item."""
    other = f"  {text.upper()} "
    frame = add_keys(pl.DataFrame({"compare": [compare] * 2, "shown": [text, other]}))
    one, two = frame["keys"].to_list()
    assert [key for key in one if not key.startswith("=")] == [key for key in two if not key.startswith("=")]
