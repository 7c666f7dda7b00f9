"""Deliveries: one file, a folder or an archive, and archives that must not be trusted."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.delivery import open_delivery
from schemas.errors import InputError
from schemas.parameters import IngestParameters


def pack(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def opened(path: Path, **limits: int):
    return open_delivery(path, parameters=IngestParameters(**limits))


def test_file_folder_archive_and_descriptor_give_the_same_bytes(tmp_path: Path):
    """A package would be read unpacked only."""
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "a.csv").write_bytes(b"id\n1\n")
    (folder / "datapackage.json").write_bytes(b"{}")
    archive = pack(tmp_path / "package.zip", **{"data/a.csv": b"id\n1\n", "datapackage.json": b"{}"})
    for path in (folder, folder / "datapackage.json", archive):
        delivery = opened(path)
        assert delivery.is_package
        assert {name: read() for name, read in delivery.files.items()} == {
            "data/a.csv": b"id\n1\n",
            "datapackage.json": b"{}",
        }
        assert list(delivery.folder("data").files) == ["a.csv"]
    assert opened(folder / "data" / "a.csv").files["a.csv"]() == b"id\n1\n"


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "..\\evil.csv", "C:\\evil.csv", "a/../../evil.csv"])
def test_names_that_point_outside_are_refused(tmp_path: Path, name: str):
    """A hostile archive could make the program look at files it was not given."""
    with pytest.raises(InputError, match="points outside the archive"):
        opened(pack(tmp_path / "x.zip", **{name: b"id\n"}))


def test_links_in_an_archive_are_refused(tmp_path: Path):
    """A link could stand for a file of the machine."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="link instead of a file"):
        opened(path)


def test_large_archives_are_refused_before_they_are_unpacked(tmp_path: Path):
    """A few kilobytes could fill the memory of the machine."""
    path = pack(tmp_path / "x.zip", **{"a.csv": b"0" * 11_000_000})
    with pytest.raises(InputError, match="would unpack to 11,000,000 bytes"):
        opened(path)
    with pytest.raises(InputError, match="too large"):
        opened(path, largest_file_bytes=1_000_000)


def test_many_small_files_are_refused(tmp_path: Path):
    """The home folder given by mistake would be read for hours."""
    for number in range(4):
        (tmp_path / f"{number}.csv").write_bytes(b"id\n")
    with pytest.raises(InputError, match="more than 3 files"):
        opened(tmp_path, most_files=3)


def test_what_is_not_there_or_damaged_is_said(tmp_path: Path):
    """The night would end with a traceback for a wrong path."""
    with pytest.raises(InputError, match="There is no file or folder"):
        opened(tmp_path / "nothing.csv")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(InputError, match="not a zip archive"):
        opened(broken)
    damaged = pack(tmp_path / "damaged.zip", **{"a.csv": b"id,name\n" + bytes(range(256)) * 40})
    data = bytearray(damaged.read_bytes())
    data[60] ^= 0xFF
    damaged.write_bytes(bytes(data))
    with pytest.raises(InputError, match="cannot be unpacked"):
        opened(damaged).files["a.csv"]()


def test_hidden_files_and_deep_folders_are_left_alone(tmp_path: Path):
    """Remains of other programs would be read as tables."""
    for name in (".git/a.csv", "__MACOSX/a.csv", "one/two/three/four.csv", "a.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"id\n")
    assert sorted(opened(tmp_path).files) == ["a.csv"]


def test_protected_archives_are_refused_in_words(tmp_path: Path):
    """The night would end with a traceback about a missing password."""
    path = pack(tmp_path / "x.zip", **{"a.csv": b"id\n"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="protected by a password"):
        opened(path)


@pytest.mark.parametrize("is_package", [False, True])
def test_file_that_is_still_being_written_is_refused(tmp_path: Path, is_package: bool):
    """Half an export would be taken for the whole, and its missing records for deleted ones."""
    path = tmp_path / "export.csv"
    path.write_bytes(b"id\n1\n")
    delivery = opened(tmp_path if is_package else path)
    path.write_bytes(b"id\n1\n2\n")
    with pytest.raises(InputError, match=r"export\.csv was being written .* 5 bytes at first and has 7 now") as caught:
        delivery.files["export.csv"]()
    assert caught.value.exit_code == 3
    assert "Wait until the export is finished" in (caught.value.advice or "")


def test_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A missing permission would end in a traceback."""
    path = tmp_path / "export.csv"
    path.write_bytes(b"id\n")
    delivery = opened(path)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"export\.csv cannot be read: Permission denied"):
        delivery.files["export.csv"]()
