"""Laws of AIRS files, for any directory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.publish.search_files import find_in_files
from schemas.directory import Directory
from tests.airs_exports import airs_of, written
from tests.property.test_publish_laws import directories

LAWS = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KINDS = ("agency", "site", "service", "service_at_site")


@LAWS
@given(directories(), st.sampled_from(["3.1", "3.1", "3.0"]))
def test_every_record_is_in_the_file_or_listed(directory, version):
    """Records would vanish between the center and the state without anybody seeing it, or be told under the wrong agency."""
    package = airs_of(directory, version=version)
    for kind in KINDS:
        delivered = set(directory.tables()[kind].select("center_id", "record_uid").iter_rows())
        left_out = set(package.withheld.filter(pl.col("kind") == kind).select("center_id", "record_uid").iter_rows())
        in_file = package.written.filter(pl.col("kind") == kind)["record_uid"]
        assert left_out <= delivered
        assert set(in_file) == {uid for _, uid in delivered - left_out}
        assert in_file.len() + len(left_out) == len(delivered)
    with tempfile.TemporaryDirectory() as folder:
        root = written(package, Path(folder))
        assert find_in_files(Path(folder), package.private_values) == {}
    agencies, sites = list(root.iter("Agency")), list(root.iter("Site"))
    assert {element.findtext("Key") for element in agencies} == {*package_keys(package, "agencies")}
    assert len(agencies) == package.records()["Agency"]
    assert len({element.findtext("Key") for element in sites}) == len(sites) == package.rows["Site"]
    for element in sites:
        parent = element.getparent()
        assert parent.tag == "Agency"
        assert element.findtext("AgencyKey") in (None, parent.findtext("Key"))
    services = list(root.iter("SiteService"))
    assert len(services) == package.rows["SiteService"] >= package.records()["SiteService"]
    assert all(element.find("Taxonomy/Code") is not None for element in services)
    assert len({element.findtext("Key") for element in services}) == package.records()["Service"]
    assert [fault.check for fault in package.preflight.errors] == ([] if agencies else ["required"])


def package_keys(package, part):
    """Keys as the plan of the file has them."""
    return getattr(package.write_files.__self__.plan, part)["key"]


@settings(LAWS, max_examples=5)
@given(directories(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(directory, random):
    """A reshuffled export would look changed to every receiver."""
    shuffled = {}
    for name, table in directory.tables().items():
        places = list(range(table.height))
        random.shuffle(places)
        shuffled[name] = table[places] if places else table
    contents = []
    for one in (directory, Directory(**shuffled)):
        with tempfile.TemporaryDirectory() as folder:
            airs_of(one).write_files(Path(folder))
            contents.append([(Path(folder) / name).read_bytes() for name in ("airs.xml", "airs_keys.csv")])
    assert contents[0] == contents[1]
