"""AIRS files of small directories, as tests look at them: written, parsed, without the namespace."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from lxml import etree

from pipeline.publish.airs import package_airs
from pipeline.publish.export_package import ExportPackage
from pipeline.publish.public_directory import PublicDirectory, make_public
from schemas.airs_parameters import AirsParameters
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding

AS_OF = date(2026, 11, 20)
TAXONOMY = "2026-01-01"


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
    return package_airs(
        public_of(directory, as_of=as_of, withhold=withhold),
        parameters=AirsParameters(**{"taxonomy_version": TAXONOMY} | settings),
        center_names={"test": "Test Center"},
        run_id="run-1",
        withhold=withhold,
        removed=removed,
        software_version="1.0",
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
