"""The center's own table of ZIP codes: any of the common public spreadsheets, with one row per ZIP or one per ZIP and county."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl

from pipeline.ingest.decode import decode_file
from schemas.contract import conform
from schemas.errors import InputError
from schemas.reference import ZipPlace
from schemas.states import state_codes

#: Spellings of the columns in public ZIP tables, letters and digits only; of several that are there the first is taken.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "postal_code": ("zip", "zipcode", "postalcode", "zipcode5", "zip5", "zcta", "zcta5", "postcode"),
    "city": ("city", "primarycity", "placename", "uspscity", "town", "cityname", "uspszipprefcity"),
    "county": ("countynamesall", "county", "countyname", "countynames"),
    "state": ("state", "stateid", "stateabbr", "stateabbreviation", "statecode", "stusps", "uspszipprefstate"),
    "latitude": ("lat", "latitude", "intptlat", "ziplat"),
    "longitude": ("long", "lng", "lon", "longitude", "intptlong", "ziplong"),
}
_NEEDED = ("postal_code", "state")
_SEPARATORS = ",;\t|"
#: Words that tables put after a county's name.
_COUNTY_WORD = r"(?i) county$"
_FIGURE = r"^[+-]?[0-9]{1,3}(?:\.[0-9]*)?$"


def read_zip_reference(path: Path) -> pl.DataFrame:
    """Return the ZIP codes of a table (`schemas.reference.ZipPlace`), sorted, no row twice.

    Args:
        path: A CSV file with a header; comma, semicolon, tab or bar between the columns. Columns are found by name
            (`COLUMN_NAMES`; case, blanks and underscores do not matter); others are left alone. A cell with several counties
            (`A|B`) gives one row each; city, county and the middle may be blank.

    Raises:
        InputError: The file cannot be read, has no column for ZIP or state, or a cell that cannot be one; file, line and
            column are named.
    """
    rows = _read_rows(path)
    columns = _find_columns(rows.columns, path=path)
    cells = rows.select(
        "__line",
        *(
            pl.col(columns[name]).str.strip_chars().replace("", None).alias(name)
            if name in columns
            else pl.lit(None, dtype=pl.String).alias(name)
            for name in COLUMN_NAMES
        ),
    ).with_columns(pl.col("state").str.to_uppercase())
    _require(
        cells, pl.col("postal_code").str.contains("^[0-9]{5}$"), "postal_code", "ZIP code of five digits",
        path=path, columns=columns,
        advice="Spreadsheets drop leading zeros: keep the column as text, one ZIP code to a row.",
    )  # fmt: skip
    _require(
        cells, pl.col("state").is_in(sorted(state_codes())), "state", "two-letter state code", path=path, columns=columns,
        advice="Use the codes of the USPS, such as IL.",
    )  # fmt: skip
    for name, limit in (("latitude", 90), ("longitude", 180)):
        is_degree = pl.col(name).str.contains(_FIGURE) & (pl.col(name).cast(pl.Float64, strict=False).abs() <= limit)
        _require(
            cells, pl.col(name).is_null() | is_degree.fill_null(value=False), name, "number of decimal degrees",
            path=path, columns=columns, advice="Write it as 39.80 or -89.65, or leave it blank.",
        )  # fmt: skip
    places = (
        cells.with_columns(pl.col("county").str.split("|"))
        .explode("county")
        .with_columns(
            pl.col("county").str.strip_chars().str.replace(_COUNTY_WORD, "").replace("", None),
            *(pl.col(name).cast(pl.Float64) for name in ("latitude", "longitude")),
        )
        # A middle at 0, 0 is how tables write "not known".
        .with_columns(
            pl.when((pl.col("latitude") != 0) | (pl.col("longitude") != 0)).then(name).alias(name)
            for name in ("latitude", "longitude")
        )
    )
    return conform(places.select(list(COLUMN_NAMES)).unique().sort(*COLUMN_NAMES), ZipPlace)


def _read_rows(path: Path) -> pl.DataFrame:
    try:
        data = path.read_bytes()
    except FileNotFoundError as fault:
        raise InputError(
            f"There is no ZIP reference {path}.", advice="Check zip_reference under [normalize] in the settings."
        ) from fault
    except OSError as fault:
        raise InputError(f"The ZIP reference {path} cannot be read: {fault.strerror or fault}.") from fault
    text = decode_file(data, name=path.name).text
    header_line = text.split("\n", 1)[0].strip()
    if not header_line:
        raise InputError(f"{path.name}, line 1: the ZIP reference has no header.", advice="Name the columns in line 1.")
    separator = max(_SEPARATORS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = next(reader)
        table = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as fault:
        raise InputError(
            f"{path.name}, line {reader.line_num}: the row cannot be read ({fault}).", advice="Save it as CSV again."
        ) from fault
    for line, cells in table:
        if len(cells) != len(header):
            raise InputError(
                f"{path.name}, line {line}: the row has {len(cells)} cells, the header {len(header)}.",
                advice="Put cells that hold the separator in quotes.",
            )
    if not table:
        raise InputError(
            f"{path.name}: the ZIP reference has a header but no row.", advice="Fill it, or do not name it."
        )
    names = [f"{number}:{name}" for number, name in enumerate(header)]
    return pl.DataFrame(
        [cells for _, cells in table], schema=dict.fromkeys(names, pl.String), orient="row"
    ).with_columns(pl.Series("__line", [line for line, _ in table], dtype=pl.Int64))


def _find_columns(header: list[str], *, path: Path) -> dict[str, str]:
    folded: dict[str, str] = {}
    for name in header:
        plain = "".join(letter for letter in name.partition(":")[2].lower() if letter.isalnum())
        folded.setdefault(plain, name)
    found = {
        target: next((folded[name] for name in spellings if name in folded), "")
        for target, spellings in COLUMN_NAMES.items()
    }
    for target in _NEEDED:
        if not found[target]:
            raise InputError(
                f"{path.name}, line 1: no column for the {'ZIP code' if target == 'postal_code' else target}.",
                advice=f"Name it one of: {', '.join(COLUMN_NAMES[target])}.",
            )
    return {target: name for target, name in found.items() if name}


def _require(
    cells: pl.DataFrame, is_right: pl.Expr, name: str, what: str, *, path: Path, columns: dict[str, str], advice: str
) -> None:
    wrong = cells.filter(is_right.fill_null(value=False).not_())
    if wrong.is_empty():
        return
    line, value = wrong.select("__line", name).row(0)
    column = columns[name].partition(":")[2]
    more = f" ({wrong.height:,} rows are like this)" if wrong.height > 1 else ""
    raise InputError(
        f"{path.name}, line {line}, column {column}: {value or 'blank'!r} is no {what}{more}.", advice=advice
    )
