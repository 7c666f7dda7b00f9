"""Laws of reading AIRS XML: whatever stands in a file, every record and number of it is read, in whatever order it stands."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.ingest.airs_elements import cells_of
from schemas.delivered import SOURCE_COLUMNS
from tests.airs_files import delivered, source

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip()) and ";" not in text
)
KEYS = st.integers(0, 10**20).map(str)


def element(name: str, *inside: str, **attributes: str) -> str:
    said = "".join(f' {key}="{escape(value, {chr(34): "&quot;"})}"' for key, value in attributes.items())
    return f"<{name}{said}>{''.join(inside)}</{name}>"


@st.composite
def services(draw: st.DrawFn) -> str:
    phones = draw(st.lists(st.integers(100, 199).map(lambda number: f"217-555-0{number}"), max_size=2))
    codes = draw(st.lists(st.sampled_from(["BD-1800", "PH-6100.2000", "{what:'own'}", ""]), max_size=2))
    children = [
        element("Name", escape(draw(TEXTS))),
        *(element("Phone", element("PhoneNumber", number), Confidential="false") for number in phones),
        *(element("Taxonomy", element("Code", code)) for code in codes),
        element("ResourceInfo", DateLastVerified=str(draw(st.dates()))),
    ]
    return "".join(draw(st.permutations(children)))


@st.composite
def directories(draw: st.DrawFn) -> list[tuple[str, str, list[tuple[str, str, list[tuple[str, str]]]]]]:
    """Agencies as (key, name, sites); sites as (key, name, services); services as (key, content, the same wherever it stands)."""
    agencies = []
    offered = {key: draw(services()) for key in draw(st.lists(KEYS, unique=True, max_size=4))}
    sites = draw(st.lists(KEYS, unique=True, max_size=6))
    keys = draw(st.lists(KEYS, unique=True, min_size=1, max_size=3))
    # A service belongs to one agency; its places are sites of that agency.
    owner = {key: draw(st.sampled_from(keys)) for key in offered}
    for place, key in enumerate(keys):
        own = sites[place :: len(keys)]
        of_agency = [one for one in offered if owner[one] == key]
        agencies.append(
            (
                key,
                draw(TEXTS),
                [
                    (
                        one,
                        draw(TEXTS),
                        [(s, offered[s]) for s in draw(st.lists(st.sampled_from(of_agency), unique=True))],
                    )
                    if of_agency
                    else (one, draw(TEXTS), [])
                    for one in own
                ],
            )
        )
    return agencies


def as_xml(directory, *, shuffled=None, breaks: str = "\n") -> str:
    def ordered(parts: list[str]) -> str:
        if shuffled is not None:
            shuffled.shuffle(parts)
        return breaks.join(parts)

    return source(
        *(
            breaks
            + element(
                "Agency",
                ordered(
                    [
                        element("Key", key),
                        element("Name", escape(name)),
                        *(
                            element(
                                "Site",
                                ordered(
                                    [
                                        element("Key", site_key),
                                        element("Name", escape(site_name)),
                                        *(
                                            element("SiteService", ordered([element("Key", number), content]))
                                            for number, content in given_there
                                        ),
                                    ]
                                ),
                            )
                            for site_key, site_name, given_there in sites
                        ),
                    ]
                ),
            )
            for key, name, sites in directory
        )
    )


@settings(max_examples=25)
@given(directories(), st.randoms(use_true_random=False), st.sampled_from(["\n", ""]))
def test_every_record_is_read_once_in_any_order(directory, shuffled, breaks):
    """A record, link, phone or code would be lost, doubled, or depend on the order of elements."""
    with TemporaryDirectory() as folder:
        export = delivered(Path(folder), as_xml(directory, breaks=breaks))
        other = delivered(Path(folder), as_xml(directory, shuffled=shuffled, breaks=breaks), name="shuffled.xml")
    numbers = export.record.select("kind", "native_id", "name").rows()
    agencies = [("agency", key, name.strip()) for key, name, _ in directory]
    sites = [("site", key, name.strip()) for _, _, sites in directory for key, name, _ in sites]
    links = [(number, key) for _, _, sites in directory for key, _, given_there in sites for number, _ in given_there]
    contents = {
        number: text for _, _, sites in directory for _, _, given_there in sites for number, text in given_there
    }
    assert sorted(one for one in numbers if one[0] in ("agency", "site")) == sorted([*agencies, *sites])
    assert sorted(one[1] for one in numbers if one[0] == "service") == sorted(contents)
    assert sorted(one[1] for one in numbers if one[0] == "service_at_site") == sorted(f"{s}:{key}" for s, key in links)
    written = "".join(contents.values())
    assert export.phone["number"].sort().to_list() == sorted(re.findall(r"217-555-[0-9]+", written))
    assert export.taxonomy_link.height == len(re.findall(r"<Code>[A-Z]", written))
    assert set(export.record.filter(export.record["kind"] == "service_at_site")["link_only"]) <= {"true"}
    for name in ("record", "phone", "taxonomy_link"):
        one, two = (getattr(read, name).drop(SOURCE_COLUMNS) for read in (export, other))
        assert one.equals(two), name


TREES = st.recursive(
    st.one_of(TEXTS, st.just("")).map(lambda text: (text, [])),
    lambda inside: st.lists(st.tuples(st.sampled_from("ABC"), inside), max_size=3).map(lambda children: ("", children)),
    max_leaves=8,
)


@given(TREES)
def test_cells_hold_every_text_under_its_path(tree):
    """A text of an unknown element would be lost."""

    def built(node, name: str) -> str:
        text, children = node
        return element(name, escape(text), *(built(child, tag) for tag, child in children))

    def found(node, path: str) -> list[tuple[str, str]]:
        text, children = node
        own = [(path, text.strip())] if text.strip() else []
        return own + [pair for tag, child in children for pair in found(child, f"{path}/{tag}" if path else tag)]

    root = ("", tree[1])
    cells = cells_of(etree.fromstring(built(root, "R")))
    expected: dict[str, list[str]] = {}
    for path, text in found(root, ""):
        expected.setdefault(path, []).append(text)
    assert {path: text for path, text in cells.items() if text} == {
        path: "; ".join(texts) for path, texts in expected.items()
    }
