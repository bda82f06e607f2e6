"""零报告: a unit says that there was nothing this month, which is not the same as saying nothing."""

from __future__ import annotations

from datetime import date

from unionplan.intake.desk import unit_names
from unionplan.intake.drafting import Draft, NilWord, Options
from unionplan.intake.nils import DATASET
from unionplan.intake.preview import Preview, drawn
from unionplan.intake.problems import problem
from unionplan.intake.readings import FileReading
from unionplan.intake.slotting import draft_nil_slots
from unionplan.intake.worker import folded_name
from unionplan.observations import NIL_DATASETS
from unionplan.store import Store

NAME = "零报告"


def nil_report(store: Store, unit: str, dataset: str, as_of: date) -> Preview:
    """Return what the word 本月无 would change; the store is not touched, `preview.submit` commits it.

    `unit`: a reporting unit or one of its aliases. `dataset`: one of observations.NIL_DATASETS, or the kind of workbook
    that tells it (W2, W3a, W3b, W4, W6); KeyError for another. It speaks for the month of `as_of`. A unit that does not
    exist, and data that already stand for that month, are problems; the same word again changes nothing.
    """
    known = {folded_name(name): found for name, found in unit_names(store.plan(store.head()).units).items()}
    name = DATASET.get(dataset, dataset)
    words = f"{NIL_DATASETS[name]} {as_of:%Y-%m}"
    commit = store.head()
    draft = Draft(store, commit, store.plan(commit), Options(as_of=as_of), store.heads(commit), [])
    found = known.get(folded_name(unit))
    if found is None:
        draft.problems.append(problem("unit_unknown", column="填报单位", value=unit, detail=f"“{unit}”"))
    else:
        draft.nils.append(NilWord("", "", "", name, found, as_of))
        draft_nil_slots(draft)
        if as_of > store.today(commit):
            draft.problems.append(problem("as_of_late", value=as_of, detail=str(as_of)))
    return drawn(draft, FileReading(f"{NAME}：{found or unit} {words}", "", "", ()), "nil", f"本月无：{words}")
