"""What can go wrong, and whose turn it is to act.

    UnionplanError
    ├── PlanError       administrator  a plan, unit, indicator or settings table is wrong
    ├── IntakeError     clerk          a file cannot be read or may not be taken in
    │   ├── StalePreviewError   clerk       somebody committed since the preview was drawn
    │   ├── UndoRefusedError    clerk       later commits stand on the one to be undone
    │   └── UnknownCommitError  anyone   a commit was named that does not exist
    ├── ExportError     office         a paper cannot be made as it was asked for
    ├── UsageError      whoever typed  the command line's words are off
    ├── AccessError     administrator  this person or this address may not do that
    └── StoreError      IT             the store or the machine failed

Every message is one Chinese text of four parts: where, what was found, what is allowed, what to do.
"""


class UnionplanError(Exception):
    """A failure that somebody outside the program can mend; `exit_code` is the command line's."""

    exit_code = 1

    def __init__(self, where: str, found: str, allowed: str = "", remedy: str = "") -> None:
        self.where, self.found, self.allowed, self.remedy = where, found, allowed, remedy
        super().__init__(sentence(where, found, allowed, remedy))


class PlanError(UnionplanError):
    """A table of the plan, the units, the indicators or the settings is wrong."""


class IntakeError(UnionplanError):
    """A file cannot be read, or what it holds may not be taken in; the store is unchanged."""


class StalePreviewError(IntakeError):
    """The store moved on between preview and confirmation."""


class UndoRefusedError(IntakeError):
    """A commit cannot be undone because later ones stand on its slots."""


class UnknownCommitError(IntakeError):
    """A commit was named that does not exist."""

    exit_code = 2


class ExportError(UnionplanError):
    """A paper cannot be made as it was asked for; nothing was written."""


class UsageError(UnionplanError):
    """The command was called wrongly."""

    exit_code = 2


class AccessError(UnionplanError):
    """The person or the address may not do this."""


class StoreError(UnionplanError):
    """The store or the machine failed; nothing was changed."""

    exit_code = 3


def sentence(where: str, found: str, allowed: str = "", remedy: str = "") -> str:
    """Return the four parts as one text: `where：found。allowed。remedy。`, empty parts left out."""
    parts = [part.rstrip("。") for part in (found, allowed, remedy) if part]
    body = "。".join(parts) + "。" if parts else ""
    return f"{where}：{body}" if where else body
