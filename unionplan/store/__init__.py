"""The commit log, the snapshots, the counts: what was known, when, and from which file."""

from unionplan.store.door import Change, Store
from unionplan.store.log import Commit, Entry, Slot, Upload

__all__ = ["Change", "Commit", "Entry", "Slot", "Store", "Upload"]
