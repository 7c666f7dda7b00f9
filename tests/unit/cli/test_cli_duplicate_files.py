"""Verdicts in a spreadsheet: out, filled in, spoiled in every way that people and programs spoil them, and back."""

from __future__ import annotations

import csv
import json
import re
import shutil
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest

from flows.cli import run
from flows.duplicate_verdicts import read_judgement
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.nights import night

AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A workspace with one published night."""
    folder = tmp_path_factory.mktemp("sheets")
    made = synthesize(agencies=300, seed="sheets", output=folder / "out", centers=1, as_of=AS_OF).centers[0]
    night(
        folder / "workspace",
        ("one", made.path),
        as_of=AS_OF,
        run={"report": False, "export_hsds": False, "queue": False},
    )
    return folder / "workspace"


@pytest.fixture
def workspace(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published, tmp_path / "workspace")
    return tmp_path / "workspace"


@pytest.fixture(scope="module")
def exported(published: Path) -> Path:
    """The sheet of all that is asked in it, with no verdict yet."""
    path = published.parent / "verdicts.xlsx"
    assert run(["duplicates", "export", str(path), "--workspace", str(published)]) == 0
    return path


@pytest.fixture
def sheet(exported: Path, workspace: Path, tmp_path: Path, capsys) -> Path:
    """A copy of the sheet beside a workspace that was not changed since."""
    capsys.readouterr()
    return Path(shutil.copy(exported, tmp_path / "verdicts.xlsx"))


def fill(path: Path, **cells) -> None:
    """Write cells, `verdict_2="same"` for the column verdict of row 2."""
    book = openpyxl.load_workbook(path)
    page = book["Verdicts"]
    places = {cell.value: cell.column for cell in page[1]}
    for name, value in cells.items():
        column, _, row = name.rpartition("_")
        page.cell(int(row), places[column]).value = value
    book.save(path)


def answer(path: Path, *rows: int, verdict: str = "same", by: str = "Ana", reason: str = "looked") -> None:
    for row in rows:
        fill(path, **{f"verdict_{row}": verdict, f"decided_by_{row}": by, f"reason_{row}": reason})


def import_file(path: Path, workspace: Path, capsys, *options: str) -> tuple[int, dict]:
    code = run(["duplicates", "import", str(path), "--workspace", str(workspace), "--json", *options])
    return code, json.loads(capsys.readouterr().out)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def standing(workspace: Path) -> list[str]:
    return sorted(str(one.verdict) for one in read_judgement(Workspace(workspace)).verdicts.standing.values())


def test_the_sheet_offers_the_answers_and_locks_the_rest(sheet: Path) -> None:
    """A slip in a locked cell would answer for another pair."""
    page = openpyxl.load_workbook(sheet)["Verdicts"]
    heads = [cell.value for cell in page[1]]
    assert heads[0] == "pair_id"
    assert heads[-3:] == ["verdict", "decided_by", "reason"]
    assert page.max_row > 10
    assert page.protection.sheet
    locked = {head: cell.protection.locked for head, cell in zip(heads, page[2], strict=True)}
    assert [head for head, is_locked in locked.items() if not is_locked] == ["verdict", "decided_by", "reason"]
    (choice,) = page.data_validations.dataValidation
    assert choice.formula1 == '"same,different,unsure"'
    assert page.freeze_panes == "A2"


def test_verdicts_come_back_and_a_second_import_adds_nothing(sheet: Path, workspace: Path, capsys) -> None:
    """People hand in the same file twice."""
    answer(sheet, 2, 3)
    answer(sheet, 4, verdict="Different ")
    code, told = import_file(sheet, workspace, capsys)
    assert (code, told["applied"], told["known"], told["refused"]) == (0, 3, 0, [])
    assert standing(workspace) == ["different", "same", "same"]
    log = read_judgement(Workspace(workspace)).verdicts.entries
    assert {(entry.decided_by, entry.reason) for entry in log} == {("Ana", "looked")}
    code, told = import_file(sheet, workspace, capsys)
    assert (code, told["applied"], told["known"]) == (0, 0, 3)
    assert len(read_judgement(Workspace(workspace)).verdicts.entries) == 3
    # What was decided is not in the next sheet.
    other = sheet.with_name("next.csv")
    assert run(["duplicates", "export", str(other), "--workspace", str(workspace)]) == 0
    ids = {row["pair_id"] for row in rows_of(other)}
    page = openpyxl.load_workbook(sheet)["Verdicts"]
    assert not ids & {page.cell(row, 1).value for row in (2, 3, 4)}


def test_a_dry_run_writes_nothing(sheet: Path, workspace: Path, capsys) -> None:
    """To look first is always allowed."""
    answer(sheet, 2)
    code, told = import_file(sheet, workspace, capsys, "--dry-run")
    assert (code, told["applied"], told["would_apply"]) == (0, 0, 1)
    assert standing(workspace) == []


def test_every_bad_row_is_told_and_the_good_ones_are_applied(sheet: Path, workspace: Path, capsys) -> None:
    """Otherwise one typing slip costs an afternoon of answers."""
    page = openpyxl.load_workbook(sheet)["Verdicts"]
    heads = {cell.value: cell.column for cell in page[1]}
    third = page.cell(3, 1).value
    other = {side: page.cell(3, heads[f"record_uid_{side}"]).value for side in ("a", "b")}
    answer(sheet, *range(2, 14))
    fill(
        sheet,
        verdict_4="sme",
        decided_by_5=None,
        verdict_6="=A1",
        pair_id_7=third,  # the id of one pair and the records of another
        record_uid_b_8="11111111-2222-3333-4444-555555555555",
        pair_id_8=None,
        reason_9=" ",
        verdict_10=date(2026, 3, 4),
        pair_id_11=1.23e15,  # spoiled, but the records can be told
        pair_id_12=third,  # the same pair as row 3 with the other answer
        record_uid_a_12=other["a"],
        record_uid_b_12=other["b"],
        verdict_12="different",
        number_a_13=date(2026, 2, 10),
    )
    record = page.cell(13, heads["record_uid_a"]).value
    fill(sheet, pair_id_14=None, record_uid_a_14=record, record_uid_b_14=record)
    answer(sheet, 14)
    code, told = import_file(sheet, workspace, capsys)
    assert code == 1
    refused = {one["row"]: (one["column"], one["message"]) for one in told["refused"]}
    assert {row: column for row, (column, _) in refused.items()} == {
        3: "verdict",
        4: "verdict",
        5: "decided_by",
        6: "verdict",
        7: "pair_id",
        8: "record_uid_b",
        9: "reason",
        10: "verdict",
        12: "verdict",
        14: "record_uid_b",
    }
    assert "nearest: same" in refused[4][1]
    assert "formula" in refused[6][1]
    assert "no agency 11111111" in refused[8][1]
    assert "date" in refused[10][1]
    assert "row 12 says different" in refused[3][1]
    assert "same one" in refused[14][1]
    assert {(one["row"], one["column"]) for one in told["warnings"]} == {(11, "pair_id"), (13, "number_a")}
    assert told["applied"] == 3
    assert standing(workspace) == ["same"] * 3


def test_a_csv_that_a_spreadsheet_saved_again_is_read(workspace: Path, tmp_path: Path, capsys) -> None:
    """Semicolons, Windows-1252, ids in scientific notation, record numbers as dates, other order of columns."""
    path = tmp_path / "verdicts.csv"
    assert run(["duplicates", "export", str(path), "--workspace", str(workspace)]) == 0
    capsys.readouterr()
    rows = rows_of(path)
    columns = sorted(rows[0], reverse=True)
    for row in rows[:2]:
        row.update(verdict="SAME", decided_by="José", reason="café")
    rows[0]["pair_id"] = "3,30E+15"
    rows[1]["number_b"] = "10-Feb"
    with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    code, told = import_file(path, workspace, capsys)
    assert (code, told["applied"], told["blank"]) == (0, 2, len(rows) - 2)
    assert {one["column"] for one in told["warnings"]} == {"pair_id", "number_b"}
    assert {entry.decided_by for entry in read_judgement(Workspace(workspace)).verdicts.entries} == {"José"}


def test_a_verdict_against_a_colleague_is_written_down_and_told(sheet: Path, workspace: Path, capsys) -> None:
    """Neither the first nor the last silently wins."""
    answer(sheet, 2)
    import_file(sheet, workspace, capsys)
    answer(sheet, 2, verdict="different", by="Bo")
    code, told = import_file(sheet, workspace, capsys)
    assert (code, told["applied"], [one["row"] for one in told["conflicts"]]) == (0, 1, [2])
    assert "Ana says same, Bo says different" in told["conflicts"][0]["message"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.csv", "empty"),
        (b"", "empty.xlsx", "no readable workbook"),
        (b"%PDF-1.7 ...", "scan.xlsx", "no readable workbook"),
        (b"pair,verdict\n1,same\n", "other.csv", "no column pair_id"),
        (b"pair_id,verdict,Verdict\n1,same,different\n", "twice.csv", "column verdict more than once"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(content, name, words, workspace, tmp_path, capsys) -> None:
    """Exit code 3, a sentence, and no half of it applied."""
    path = tmp_path / name
    path.write_bytes(content)
    assert run(["duplicates", "import", str(path), "--workspace", str(workspace)]) == 3
    assert words in capsys.readouterr().err
    assert standing(workspace) == []


def test_by_and_reason_for_all_rows(sheet: Path, workspace: Path, capsys) -> None:
    """Whoever answers forty rows need not type their name forty times."""
    fill(sheet, verdict_2="unsure", verdict_3="same")
    code, told = import_file(sheet, workspace, capsys, "--by", "Ana", "--reason", "phoned")
    assert (code, told["applied"]) == (0, 2)
    assert standing(workspace) == ["same", "unsure"]


def test_a_heading_that_stands_twice_is_refused_in_a_workbook_too(workspace, tmp_path, capsys) -> None:
    """Which of the two was meant nobody can tell, and the wrong one would be written down."""
    book = openpyxl.Workbook()
    book.active.append(["pair_id", "verdict", "verdict"])
    book.active.append(["0123456789abcdef", "same", "different"])
    book.save(tmp_path / "twice.xlsx")
    assert run(["duplicates", "import", str(tmp_path / "twice.xlsx"), "--workspace", str(workspace)]) == 3
    assert "more than once" in capsys.readouterr().err
    assert standing(workspace) == []


@pytest.mark.parametrize("damage", ["xml", "byte", "cut", "chart"])
def test_a_damaged_workbook_is_bad_input_and_no_bug_of_ours(damage, sheet, workspace, tmp_path, capsys) -> None:
    """A broken file is told in one sentence, whatever in it is broken."""
    path = tmp_path / "damaged.xlsx"
    if damage == "chart":
        book = openpyxl.Workbook()
        book.remove(book.active)
        book.create_chartsheet("Verdicts")
        book.save(path)
    elif damage == "xml":
        with ZipFile(sheet) as old, ZipFile(path, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, content[: len(content) // 2] if "worksheets/sheet1" in name else content)
    else:
        content = bytearray(sheet.read_bytes())
        if damage == "byte":
            with ZipFile(sheet) as old:
                info = old.getinfo("xl/worksheets/sheet1.xml")
            place = info.header_offset + 400
            content[place : place + 40] = bytes(255 - byte for byte in content[place : place + 40])
        path.write_bytes(content if damage == "byte" else content[: len(content) // 2])
    assert run(["duplicates", "import", str(path), "--workspace", str(workspace)]) == 3
    assert "Traceback" not in capsys.readouterr().err
    assert standing(workspace) == []


def test_one_uid_of_another_pair_is_refused(sheet: Path, workspace: Path, capsys) -> None:
    """The answer was perhaps meant for the other pair."""
    page = openpyxl.load_workbook(sheet)["Verdicts"]
    heads = {cell.value: cell.column for cell in page[1]}
    sides = [heads["record_uid_a"], heads["record_uid_b"]]
    own = {page.cell(2, side).value for side in sides}
    other = next(uid for row in range(3, page.max_row + 1) if (uid := page.cell(row, sides[0]).value) not in own)
    answer(sheet, 2, 3)
    fill(sheet, record_uid_a_2=other, record_uid_b_2=None, record_uid_b_3=None)
    code, told = import_file(sheet, workspace, capsys)
    assert (code, [one["row"] for one in told["refused"]], told["applied"]) == (1, [2], 1)


def test_a_formula_in_place_of_the_pair_is_refused(sheet: Path, workspace: Path, capsys) -> None:
    """A cell that computes itself is no answer of a person."""
    answer(sheet, 2)
    fill(sheet, pair_id_2="=A3")
    code, told = import_file(sheet, workspace, capsys)
    assert (code, told["refused"][0]["column"], told["applied"]) == (1, "pair_id", 0)


def test_a_name_with_an_apostrophe_is_one_person_in_both_files(sheet: Path, workspace: Path, tmp_path, capsys) -> None:
    """Otherwise the same verdict counts as that of two people."""
    answer(sheet, 2, by="'t Hart")
    import_file(sheet, workspace, capsys)
    page = openpyxl.load_workbook(sheet)["Verdicts"]
    path = tmp_path / "again.csv"
    path.write_text(
        f"pair_id,verdict,decided_by,reason\n{page.cell(2, 1).value},same,'t Hart,looked\n", encoding="utf-8"
    )
    assert import_file(path, workspace, capsys)[1]["known"] == 1
    assert {entry.decided_by for entry in read_judgement(Workspace(workspace)).verdicts.entries} == {"'t Hart"}


def test_every_row_is_counted_once(workspace: Path, sheet: Path, tmp_path: Path, capsys) -> None:
    """Rows in are rows applied, known, blank and refused."""
    page = openpyxl.load_workbook(sheet)["Verdicts"]
    first, second, third = (page.cell(row, 1).value for row in (2, 3, 4))
    path = tmp_path / "rows.csv"
    lines = [f"{first},same", f"{first},same", f"{second},", f"{third},perhaps"]
    path.write_text("pair_id,verdict\n" + "\n".join(lines) + "\n", encoding="utf-8")
    _, told = import_file(path, workspace, capsys, "--by", "Ana", "--reason", "x")
    counts = (told["applied"], told["known"], told["blank"], len(told["refused"]))
    assert counts == (1, 1, 1, 1)
    assert told["rows"] == sum(counts)


def test_a_chain_that_cannot_be_true_is_told_by_row_before_and_after(workspace: Path, tmp_path: Path, capsys) -> None:
    """A is B, B is C, A is not C: a dry run says so as well."""
    with open_published(Workspace(workspace)) as snapshot:
        a, b, c = snapshot.table("core.agency")["record_uid"].sort().head(3).to_list()
    path = tmp_path / "chain.csv"
    lines = [f",{a},{b},same", f",{b},{c},same", f",{a},{c},different"]
    head = "pair_id,record_uid_a,record_uid_b,verdict\n"
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    for options in (["--dry-run"], []):
        code, told = import_file(path, workspace, capsys, "--by", "Ana", "--reason", "x", *options)
        assert code == 0
        assert sorted(one["row"] for one in told["conflicts"]) == [2, 3, 4]
    assert len(standing(workspace)) == 3


def test_a_sheet_from_before_a_change_of_numbers_is_read(tmp_path: Path, capsys) -> None:
    """The answers of a week are not lost because the software changed meanwhile."""
    made = synthesize(agencies=20, seed="moved", output=tmp_path / "out", centers=1, as_of=AS_OF).centers[0]
    place, quick = tmp_path / "workspace", {"report": False, "export_hsds": False, "queue": False}
    night(place, ("one", made.path), as_of=AS_OF, run=quick, run_id="20261120T020000000Z-aaaaaa")
    with open_published(Workspace(place)) as snapshot:
        old = snapshot.table("core.agency").sort("native_id")
    moved = tmp_path / "moved.csv"
    text = re.sub(r"(?<![\d-])1(0\d{4})(?![\d-])", r"7\1", made.path.read_text(encoding="utf-8-sig"))
    moved.write_text(text, encoding="utf-8")
    night(place, ("one", moved), as_of=AS_OF, run=quick, run_id="20261121T020000000Z-aaaaaa")
    with open_published(Workspace(place)) as snapshot:
        rekeyed = snapshot.table("history.rekeyed").filter(pl.col("kind") == "agency").sort("old_native_id")
        now_there = set(snapshot.table("core.agency")["record_uid"])
    first, second = rekeyed["old_record_uid"].head(2).to_list()
    assert {first, second} <= set(old["record_uid"])
    assert not {first, second} & now_there
    path = tmp_path / "old.csv"
    path.write_text(f"pair_id,record_uid_a,record_uid_b,verdict\n,{first},{second},different\n", encoding="utf-8")
    code, told = import_file(path, place, capsys, "--by", "Ana", "--reason", "x")
    assert (code, told["applied"]) == (0, 1)
    ((pair, _),) = read_judgement(Workspace(place)).verdicts.standing.items()
    assert {uid for _, uid in pair} == set(rekeyed["new_record_uid"].head(2))


def test_the_sheet_tells_who_decided_and_when(sheet: Path, workspace: Path, tmp_path: Path, capsys) -> None:
    """Whoever looks again at a decided pair must see whose word stands there."""
    answer(sheet, 2)
    import_file(sheet, workspace, capsys)
    path = tmp_path / "decided.csv"
    assert run(["duplicates", "export", str(path), "--standing", "decided", "--workspace", str(workspace)]) == 0
    (row,) = rows_of(path)
    assert re.fullmatch(r"same \(Ana, \d{4}-\d\d-\d\d\)", row["verdict_now"])
