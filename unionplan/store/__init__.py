"""The commit log, the snapshots, the counts: what was known, when, and from which file."""

from unionplan.store.door import SPEAKING, Change, Store, leave_sample, successor
from unionplan.store.log import Commit, Entry, Slot, Upload

__all__ = ["SPEAKING", "Change", "Commit", "Entry", "Slot", "Store", "Upload", "leave_sample", "successor"]
