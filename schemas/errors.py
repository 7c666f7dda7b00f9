"""The errors a user can meet, as one small tree.

A broken promise of the program is an error; a bad record is a *finding*; a bad total is a *gate*.

    ResdirError
    ├── UsageError        exit 2   the command was called wrongly
    ├── InputError        exit 3   a file cannot be read as what it should be; nothing was changed
    │   └── GateError     exit 3   totals too far from the last night; nothing was published
    ├── WorkspaceError    exit 4   the workspace cannot be used now
    │   ├── BusyError     exit 4   another run holds the working file
    │   └── StorageError  exit 4   no room, no right, or a damaged file
    └── ContractError     exit 5   a table broke its own contract: a bug of ours
"""

from __future__ import annotations


class ResdirError(Exception):
    """Base of every error that is told to the user in words, without a traceback.

    Args:
        message: What happened, in the user's words, naming file, row and column where there are any.
        advice: What the user can do about it; empty when nothing useful can be said.
    """

    exit_code: int = 5

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}\n  {self.advice}" if self.advice else self.message


class UsageError(ResdirError):
    """The command was called with options that do not go together or name nothing that exists."""

    exit_code = 2


class InputError(ResdirError):
    """A file cannot be read as what it should be. Nothing was changed."""

    exit_code = 3


class GateError(InputError):
    """The totals of a load are too far from the last night to be published."""


class WorkspaceError(ResdirError):
    """The workspace cannot be used at the moment."""

    exit_code = 4


class BusyError(WorkspaceError):
    """Another process holds the working file."""


class StorageError(WorkspaceError):
    """The disk refused: no room left, no right to write, or a damaged file."""


class ContractError(ResdirError):
    """A table broke its own contract. This is a bug of ours."""

    exit_code = 5
