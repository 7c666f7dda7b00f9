"""The folder in which one installation keeps everything it writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schemas.errors import StorageError


@dataclass(frozen=True)
class Workspace:
    """Where things are. Nothing is touched on disk until `prepare` is called.

    Attributes:
        root: The folder.
    """

    root: Path

    @property
    def working_file(self) -> Path:
        """The DuckDB file that runs write to. Only runs open it."""
        return self.root / "directory.duckdb"

    @property
    def published(self) -> Path:
        """Folder of read-only snapshots and the pointer to the current one."""
        return self.root / "published"

    @property
    def pointer(self) -> Path:
        """File that names the current snapshot; replaced as a whole."""
        return self.published / "current.json"

    @property
    def exports(self) -> Path:
        """Folder of packages that may leave the house."""
        return self.root / "exports"

    @property
    def reports(self) -> Path:
        """Folder of reports."""
        return self.root / "reports"

    @property
    def worksheets(self) -> Path:
        """Folder of audit worksheets."""
        return self.root / "worksheets"

    @property
    def logs(self) -> Path:
        """Folder of logs, and of what the scheduler keeps."""
        return self.root / "logs"

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            StorageError: The place cannot be written to.
        """
        try:
            for folder in (self.published, self.exports, self.reports, self.worksheets, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise StorageError(
                f"The workspace {self.root} cannot be written to: {fault.strerror or fault}.",
                advice="Choose another folder with --workspace, or ask for the right to write there.",
            ) from fault
