"""Small invented AIRS files, and what is read of them."""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.read import read_export
from schemas.delivered import Delivered

NAMESPACE_3_1 = "http://www.airs.org/schema/3_1/AIRS.xsd"
NAMESPACE_4_0 = "http://www.airs.org/schema/4_0_0/AIRS.xsd"
HEAD = 'SourceEntity="Mytown" OriginTimestamp="2026-11-20T00:00:00Z" SoftwareVendor="Vendor" SoftwareVersion="1" SchemaVersion="x"'


def source(*agencies: str, version: str = "3.1", vendor: str = "Vendor") -> str:
    """A whole file around its records; one agency on each line."""
    namespace = {"3.1": f' xmlns="{NAMESPACE_3_1}"', "4.0": f' xmlns="{NAMESPACE_4_0}"'}.get(version, "")
    head = HEAD.replace('"Vendor"', f'"{vendor}"')
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f"<Source{namespace} {head}>", *agencies, "</Source>"])


def agency(*children: str, key: str = "1", name: str = "Harbor Center", attributes: str = "") -> str:
    """An agency with its key and name before the rest."""
    return f"<Agency {attributes}><Key>{key}</Key><Name>{name}</Name>{''.join(children)}</Agency>"


def site(*children: str, key: str = "11", name: str = "Downtown", attributes: str = "") -> str:
    """A site with its key and name before the rest, on a line of its own."""
    return f"\n<Site {attributes}><Key>{key}</Key><Name>{name}</Name>{''.join(children)}</Site>"


def service(*children: str, key: str = "21", name: str = "Pantry", attributes: str = "") -> str:
    """A service at a site with its key and name before the rest, on a line of its own."""
    return f"\n<SiteService {attributes}><Name>{name}</Name><Key>{key}</Key>{''.join(children)}</SiteService>"


def address(kind: str = "PhysicalAddress", *, street: str = "100 Harbor St", flag: str = "false") -> str:
    """An address in Springfield."""
    return (
        f'<{kind} Confidential="{flag}"><Line1>{street}</Line1><City>Springfield</City><State>IL</State>'
        f"<ZipCode>62701</ZipCode></{kind}>"
    )


def phone(number: str, *more: str, toll_free: str = "false", flag: str = "false") -> str:
    """A phone."""
    inside = f"<PhoneNumber>{number}</PhoneNumber>{''.join(more)}"
    return f'<Phone TollFree="{toll_free}" Confidential="{flag}">{inside}</Phone>'


def delivered(folder: Path, text: str, *, name: str = "export.xml", format_name: str = "auto") -> Delivered:
    """What is read of one file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_export(path, center_id="test", format_name=format_name)


def records(export: Delivered, kind: str) -> list[dict[str, object]]:
    """The records of a kind in the order of their numbers."""
    return [one for one in export.record.to_dicts() if one["kind"] == kind]


def one_record(export: Delivered, kind: str) -> dict[str, object]:
    """The only record of a kind."""
    (record,) = records(export, kind)
    return record


def kinds(export: Delivered) -> dict[str, int]:
    """How many records there are of each kind."""
    return dict(export.record["kind"].value_counts().sort("kind").iter_rows())
