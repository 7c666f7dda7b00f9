"""AIRS files of small directories, as tests look at them: written, parsed, without the namespace."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from lxml import etree

from pipeline.publish.airs import package_airs
from pipeline.publish.export_package import ExportPackage
from pipeline.publish.public_directory import PublicDirectory, make_public
from pipeline.publish.public_records import Selection
from schemas.airs_parameters import AirsParameters
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding

AS_OF = date(2026, 11, 20)
TAXONOMY = "2026-01-01"
NAMES = {"test": "Test Center"}


def public_of(directory: Directory, *, as_of: date = AS_OF, withhold: bool = True) -> PublicDirectory:
    """What may leave of a directory, with the settings a center starts from."""
    return make_public(
        directory,
        findings=empty_table(Finding),
        as_of=as_of,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
        withhold=withhold,
    )


def airs_of(
    directory: Directory,
    *,
    as_of: date = AS_OF,
    withhold: bool = True,
    removed: pl.DataFrame | None = None,
    **settings: Any,
) -> ExportPackage:
    """The package of a directory."""
    public = public_of(directory, as_of=as_of, withhold=withhold)
    return airs_of_public(public, withhold=withhold, removed=removed, **settings)


def airs_of_public(
    public: PublicDirectory,
    *,
    withhold: bool = True,
    removed: pl.DataFrame | None = None,
    shared: dict[str, pl.Series] | None = None,
    is_part: bool = False,
    **settings: Any,
) -> ExportPackage:
    """The package of what may leave."""
    return package_airs(
        public,
        parameters=AirsParameters(**{"taxonomy_version": TAXONOMY} | settings),
        center_names=NAMES,
        run_id="run-1",
        withhold=withhold,
        removed=removed,
        software_version="1.0",
        shared=shared,
        is_part=is_part,
    )


def part_of(public: PublicDirectory, uids: Sequence[str], *, tells_removed: bool = True) -> PublicDirectory:
    """The records with these ids, all that belongs to them and what was said of them. Values left out are told by one part only."""
    is_asked = pl.Series(uids, dtype=pl.String).unique().implode()
    frames = {
        name: frame.filter(pl.col("owner_uid" if "owner_uid" in frame.columns else "record_uid").is_in(is_asked))
        for name, frame in {**public.tables(), "withheld_value": public.withheld_value}.items()
    }
    selection = Selection(records=public.selection.records.filter(pl.col("record_uid").is_in(is_asked)))
    part = public.with_tables(frames, selection=selection)
    centers = tuple(sorted(selection.records["center_id"].unique()))
    return replace(part, center_ids=centers, removed=public.removed if tells_removed else {})


def agency_texts(path: Path) -> tuple[bytes, list[bytes], bytes]:
    """What a file begins with, its agencies as they are written with those inside them, and what it ends with."""
    content = path.read_bytes()
    depth, begin, texts, first = 0, 0, [], None
    for tag in re.finditer(rb"<Agency[ >]|</Agency>\n", content):
        if tag.group().startswith(b"</"):
            depth -= 1
            if not depth:
                texts.append(content[begin : tag.end()])
                begin = tag.end()
            continue
        if not depth:
            first = tag.start() if first is None else first
            assert tag.start() == begin or begin == 0
            begin = tag.start()
        depth += 1
    return (
        content[: content.index(b"</Source>") if first is None else first],
        texts,
        content[begin:] if texts else b"</Source>\n",
    )


def written(package: ExportPackage, folder: Path) -> etree._Element:
    """The root of the written file. Tags have no namespace, and elements without text no blanks."""
    package.write_files(folder)
    root = etree.parse(str(folder / "airs.xml"), etree.XMLParser(remove_blank_text=True)).getroot()
    for element in root.iter():
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(root)
    return root


def told(element: etree._Element) -> str:
    """An element as text, with its name and attributes."""
    return etree.tostring(element, encoding="unicode", with_tail=False)
