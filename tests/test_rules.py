"""docs/rules.md is executable: every table row in it is run against the real code.

A table is named by the comment before it, and `holds` ties a test to a table by that name. A test must read
every column of its table except 说明, so that no cell can claim something nobody checks.
"""

import functools
import inspect
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from unionplan import attention, clock, coverage_words, narrative, theme
from unionplan import pace as paces
from unionplan.access import Person
from unionplan.attainment import (
    STATUSES,
    ItemState,
    Outlook,
    attainments,
    composite,
    due_rate,
    elapsed,
    expires,
    item_states,
    slow_rate,
)
from unionplan.change import Change as RateChange
from unionplan.change import change_since, previous_day, told_before
from unionplan.comparing import KINDS, comparisons
from unionplan.errors import IntakeError, UnionplanError
from unionplan.events import events_of, standings
from unionplan.flows import flow
from unionplan.forecast import Point, forecast, past, speed
from unionplan.intake import checks, returns
from unionplan.intake.checks import key_of
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.layout import laid_out
from unionplan.intake.merging import merged
from unionplan.intake.monthly import read_months
from unionplan.intake.preview import Options, preview, submit
from unionplan.intake.problems import rules
from unionplan.intake.reading import Sheet
from unionplan.intake.stated import stated_as_of
from unionplan.notes import REPORT, Note, waiting
from unionplan.observations import (
    ACTIVITIES,
    CONTRACTS,
    CUBE_COLUMNS,
    CUBE_COUNTS,
    FIELDS,
    IDENTITY,
    LEDGER,
    NOTE_KINDS,
    TOLD_LABELS,
    classified,
)
from unionplan.pace import nodes_of
from unionplan.periods import carried, fate_of
from unionplan.plan import ATOMS, SCOPES, Share, Target, plan_of, read_tables, scope_of, with_overlay
from unionplan.reporting import arrivals, reports
from unionplan.shares import share_states, sum_checks, sum_words
from unionplan.store import Change, Commit, Entry, Slot, Store
from unionplan.store.counts import counted
from unionplan.store.moves import moves
from unionplan.store.snapshots import ACTIVITIES_SCHEMA, LEDGER_SCHEMA, PANDAS_TYPES, SUMMARY_SCHEMA, frame_bytes
from unionplan.store.summed import summed
from unionplan.verdicts import rate_rule, standing_rule

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
NO_CHECK = "说明"
TABLES = read_tables(ROOT / "data" / "plan")
PLAN = plan_of(TABLES)
AS_OF, TODAY = date(2026, 10, 31), date(2026, 11, 5)
ONE, TWO = "文澜区", "朝晖区"
CLERK = Person("王经办")
ATOM_OF_WORD = {word: atom for atom, word in theme.ATOM_WORDS.items()}
STATUS_OF_WORD = {light.word: status for status, light in theme.STATUS.items()}

OPEN: dict[tuple[str, str], str] = {}
"""Rows that the code does not keep yet: (table, a cell of the row) → what is wrong. Strict: a mended row must leave."""


class Row(dict):
    """One row of a table; remembers which cells were read. A blank cell and （空） are None."""

    def __init__(self, cells):
        super().__init__(cells)
        self.seen = set()

    def __getitem__(self, column):
        self.seen.add(column)
        text = super().__getitem__(column)
        return None if text in ("", "（空）") else text


def parsed(document):
    """Return [(name of the check or None, rows)] for every table of a document, in its order."""
    found, name, lines = [], None, []
    for line in [*document.splitlines(), ""]:
        comment = re.fullmatch(r"<!-- check: (\w+) -->", line.strip())
        if comment:
            name = comment[1]
        elif line.startswith("|"):
            lines.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif lines:
            header, _, *rows = lines
            found.append((name, [dict(zip(header, row, strict=True)) for row in rows]))
            name, lines = None, []
    return found


PARSED = parsed(DOCUMENT)
ROWS = {name: rows for name, rows in PARSED if name}
CHECKED = set()


def holds(table):
    """Run the test once for every row of `table`; a cell that the test does not read fails it."""
    CHECKED.add(table)

    def around(test):
        @functools.wraps(test)
        def run(cells, **fixtures):
            row = Row(cells)
            test(row, **fixtures)
            assert row.seen == set(row) - {NO_CHECK}, "a column is not checked"

        wanted = [p for name, p in inspect.signature(test).parameters.items() if name != "row"]
        cells = inspect.Parameter("cells", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        run.__signature__ = inspect.Signature([cells, *wanted])
        return pytest.mark.parametrize("cells", [_param(table, n, row) for n, row in _numbered(table)])(run)

    return around


def _numbered(table):
    return list(enumerate(ROWS.get(table, []), start=1))


def _param(table, number, row):
    reason = next((reason for (name, cell), reason in OPEN.items() if name == table and cell in row.values()), None)
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(row, id=f"{number}", marks=marks)


def parts(text):
    return [part.strip() for part in text.split("；")]


def pair(text):
    """48/50 → (48, 50); 未报/10 and 未报 → numerator None."""
    if text == "未报":
        return None, 0
    first, second = text.split("/")
    return (None if first == "未报" else int(first)), int(second)


def day(text):
    return None if text in (None, "—") else date.fromisoformat(text)


def yes(text):
    return {"是": True, "否": False, "—": None}[text]


def bp(text):
    """80% → 8000, exactly."""
    value = Fraction(text.rstrip("%")) * 100
    assert value.denominator == 1
    return int(value)


def rounded(value, places):
    """A fraction in percent with fixed decimals, half up, for comparing with a hand-written figure."""
    scaled = int(value * 100 * 10**places + Fraction(1, 2))
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"


def cube(*cells):
    """Cube rows of `wage` from (unit, 统计时点, atom, (numerator, denominator))."""
    told = {(unit, as_of, atom) for unit, as_of, atom, _ in cells}
    none = sorted(
        {(unit, as_of, atom, (0, 0)) for unit, as_of, _ in told for atom in ATOMS if (unit, as_of, atom) not in told}
    )
    rows = [
        {
            "reporting_unit": unit, "period": f"{as_of:%Y-%m}", "as_of": pd.Timestamp(as_of), "indicator": "wage",
            "source": "ledger", "base": "", "enterprise_type": atom, "numerator": a, "denominator": n,
            "covered_workers": a, "workers": n, "unknown": 0, "outside": 0, "active": n,
        }
        for unit, as_of, atom, (a, n) in (*cells, *none)
    ]  # fmt: skip
    numbers = dict.fromkeys(CUBE_COUNTS, "Int64")
    return pd.DataFrame(rows, columns=list(CUBE_COLUMNS)).astype({**numbers, "as_of": "datetime64[us]"})


def target(points=5000, start=None, end=None):
    return Target("X", "X", "wage", "non_public", points, start, end, "", "", "", "")


def outlook(frame, goal=None, today=TODAY, on=None, units=(ONE,)):
    chosen = tuple(unit for unit in PLAN.units if unit.name in units)
    plan = replace(PLAN, targets=(goal,) if goal else (), units=chosen)
    return Outlook(frame, plan, today, on)


def city(look, scope="non_public"):
    return next(row for row in attainments(look, "scope", "wage") if row.scope == scope)


def counts_of(row):
    return row.numerator, row.denominator


def ledger(*records):
    """A ledger as the store keeps it, classified, from dicts of field → value."""
    schema = pa.schema([LEDGER_SCHEMA.field(name) for name in FIELDS])
    rows = [{"reporting_unit": ONE, "org_name": f"企业{n}", **record} for n, record in enumerate(records)]
    table = pa.Table.from_pylist([{name: row.get(name) for name in FIELDS} for row in rows], schema=schema)
    return table.to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)


def snapshot(*records, as_of=AS_OF):
    frame = classified(ledger(*records))
    return frame.assign(key=[key_of(record) for record in frame[list(IDENTITY)].to_dict("records")], as_of=as_of)


def counts(folder, names, *records):
    """(indicator, atom) → cube row of a ledger that went through the store's own file and query."""
    place = folder / "ledger.parquet"
    place.write_bytes(frame_bytes("ledger", snapshot(*records)))
    frame = counted({(ONE, f"{AS_OF:%Y-%m}"): place}, {name: PLAN.indicators[name] for name in names})
    return {(row["indicator"], row["enterprise_type"]): row for row in frame.to_dict("records")}


IN_FORCE = {"form": "单独", "start": date(2026, 1, 1), "end": date(2026, 12, 31)}
FULL = {
    "enterprise_state": "存续", "registration": "外资企业", "control": "外商控股", "unionised": "是", "workers": 100,
    "women_workers": 40, "members": 90, "congress": "单独", "disclosure": "是", "harmony": "开展",
    **{f"{name}_{edge}": value for name in CONTRACTS for edge, value in IN_FORCE.items()},
}  # fmt: skip
"""Everything filled in and covered; as a neighbour of another type it keeps every column from being blank."""


def subject_counts(folder, names, **cells):
    """The different (in the base, covered, cannot be told, covered outside) of one 私人控股 enterprise beside FULL."""
    found = counts(folder, names, FULL, {**FULL, "control": "私人控股", **cells})
    rows = (found[name, "private"] for name in names)
    return {tuple(row[count] for count in ("denominator", "numerator", "unknown", "outside")) for row in rows}


def told(row, *columns):
    return tuple(int(yes(row[column])) for column in columns)


def test_every_table_of_the_document_has_a_check_and_every_check_a_table():
    names = [name for name, _ in PARSED]
    assert None not in names, "a table without a comment naming its check"
    assert len(names) == len(set(names)), "two tables for one check"
    assert set(names) == CHECKED


def test_no_comment_of_the_document_names_a_check_without_a_table_below_it():
    assert len(re.findall(r"<!-- check:", DOCUMENT)) == len(PARSED)


def test_no_table_of_the_document_is_empty():
    assert [name for name, rows in PARSED if not rows] == []


def test_a_table_without_rows_or_without_a_name_is_noticed():
    assert parsed("<!-- check: a -->\n| x |\n|---|\n\n| y |\n|---|\n| 1 |") == [("a", []), (None, [{"y": "1"}])]


def test_every_open_row_exists():
    assert [key for key in OPEN if sum(key[1] in row.values() for row in ROWS[key[0]]) != 1] == []


def test_the_document_has_every_section_that_the_code_cites():
    sections = set(re.findall(r"^## (\d+) ", DOCUMENT, re.M))
    cited = set()
    for path in (ROOT / "unionplan").rglob("*.py"):
        for found in re.findall(
            r"rules(?:\.md)?,? (?:section )?(\d+(?:, \d+)*)", " ".join(path.read_text(encoding="utf-8").split())
        ):
            cited |= set(found.split(", "))
    assert {"1", "2", "3", "4", "5", "8", "11", "12"} <= sections
    assert cited
    assert cited <= sections


@holds("scopes")
def test_a_scope_is_a_set_of_types_and_the_plan_has_words_for_it(row):
    scope = row["代号"]
    assert {scope_of(words) for words in parts(row["计划用语"])} == {scope}
    assert SCOPES[scope] == {ATOM_OF_WORD[word] for word in parts(row["包含的类别"])}


@holds("scope_totals")
def test_a_total_is_added_up_over_types_never_over_scopes(row):
    words = ("国有控股", "集体控股", "私人控股", "外商控股")
    frame = cube(*((ONE, AS_OF, ATOM_OF_WORD[word], pair(row[word])) for word in words))
    assert counts_of(city(outlook(frame), row["范围"])) == pair(row["合计"])


@holds("atom_of")
def test_the_type_comes_from_the_control_word_else_the_registered_name_else_it_is_open(row):
    found = classified(ledger({"control": row["控股情况"], "registration": row["单位类别"]}, FULL)).iloc[0]
    assert found["enterprise_type"] == ATOM_OF_WORD[row["归入"]]
    assert found["type_basis"] == row["依据"]
    assert found["active"] == yes(row["是企业"])


@pytest.mark.parametrize("control", ["国有控股", None])
def test_a_ledger_without_any_registration_type_is_classified_by_its_control_words(control):
    found = classified(ledger({"control": control}, {"control": control}))
    assert found["enterprise_type"].tolist() == ["state" if control else "unclassified"] * 2
    assert found["active"].tolist() == [True, True]


@holds("unclassified_range")
def test_unclassified_enterprises_give_the_rate_a_range(row):
    atoms = ("国有控股", "待认定")
    found = city(outlook(cube(*((ONE, AS_OF, ATOM_OF_WORD[word], pair(row[word])) for word in atoms))), row["范围"])
    bounds = [None if row[name] == "—" else Fraction(*pair(row[name])) for name in ("下限", "上限")]
    assert counts_of(found) == pair(row["比率"])
    assert [found.low, found.high] == bounds


@holds("partly_known_scope")
def test_a_scope_that_is_known_only_in_part_is_unreported(row):
    words = ("国有控股", "国有、集体及其控股（未细分）")
    found = city(outlook(cube(*((ONE, AS_OF, ATOM_OF_WORD[word], pair(row[word])) for word in words))), row["范围"])
    expected = None if row["合计"] == "未报" else pair(row["合计"])
    assert (counts_of(found) if found.numerator is not None else None) == expected


@holds("pooled_rate")
def test_rates_are_pooled_never_averaged(row):
    given = [pair(text) for text in parts(row["各单位"])]
    frame = cube(*((unit, AS_OF, "private", counts) for unit, counts in zip((ONE, TWO), given, strict=True)))
    found = city(outlook(frame, units=(ONE, TWO)))
    assert theme.percent(found.numerator, found.denominator) == row["汇总%"]
    assert rounded(sum(Fraction(a, n) for a, n in given) / len(given), 1) == row["各单位平均%"]


@holds("bases")
def test_every_indicator_states_what_it_divides_by(row):
    found = PLAN.indicators[row["指标"]]
    words = {
        "已建会企业": "unionised",
        "全部企业": "active",
        "有女职工的已建会企业": "unionised_women",
        "职工人数": "workers",
    }
    assert (found.name, found.base, found.unit) == (row["名称"], words[row["分母"]], row["单位"])
    assert (found.interval_months, found.grace_days) == (int(row["报送周期（月）"]), int(row["宽限（天）"]))


@holds("contract_counts")
def test_a_contract_covers_an_enterprise_of_the_base_while_it_is_in_force(row, tmp_path):
    cells = {"enterprise_state": row["企业状态"], "registration": row["单位类别"], "unionised": row["是否建会"]}
    edges = {"form": row["签订方式"], "start": day(row["起始日"]), "end": day(row["截止日"])}
    dated = {f"{name}_{edge}": value for name in CONTRACTS for edge, value in edges.items()}
    expected = told(row, "在分母", "在分子", "说不清", "底数外")
    assert subject_counts(tmp_path, CONTRACTS, **cells, **dated) == {expected}


@holds("cell_counts")
def test_an_indicator_of_one_column_counts_what_the_column_says(row, tmp_path):
    name = row["指标"]
    column = "unionised" if name == "union" else name
    cells = {"unionised": row["是否建会"], column: row["内容"]}
    assert subject_counts(tmp_path, [name], **cells) == {told(row, "在分母", "在分子", "说不清", "底数外")}


@holds("women_base")
def test_the_women_contract_is_asked_only_of_unionised_enterprises_with_women(row, tmp_path):
    women = row["女职工人数"]
    cells = {"unionised": row["是否建会"], "women_workers": None if women is None else int(women)}
    [(base, covered, _, outside)] = subject_counts(tmp_path, ["women"], **cells)
    assert (base, covered, outside) == told(row, "在分母", "在分子", "底数外")


@holds("member_counts")
def test_membership_counts_people(row, tmp_path):
    people = {
        name: None if row[word] is None else int(row[word])
        for name, word in (("workers", "职工人数"), ("members", "会员人数"))
    }
    cells = {"enterprise_state": row["企业状态"], "unionised": row["是否建会"], **people}
    expected = tuple(int(row[word]) for word in ("分母", "分子", "说不清", "底数外"))
    assert subject_counts(tmp_path, ["member"], **cells) == {expected}


@holds("blank_columns")
def test_a_column_that_is_blank_throughout_is_unreported(row, tmp_path):
    field = next(field for field in LEDGER if field.label == row["栏目"])
    records = []
    for word in (row["甲"], row["乙"]):
        value = word if word is None or field.kind != "date" else date.fromisoformat(word)
        records.append({**FULL, field.id: int(value) if field.kind == "count" and value else value})
    found = counts(tmp_path, [row["指标"]], *records)[row["指标"], "foreign"]
    result = "未报" if pd.isna(found["numerator"]) else f"{found['numerator']}/{found['denominator']}"
    assert result == row["结果"]
    assert row["说不清"] == ("—" if result == "未报" else str(found["unknown"]))


def test_a_unit_that_has_signed_nothing_is_not_asked_for_dates(tmp_path):
    bare = {**FULL, "wage_form": "未签", "wage_start": None, "wage_end": None}
    found = counts(tmp_path, ["wage"], bare, bare)["wage", "foreign"]
    assert (found["numerator"], found["denominator"], found["unknown"]) == (0, 2, 0)


@holds("need_and_gap")
def test_a_target_is_judged_in_whole_enterprises(row):
    covered = None if row["分子"] == "未报" else int(row["分子"])
    found = city(outlook(cube((ONE, AS_OF, "private", (covered, int(row["分母"])))), target(bp(row["目标"]))))
    for value, column in ((found.need, "应达"), (found.gap, "还差"), (found.surplus, "超出")):
        assert value == (None if row[column] == "—" else int(row[column]))
    assert found.attained is yes(row["达标"])
    assert narrative.figure(found, PLAN.indicators["wage"]) == row["显示"]


def summary(*figures, unit=ONE, as_of=AS_OF, indicator="contract"):
    """Cube rows of one unit's summary, from dicts with 企业类型 as told and counts as the store keeps them."""
    rows = [{"indicator": indicator, **figure, "reporting_unit": unit, "as_of": as_of} for figure in figures]
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in SUMMARY_SCHEMA.names} for row in rows], schema=SUMMARY_SCHEMA
    )
    frame = table.to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)
    made = summed({(unit, f"{as_of:%Y-%m}"): frame}, {indicator: PLAN.indicators[indicator]})
    return made.astype({**dict.fromkeys(CUBE_COUNTS, "Int64"), "as_of": "datetime64[us]"})


def told_figures(text):
    """国有及控股企业 48/50；… → figures by type as told."""
    kinds = {label: told for told, label in TOLD_LABELS.items()}
    pieces = (part.rsplit(" ", 1) for part in parts(text)) if text else ()
    return [
        dict(zip(("told", "numerator", "denominator"), (kinds[word], *pair(counts)), strict=True))
        for word, counts in pieces
    ]


@holds("told_scopes")
def test_a_return_tells_a_scope_when_all_its_types_are_told(row):
    look = outlook(summary(*told_figures(row["报送"])))
    for found in attainments(look, "scope", "contract"):
        assert counts_of(found) == (pair(row[found.scope]) if row[found.scope] != "未报" else (None, None)), found.scope


@holds("remainders")
def test_what_is_left_of_a_sum_stands_in_a_type_of_its_own(row):
    whole = told_figures(row["合计"])
    found = summary(*whole, *told_figures(row["其中"])).set_index("enterprise_type")
    assert tuple(found.loc[ATOM_OF_WORD[row["其余归入"]], ["numerator", "denominator"]]) == pair(row["其余"])
    told = found[found["numerator"].notna()]
    assert (told["numerator"].sum(), told["denominator"].sum()) == pair(whole_counts(row))


def whole_counts(row):
    return row["合计"].rsplit(" ", 1)[1]


SHARED = {
    "企业总数": "total",
    "应建会企业数": "should_unionise",
    "已建会企业数": "unionised",
    "职工人数": "workers",
    "会员人数": "members",
}


@holds("summary_bases")
def test_a_summary_is_divided_by_what_it_tells_of_the_indicator_s_base(row):
    shared = {name: row[column] and int(row[column]) for column, name in SHARED.items()}
    own = {"numerator": row["覆盖"] and int(row["覆盖"]), "denominator": row["自己的总数"] and int(row["自己的总数"])}
    figures = [{"told": "all", "indicator": "", **shared}]
    figures += [{"told": "all", **own}] if any(own.values()) else []
    made = summary(*figures, indicator=row["指标"])
    found = next(r for r in attainments(outlook(made), "scope", row["指标"]) if r.scope == "all")
    assert counts_of(found) == (pair(row["结果"]) if row["结果"] != "未报" else (None, None))
    assert bool(made["base"].ne("").any()) is yes(row["另一种口径"])


@holds("pooled_bases")
def test_a_unit_over_another_base_is_left_out_where_others_stand_over_the_usual_one(row):
    cubes = []
    for unit, column in ((ONE, "甲"), (TWO, "乙")):
        source, counts = row[column].split()
        covered, base = pair(counts)
        told = {"told": "all", "indicator": "", "total": 100, "unionised": base}
        cubes.append(
            cube((unit, AS_OF, "private", (covered, base))).assign(indicator=row["指标"])
            if source == "台账"
            else summary(told, {"told": "all", "numerator": covered}, unit=unit, indicator=row["指标"])
        )
    look = outlook(pd.concat(cubes, ignore_index=True), units=(ONE, TWO))
    found = next(r for r in attainments(look, "scope", row["指标"]) if r.scope == "all")
    assert counts_of(found) == pair(row["全市"])
    assert found.missing == tuple({"甲": ONE, "乙": TWO}[word] for word in parts(row["未报送"]) if word != "—")


@holds("ledger_over_summary")
def test_a_ledger_beats_a_summary_of_its_month_where_it_tells_the_indicator(row):
    frames = []
    if row["台账"] != "—":
        counts, when = row["台账"].split("@")
        frames.append(cube(*((ONE, day(when), atom, (None, 0) if counts.startswith("未报") else (0, 0)) for atom in ATOMS if atom != "private"),
                           (ONE, day(when), "private", pair(counts))))  # fmt: skip
    counts, when = row["汇总表"].split("@")
    told = dict(zip(("numerator", "denominator"), pair(counts), strict=True))
    frames.append(summary({"told": "non_public", **told}, as_of=day(when), indicator="wage"))
    assert counts_of(city(outlook(pd.concat(frames, ignore_index=True)))) == pair(row["计入"])


@holds("display")
def test_a_rate_is_printed_half_up_but_never_as_a_target_it_misses(row):
    goal = None if row["目标"] == "—" else bp(row["目标"])
    assert theme.percent(int(row["分子"]), int(row["分母"]), goal) == row["显示"]


@holds("points")
def test_points_are_taken_between_the_printed_figures(row):
    assert theme.points(row["被减"], row["减"]) == row["百分点"]


@holds("composite")
def test_a_surplus_of_one_type_hides_no_shortfall_of_another(row):
    given = [(*pair(text.split("@")[0]), bp(text.split("@")[1])) for text in parts(row["各类（分子/分母@目标）"])]
    share = composite(given)
    assert theme.percent(share.numerator, share.denominator) == row["合成%"]
    needs = sum(-(-n * goal // 10_000) for _, n, goal in given)
    assert rounded(Fraction(sum(a for a, _, _ in given), needs), 1) == row["以长补短则为%"]


@holds("gaps_of_units")
def test_the_gaps_of_the_units_are_told_beside_the_gap_of_the_city(row):
    given = [pair(text) for text in parts(row["各单位"])]
    frame = cube(*((unit, AS_OF, "private", counts) for unit, counts in zip((ONE, TWO), given, strict=True)))
    look = outlook(frame, target(bp(row["目标"])), units=(ONE, TWO))
    units = [r for r in attainments(look, "reporting_unit", "wage") if r.scope == "non_public"]
    assert city(look).gap == int(row["全市还差"])
    assert sum(unit.gap for unit in units) == int(row["各单位还差之和"])


@holds("elapsed")
def test_the_share_of_a_window_is_counted_in_days_with_both_ends(row):
    share = elapsed(*(date.fromisoformat(row[name]) for name in ("起始日", "截止日", "统计时点")))
    assert share == Fraction(int(row["已过天数"]), int(row["总天数"]))


@holds("due_and_slow")
def test_the_due_rate_starts_from_the_base_and_the_slow_rate_shares_the_increment(row):
    start = Fraction(row["基期%"]) / 100
    due = due_rate(start, bp(row["目标%"]), Fraction(row["已过份额"]))
    assert rounded(due, 2) == row["应达%"]
    assert rounded(slow_rate(start, due, PLAN.settings.slow_bp), 2) == row["偏慢线%"]


@holds("pace")
def test_a_stock_is_judged_by_the_way_from_its_base_to_its_target(row):
    now, window = date(2026, 8, 29), (date(2026, 7, 1), date(2026, 9, 28))
    cells = [(ONE, now, "private", pair(row["现在"]))]
    if row["基期"] != "—":
        cells.append((ONE, date(2026, 6, 30), "private", pair(row["基期"])))
    found = city(outlook(cube(*cells), target(5000, *window), today=date(2026, 9, 5)))
    assert found.due == (None if row["应达家数"] == "—" else int(row["应达家数"]))
    assert found.status == STATUS_OF_WORD[row["状态"]]


@holds("baseline")
def test_the_base_is_the_rate_of_the_same_units_before_the_window(row):
    cells = [(unit, AS_OF, "private", (500, 1000)) for unit in (ONE, TWO)]
    for unit, words in ((ONE, row["甲以前"]), (TWO, row["乙以前"])):
        for given, when in (part.split("@") for part in parts(words or "") if part):
            cells.append((unit, date.fromisoformat(when), "private", pair(given)))
    found = city(outlook(cube(*cells), target(9000, date(2026, 7, 1), date(2026, 12, 31)), units=(ONE, TWO)))
    assert found.baseline == (None if row["基期"] == "—" else Fraction(*pair(row["基期"])))


@holds("node_pace")
def test_milestones_are_what_their_days_ask_for(row):
    window = date(2026, 7, 1), date(2026, 12, 31)
    found = nodes_of(row["节点目标"] or "", "", *window, Fraction(1, 2), percent=True)
    due = paces.due(Fraction(row["基期%"]) / 100, Fraction(1, 2), *window, found, day(row["统计时点"]))
    assert rounded(due, 2) == row["应达%"]


@holds("fixed_base")
def test_a_fixed_base_is_the_denominator_of_its_day(row):
    then = date(2026, 6, 30)
    told = {(ONE, then): row["甲6月30日"], (ONE, AS_OF): row["甲10月31日"], (TWO, then): row["乙6月30日"], (TWO, AS_OF): row["乙10月31日"]}  # fmt: skip
    cells = [(unit, when, "private", pair(text)) for (unit, when), text in told.items() if text != "—"]
    look = outlook(cube(*cells), units=(ONE, TWO))
    fixed = replace(look.plan.settings, base_rule="fixed", base_date=day(row["核定日期"]))
    found = city(replace(look, plan=replace(look.plan, settings=fixed)))
    assert counts_of(found) == pair(row["全市"])
    assert found.apart == found.missing == ((TWO,) if row["未并入"] == "乙" else ())


@holds("one_yardstick")
def test_all_units_of_a_column_are_judged_by_the_rates_of_the_city(row):
    now, before = date(2026, 8, 29), date(2026, 6, 30)
    cells = [(unit, when, "private", pair(row[f"{name}{word}"]))
             for unit, name in ((ONE, "甲"), (TWO, "乙")) for when, word in ((before, "基期"), (now, "现在"))]  # fmt: skip
    look = outlook(cube(*cells), target(5000, date(2026, 7, 1), date(2026, 9, 28)), date(2026, 9, 5), units=(ONE, TWO))
    lights = {
        r.reporting_unit: r.status for r in attainments(look, "reporting_unit", "wage") if r.scope == "non_public"
    }
    assert lights == {ONE: STATUS_OF_WORD[row["甲状态"]], TWO: STATUS_OF_WORD[row["乙状态"]]}


@holds("status_words")
def test_every_status_is_a_glyph_and_a_word(row):
    assert theme.light(row["代号"]) == row["显示"]


def test_the_document_lists_every_status():
    assert {row["代号"] for row in ROWS["status_words"]} == set(STATUSES)


@holds("item_status")
def test_an_item_without_news_says_whether_it_is_done_outside_or_not_yet_told(row):
    states = {state.item.id: state.status for state in item_states(Outlook(cube(), PLAN, TODAY))}
    assert states[row["条目"]] == row["状态"]


CLEAN = {
    "统计编码": "000000001", "统一社会信用代码": None, "单位名称": "甲厂", "填报单位": ONE, "企业状态": "存续",
    "单位类别": "私营企业", "控股情况": "私人控股", "职工人数": 100, "女职工人数": 40, "是否建会": "是", "会员人数": 90,
    "集体合同签订方式": "单独", "集体合同起始日": date(2026, 1, 1), "集体合同截止日": date(2027, 12, 31), "厂务公开": "是",
}  # fmt: skip


def typed(text):
    """A cell as the spreadsheet holds it: 数字 marks a number kept as one, a plain number is one."""
    if text == "（空）":
        return None
    if text.startswith("数字 "):
        return int(text.removeprefix("数字 "))
    if re.fullmatch(r"-?\d{1,4}", text, re.ASCII):
        return int(text)
    return float(text) if re.fullmatch(r"\d+\.\d", text) else text


def expected(row):
    """The one check that a row names with its severity, none where it names —."""
    assert row["级别"] in ("—", "reject", "ask", "fixed")
    return [] if row["规则"] == "—" else [(row["规则"], row["级别"])]


@holds("cell_checks")
def test_every_check_on_a_cell_has_its_severity(row):
    cells = {column: typed(text) for column, text in (part.split("=") for part in parts(row["填写"]))}
    other = {**CLEAN, "统计编码": "000000002", "单位名称": "乙厂"}
    sheet = Sheet("企业台账", [list(CLEAN), list(other.values()), list({**CLEAN, **cells}.values())])
    found = checks.ledger(sheet, laid_out(sheet), unit_names(PLAN.units), None, AS_OF).problems
    expected = [] if row["规则"] == "—" else [(row["规则"], row["级别"])]
    assert [(one.rule, one.severity) for one in found] == expected
    assert row["级别"] in ("—", "reject", "ask", "fixed")


@holds("file_checks")
def test_every_check_on_a_whole_file_has_its_severity(row, tmp_path):
    store = opened(tmp_path / "store", TODAY)
    unit, size = re.fullmatch(r"(\S+) (\d+) 家", row["库中已有"]).groups()
    kept = snapshot(*(enterprise(n, unit) for n in range(int(size))), as_of=date(2026, 9, 30))
    store.append(Change("submit", frames={Slot("ledger", unit, "2026-09"): (date(2026, 9, 30), kept)}), CLERK)
    unit, size = re.fullmatch(r"(\S+) (\d+) 家", row["本次报送"]).groups()
    given = [enterprise(n, unit) for n in range(int(size))]
    fields = [field for field in LEDGER if any(field.id in record for record in given)]
    lines = [[field.label for field in fields], *([str(record.get(f.id, "")) for f in fields] for record in given)]
    text = "\n".join(",".join(line) for line in lines)
    file = read_file(row["文件名"], text.encode("utf-8-sig"), tmp_path / "file", unit_names(PLAN.units))
    found = {one.rule: one.severity for one in preview(store, file, Options()).problems}
    if row["级别"] == "—":
        assert row["规则"].removeprefix("无 ") in rules()
        assert row["规则"].removeprefix("无 ") not in found
    else:
        assert found[row["规则"]] == row["级别"]


def contract_sheet(*lines, title="集体合同"):
    """A summary of 集体合同 as laid out, and what its reading found."""
    sheet = Sheet("汇总表", [[title], *lines])
    return returns.summary(sheet, laid_out(sheet), (unit_names(PLAN.units), None, False))


def cell(text):
    """A cell of an example: '90 is the text 90, 65% and 约90 are texts, 0.65 a number."""
    if text is None or text.startswith("'"):
        return text and text[1:]
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"\d+\.\d+", text) else text


@holds("return_checks")
def test_every_check_on_a_row_of_a_summary_has_its_severity(row):
    head = ["填报单位", "企业类型", "应签企业数", "覆盖企业", "覆盖职工"]
    found = contract_sheet(head, [ONE, "集体企业", *(cell(row[name]) for name in ("总数", "覆盖企业", "覆盖职工"))])
    expected = [] if row["规则"] == "—" else [(row["规则"], row["级别"])]
    assert [(one.rule, one.severity) for one in found.problems] == expected
    assert row["级别"] in ("—", "reject", "ask", "fixed")


@holds("contract_checks")
def test_contracts_signed_by_one_enterprise_each_are_no_more_than_enterprises(row):
    head = ["填报单位", "企业类型", "合同份数", "覆盖企业"]
    found = contract_sheet(head, [ONE, "集体企业", cell(row["合同份数"]), cell(row["覆盖企业"])], title=row["标题"])
    assert [(one.rule, one.severity) for one in found.problems] == expected(row)


@holds("scale_checks")
def test_a_count_in_ten_thousands_is_multiplied_exactly_and_asked_about(row):
    head = ["填报单位", "企业类型", "应签企业数", "覆盖企业", row["列名"]]
    sheet = Sheet("汇总表", [["集体合同"], [row["表上方"]], head, [ONE, "集体企业", 100, 90, cell(row["填写"])]])
    found = returns.summary(sheet, laid_out(sheet), (unit_names(PLAN.units), None, False))
    assert found.columns["workers"][-1] == cell(row["读作"])
    assert [(one.rule, one.severity) for one in found.problems if row["规则"] in ("—", one.rule)] == expected(row)


@holds("cumulative_checks")
def test_a_cumulative_count_grows_by_each_month(row):
    head = ["填报单位", "培训方式", "人数", "累计人数", "统计时点"]
    lines = []
    for month, part in enumerate(parts(row["各月（本月/累计）"]), start=7):
        persons, cumulative = part.split("/")
        lines.append(
            [ONE, "自培", int(persons), None if cumulative == "（空）" else int(cumulative), f"2026年{month}月"]
        )
    sheet = Sheet("培训", [["培训"], head, *lines])
    found = returns.training(sheet, laid_out(sheet), (unit_names(PLAN.units), None, False)).problems
    assert [(one.rule, one.severity) for one in found if one.severity != "fixed"] == expected(row)


@holds("stored_cumulative")
def test_a_cumulative_count_is_held_against_the_months_in_the_store(row, tmp_path):
    store = opened(tmp_path / "store", TODAY)
    for number, part in enumerate(parts(row["库中各月人数"]) if row["库中各月人数"] else ()):
        month, persons = part.split("月 ")
        text = f"填报单位,培训方式,人数,统计时点\n{ONE},,{persons},2026年{month}月"
        earlier = read_file("培训.csv", text.encode(), tmp_path / f"{number}", unit_names(PLAN.units))
        submit(store, preview(store, earlier, Options()), CLERK, "已核对")
    month, persons, total = re.fullmatch(r"(\d+)月 (\d+)/(\d+)", row["本次（本月/累计）"]).groups()
    text = f"填报单位,培训方式,人数,累计人数,统计时点\n{ONE},,{persons},{total},2026年{month}月"
    file = read_file("培训.csv", text.encode(), tmp_path / "file", unit_names(PLAN.units))
    found = preview(store, file, Options()).problems
    assert [(one.rule, one.severity) for one in found if one.severity != "fixed"] == expected(row)
    assert {one.cell for one in found if one.rule.startswith("cumulative")} <= {"D2"}


@holds("months_across")
def test_months_across_are_rows_of_their_own_or_asked_about(row):
    columns = parts(row["列名"])
    values = [None if value == "（空）" else int(value) for value in parts(row["填写"])]
    sheet = Sheet("表", [[row["标题"]], ["填报单位", *columns], [ONE, *values]])
    layout = laid_out(sheet)
    job = {"units": unit_names(PLAN.units), "unit": None, "owner": None, "text_file": False, "name": "表.xlsx"}
    stated = stated_as_of(sheet, layout, "表.xlsx")
    rows, _ = read_months(layout.kind, sheet, layout, job, stated[0] if stated else None)
    counts = rows.columns.get("persons") or rows.columns.get("numerator", [])
    shown = [f"{day} {'—' if n is None else n}" for day, n in zip(rows.columns.get("as_of", []), counts, strict=True)]
    assert shown == (parts(row["读作"]) if row["读作"] else [])
    rule = [one.rule for one in rows.problems if one.severity != "fixed" and one.rule != "months_across"]
    assert rule == ([] if row["规则"] == "—" else [row["规则"]])


@holds("unit_filling")
def test_a_blank_unit_is_filled_from_above_and_never_across_a_total(row):
    lines = [
        [None if word == "—" else word for word in part.split()] for part in parts(row["各行（填报单位 企业类型）"])
    ]
    rows = [["集体合同"], ["填报单位", "企业类型", "应签企业数", "覆盖企业"], *([*line, 100, 90] for line in lines)]
    merged = ()
    if row["合并"] != "—":
        first, last = (int(number) for number in row["合并"].split("–"))
        merged = ((first + 1, 0, last + 1, 0),)
    sheet = Sheet("汇总表", rows, merged)
    found = returns.summary(sheet, laid_out(sheet), (unit_names(PLAN.units), None, False))
    assert found.columns["reporting_unit"] == [None if word == "（空）" else word for word in parts(row["读作"])]
    assert [(one.rule, one.severity) for one in found.problems if one.rule != "total_differs"] == expected(row)


@holds("severities")
def test_every_check_that_the_document_names_is_as_severe_and_says_what_it_says(row):
    severity, says, advice = rules()[row["规则"]]
    assert (severity, says) == (row["级别"], row["用语"])
    assert advice


@holds("rate_checks")
def test_a_stated_rate_may_be_rounded_or_cut_at_its_last_digit(row):
    head = ["填报单位", "企业类型", "应签企业数", "覆盖企业", "签订率"]
    line = [ONE, "集体企业", cell(row["总数"]), cell(row["覆盖"]), cell(row["比率"])]
    found = contract_sheet(head, line)
    assert [(one.rule, one.severity) for one in found.problems] == [("rate_differs", "ask")] * yes(row["请核对"])
    assert found.columns["numerator"] == [cell(row["覆盖"])]


@holds("total_checks")
def test_a_stated_total_is_compared_with_its_rows_and_never_adopted(row):
    head = ["填报单位", "企业类型", "应签企业数", "覆盖企业"]
    lines = []
    for part in parts(row["明细"]):
        unit, kind, counts = part.split()
        lines.append([unit, kind, pair(counts)[1], pair(counts)[0]])
    covered, base = pair(row["合计"])
    found = contract_sheet(head, *lines, ["合计", None, base, covered])
    assert [(one.rule, one.severity) for one in found.problems] == [("total_differs", "ask")] * yes(row["请核对"])
    assert found.columns["denominator"] == [line[2] for line in lines]


@holds("event_days")
def test_an_event_lies_neither_before_its_period_nor_after_the_day_of_its_ledger(row, tmp_path):
    store = opened(tmp_path / "store", TODAY)
    text = f"活动编号,活动名称,完成时间,所属期\n1,竞赛,{row['完成时间'] or ''},{row['所属期'] or ''}"
    file = read_file("活动台账.csv", text.encode("utf-8-sig"), tmp_path / "file", unit_names(PLAN.units))
    found = preview(store, file, Options(as_of=day(row["统计时点"]))).problems
    expected = [] if row["规则"] == "—" else [(row["规则"], row["级别"])]
    assert [(one.rule, one.severity) for one in found] == expected
    assert row["级别"] in ("—", "reject")


def happened(item, text):
    """2026-09-03@2026-08 done for a period, 2026-08-01#评审 a step, 计划2026-11-20 not done yet."""
    found = re.fullmatch(r"(计划)?(\d{4}-\d\d-\d\d)(?:@([^#]+))?(?:#(.+))?", text)
    when = date.fromisoformat(found[2])
    return {
        "item": item,
        "activity": "活动",
        "planned_on" if found[1] else "done_on": when,
        "period": found[3],
        "step": found[4],
    }


def standing_of(row, *before, notes=None):
    """Where the row's item stands by the events of its 完成记录 and of `before`."""
    done = [happened(row["条目"], text) for text in parts(row["完成记录"] or "") if text]
    records = [{**one, "key": str(n), "activity_no": f"{n:03d}"} for n, one in enumerate([*before, *done])]
    schema = pa.schema([ACTIVITIES_SCHEMA.field(field.id) for field in ACTIVITIES])
    table = pa.Table.from_pylist([{name: one.get(name) for name in schema.names} for one in records], schema=schema)
    frame = table.to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)
    found = standings(PLAN, events_of(frame), day(row["今天"]), notes)
    return next(one for one in found if one.item.id == row["条目"])


def assert_stands(found, row):
    wanted = found.total if found.due is None else found.due
    assert (wanted, found.done, found.status) == (int(row["应完成"]), int(row["已完成"]), row["状态"])


@holds("duties")
def test_a_duty_counts_periods_and_not_events(row):
    found = standing_of(row)
    assert_stands(found, row)
    assert len(found.made_up) == int(row["其中补"])


@holds("cases")
def test_a_case_is_due_when_its_day_has_come(row):
    assert_stands(standing_of(row), row)


@holds("event_counts")
def test_a_count_takes_the_events_inside_its_window(row):
    found = standing_of(row)
    assert_stands(found, row)
    assert len(found.made_up) == int(row["其中补"])


@holds("milestones")
def test_a_milestone_counts_its_steps_and_never_before_what_it_waits_for(row):
    given = [] if row["前置完成"] == "—" else [happened(*row["前置完成"].split())]
    assert_stands(standing_of(row, *given), row)


def noted(item, text):
    """2026-10-31 应12已10 counts cases, 累计318条 a sum, 2026-08-01#评审 a step, other words tell of progress."""
    when, told = date.fromisoformat(text[:10]), text[10:].strip()
    cases, tally = re.fullmatch(r"应(\d+)已(\d+)", told), re.fullmatch(r"累计(\d+)(.+)", told)
    if cases:
        return Note(item, "cases", when, total=int(cases[1]), done=int(cases[2]))
    if tally:
        return Note(item, "tally", when, done=int(tally[1]), measure=tally[2])
    if told.startswith("#"):
        return Note(item, "step", when, step=told[1:], done_on=when)
    return Note(item, "progress", when, told)


@holds("noted")
def test_notes_count_steps_cases_and_sums_beside_the_ledger(row):
    notes = {row["条目"]: [noted(row["条目"], text) for text in parts(row["登记"] or "") if text]}
    found = standing_of({**row, "完成记录": row["活动台账"]}, notes=notes)
    assert (found.status, found.progress) == (row["状态"], row["进展"])
    assert row["今天"]


@holds("event_rules")
def test_the_rule_of_an_item_names_windows_periods_and_days(row):
    found = standing_of(row)
    assert (found.status, standing_rule(found, PLAN.settings)) == (row["代号"], row["依据"])


@holds("rate_rules")
def test_the_rule_of_a_rate_names_the_figures_that_it_compared(row):
    as_of, start, end = (day(row[name]) for name in ("统计时点", "起始日", "截止日"))
    cells = [(ONE, as_of, "private", pair(row["现在"]))]
    if row["基期"] != "—":
        cells.append((ONE, date(2026, 6, 30), "private", pair(row["基期"])))
    look = outlook(cube(*cells), target(5000, start, end), date.fromisoformat(row["今天"]))
    found = city(look)
    assert (found.status, rate_rule(found, look)) == (row["代号"], row["依据"])


@holds("waiting")
def test_an_instruction_waits_until_something_was_done_about_it(row):
    kinds = {word: kind for kind, word in NOTE_KINDS.items()} | {"任务进展表": REPORT}
    said = [Note("A1-2", "instruction", date.fromisoformat(row["批示"]), "请抓紧")]
    if row["之后的登记"]:
        when, word = row["之后的登记"].split()
        said.append(Note("A1-2", kinds[word], date.fromisoformat(when), "内容"))
    assert bool(waiting({"A1-2": sorted(said, key=lambda one: one.on)})) == yes(row["待落实"])


def trained(*months):
    """A training frame of one unit from (month, persons, person-times); None is not told."""
    rows = [
        {"reporting_unit": ONE, "enterprise_type": "state", "method": "自培", "level": None, "classes": None,
         "persons": persons, "person_times": times, "period": f"2026-{month:02d}",
         "as_of": (pd.Timestamp(2026, month, 1) + pd.offsets.MonthEnd(0))}
        for month, persons, times in months
    ]  # fmt: skip
    words = dict.fromkeys(("reporting_unit", "enterprise_type", "method", "level", "period"), "string")
    return pd.DataFrame(rows).astype({**words, **dict.fromkeys(("classes", "persons", "person_times"), "Int64")})


def flow_of(frame, task, end):
    """Where training stands five days after its last return, against `task` from 2026-01-01 to `end`."""
    window = {"start": date(2026, 1, 1), "end": end, "target": None if task is None else Fraction(task)}
    items = tuple(replace(item, **window) if item.indicator == "training" else item for item in PLAN.items)
    units = tuple(unit for unit in PLAN.units if unit.name == ONE)
    return flow(frame, replace(PLAN, items=items, units=units), (frame["as_of"].max() + pd.Timedelta(days=5)).date())


@holds("persons_and_times")
def test_persons_and_person_times_are_added_up_apart(row):
    months = [(month, *pair(text)) for month, text in enumerate(parts(row["各月（人数/人次）"]), start=7)]
    found = flow_of(trained(*months), 3650, date(2026, 12, 31))
    assert found.persons == (None if row["人数"] == "未报" else int(row["人数"]))
    assert found.person_times == int(row["人次"])


@holds("flows")
def test_what_accumulates_is_judged_from_nothing_and_told_by_three_averages(row):
    months = []
    for text in parts(row["各月人数"]):
        month, persons = text.split()
        months.append((int(month.removesuffix("月")), None if persons == "未报" else int(persons), None))
    found = flow_of(trained(*months), None if row["任务"] == "—" else int(row["任务"]), day(row["截止日"]))
    for value, column in (
        (found.due, "应达"),
        (found.required, "需月均"),
        (found.recent, "近三月月均"),
        (found.best, "最好月"),
    ):
        assert value == (None if row[column] == "—" else Fraction(row[column])), column
    assert found.status == row["状态"]
    assert ("at_risk" in found.marks) is yes(row["预"])


def run_of(*told, end=date(2026, 12, 31)):
    """A unit's months, (month, (A, N)) each, against 50 % from July on."""
    ends = [date(2026, month + 1, 1) - timedelta(days=1) for month, _ in told]
    frame = cube(*((ONE, on, "private", counts) for on, (_, counts) in zip(ends, told, strict=True)))
    look = outlook(frame, target(5000, date(2026, 7, 1), end), today=ends[-1])
    return look, city(look)


@holds("speeds")
def test_a_coverage_is_told_by_the_same_three_averages(row):
    told = [(int(text.split("月 ")[0]), pair(text.split("月 ")[1])) for text in parts(row["各月"])]
    look, found = run_of(*told)
    pace = speed(found, past(look, found))
    for value, column in ((pace.required, "需月均"), (pace.recent, "近三月月均"), (pace.best, "最好月")):
        assert value == (None if row[column] == "—" else Fraction(row[column])), column
    assert ("at_risk" in found.marks) is yes(row["预"])


@holds("forecast")
def test_a_forecast_goes_on_from_the_last_figure_by_the_median_slope(row):
    covered, months = [int(text) for text in parts(row["各月已覆盖"])], int(row["还有几个月"])
    days = [date(2026 + place // 12, place % 12 + 1, 28) for place in range(len(covered) + months)]
    told = [Point(on, value, 100) for on, value in zip(days, covered, strict=False)]
    _, bare = run_of((9, (1, 100)), (10, (1, 100)))
    asked = replace(bare, as_of=told[-1].day, end=days[-1], numerator=covered[-1], status="behind")
    found = forecast(asked, told)
    said = ("—", "—", "—")
    if found:
        low, line, high = found.counts
        said = (str(found.slope), str(line), f"{low}—{high}")
    assert said == (row["每月"], row["预计"], row["区间"])


@holds("change_split")
def test_a_change_is_split_into_coverage_and_base(row):
    found = RateChange(date(2026, 9, 30), AS_OF, (ONE,), *pair(row["以前"]), *pair(row["现在"]))
    assert (found.total, found.effort, found.shift) == tuple(
        Fraction(row[column]) for column in ("总变化", "覆盖增减", "底数变化")
    )
    assert "；".join(coverage_words.shown_split(found, None)) == row["显示"]
    title = coverage_words.change_title(city(outlook(cube((ONE, AS_OF, "private", (1, 2))))), PLAN.indicators["wage"], found)  # fmt: skip
    assert ("工作成效" in title) == (found.effort > 0)


@holds("compared")
def test_a_change_is_taken_over_the_same_units_or_not_at_all(row):
    cells = [(unit, AS_OF, "private", (40, 100)) for unit in (ONE, TWO)]
    for unit, text in ((ONE, row["甲以前"]), (TWO, row["乙以前"])):
        if text:
            counts, on = text.split("@")
            cells.append((unit, day(on), "private", pair(counts)))
    look = outlook(cube(*cells), units=(ONE, TWO))
    now = city(look)
    found = change_since(look, now, previous_day(now))
    if found:
        said = f"{found.covered0}/{found.base0}"
    else:
        told = told_before(look, now, previous_day(now))
        said = coverage_words.OTHER_BASIS if told else coverage_words.NO_PAST
    assert said == row["比较"]


def life(text):
    """One enterprise at one snapshot: 单独至2027-09-30 注销 → its ledger row, 不在册 → none."""
    if text == "不在册":
        return []
    form, *more = text.split()
    kind, _, end = form.partition("至")
    cells = {"wage_form": kind, "wage_start": date(2025, 1, 1) if end else None, "wage_end": day(end or None)}
    for word in more:
        cells |= {"未建会": {"unionised": "否"}, "国有控股": {"control": word}}.get(word, {"enterprise_state": word})
    return [{**FULL, "control": "私人控股", "union_code": "000000001", **cells}]


@holds("moves")
def test_what_happened_to_an_enterprise_has_one_name_and_adds_to_both_counts(row, tmp_path):
    other = {**FULL, "union_code": "000000002"}
    sides = []
    for name, text, on in (("then", row["以前"], date(2026, 9, 30)), ("now", row["现在"], AS_OF)):
        place = tmp_path / f"{name}.parquet"
        place.write_bytes(frame_bytes("ledger", snapshot(other, *life(text), as_of=on)))
        sides.append([place])
    wage = PLAN.indicators["wage"]
    told = moves(*sides, wage, "non_public")
    [(kind, (_, covered, base))] = told.items() or [("", (0, 0, 0))]
    assert (coverage_words.move_name(kind, wage) if kind else "—") == row["变动"]
    assert (covered, base) == (int(row["分子"]), int(row["分母"]))


@holds("lapsing")
def test_contracts_that_end_soon_are_told_with_the_rate_if_none_is_renewed(row):
    found = city(outlook(cube((ONE, AS_OF, "private", pair(row["现在"])))))
    ending = {days: int(row[f"{days}天内"]) for days in (30, 60, 90)}
    assert attention.lapsing(found, ending) == (row["句子"] or "")


@holds("due_items")
def test_the_overview_counts_the_items_whose_window_has_ended(row):
    now = day(row["今天"])
    done = parts(row["已完成的条目"])
    states = [
        ItemState(s.item, "done" if s.item.id in done else s.status) for s in item_states(Outlook(cube(), PLAN, now))
    ]
    assert narrative.due_items(states, now) == row["句子"]


def compared(words, *before):
    """What one of the four comparisons says of 文澜区 500/1000 and 朝晖区 300/1000."""
    cells = [(ONE, AS_OF, "private", (500, 1000)), (TWO, AS_OF, "private", (300, 1000))]
    cells += [(unit, day(text.split("@")[1]), "private", pair(text.split("@")[0]))
              for unit, text in zip((ONE, TWO), before, strict=True) if text != "—"]  # fmt: skip
    look = outlook(cube(*cells), units=(ONE, TWO))
    found = comparisons(look, city(look))[list(KINDS.values()).index(words)]
    return narrative.compared(city(look), found)


@holds("comparisons")
def test_a_figure_is_compared_with_the_same_units_or_not_at_all(row):
    assert compared(row["比较"], row["甲以前"], row["乙以前"]) == row["结果"]


@holds("across_definitions")
def test_nothing_is_compared_across_a_change_of_definition(row):
    look = outlook(cube((ONE, AS_OF, "private", (500, 1000))), target())
    then = outlook(cube((ONE, date(2026, 9, 30), "private", (400, 1000))), target())
    wage, plan = then.plan.indicators["wage"], then.plan
    changed = {
        "没有改": plan, "目标值": replace(plan, targets=(target(4500),)),
        "报送周期": replace(plan, indicators={**plan.indicators, "wage": replace(wage, interval_months=3)}),
        "底数": replace(plan, indicators={**plan.indicators, "wage": replace(wage, base="active")}),
        "分子": replace(plan, indicators={**plan.indicators, "wage": replace(wage, numerator="另一种")}),
        "底数规则": replace(plan, settings=replace(plan.settings, base_rule="fixed", base_date=date(2026, 9, 30))),
    }[row["改动"]]  # fmt: skip
    meeting = comparisons(look, city(look), replace(then, plan=changed))[-1]
    assert narrative.compared(city(look), meeting) == row["较上次会议"]


@holds("merged_units")
def test_a_merged_unit_is_told_by_those_it_came_from_until_it_reports(row):
    names = {"甲": ONE, "乙": TWO, "丙": "澄澜新区", "戊": "锦澜区"}
    cells = [(names[who], day(text.split("@")[1]), "private", pair(text.split("@")[0]))
             for who in ("甲", "乙", "丙") for text in parts(row[who]) if text != "—"]  # fmt: skip
    cells += [(names["戊"], day(text), "private", (100, 200)) for text in parts(row["戊"])]
    first, *others = (unit for unit in PLAN.units if unit.name in names.values())
    ended = [replace(unit, end=date(2026, 9, 30)) for unit in (first, others[0])]
    new = replace(first, name=names["丙"], aliases=(), start=date(2026, 10, 1), before=(ONE, TWO))
    goal = target(9000, date(2026, 7, 1), date(2026, 12, 31))
    plan = replace(PLAN, targets=(goal,), units=(*ended, new, others[1]))
    found = city(Outlook(cube(*cells), plan, TODAY, day(row["看到哪天"])))
    assert counts_of(found) == pair(row["全市"])
    assert found.baseline == (None if row["基期"] == "—" else Fraction(*pair(row["基期"])))


@holds("carried_over")
def test_what_is_unfinished_is_carried_over_and_what_is_running_stays(row):
    line = {**TABLES["plan"][0], "起始日": row["起始日"], "截止日": row["截止日"].replace("—", ""), "备注": "原备注"}
    fate = fate_of(line, row["状态"], date(2027, 1, 1))
    assert {"carried": "结转", "finished": "完成", "running": "继续"}[fate] == row["去向"]
    after = carried(line, date(2027, 1, 1), date(2027, 6, 30), "2026年下半年") if fate == "carried" else line
    window = ("—", "—") if fate == "finished" else (after["起始日"], after["截止日"] or "—")
    assert window == (row["新起始日"], row["新截止日"])
    old = f"结转自2026年下半年，原窗口 {row['起始日']} 至 {row['截止日']}；原备注"
    assert after["备注"] == (old if fate == "carried" else "原备注")


@holds("share_sums")
def test_the_shares_of_the_units_are_added_up_against_the_city(row):
    item = next(item for item in PLAN.items if item.id == "A4-3c")
    cells, handed = [], []
    for unit, text in zip((ONE, TWO), parts(row["各单位（分母@分解目标）"]), strict=False):
        base, goal = text.split("@")
        cells.append((unit, AS_OF, "private", (0, int(base))))
        handed.append(Share("A4-3c", "wage", item.scope, unit, Fraction(bp(goal), 10_000), "%", None, None, "", ""))
    base, goal = row["全市"].split("@")
    if len(cells) == 1:
        cells.append((TWO, AS_OF, "private", (0, int(base) - 1000)))
    look = outlook(cube(*cells), replace(target(bp(goal)), item="A4-3c", anchor="A4-3c"), units=(ONE, TWO))
    plan = replace(look.plan, shares=tuple(handed))
    states = share_states(plan, attainments(look, "reporting_unit", "wage"), [])
    [check] = sum_checks(plan, states, attainments(look))
    assert sum_words(check) == row["提示"]


def enterprise(number, unit):
    return {**FULL, "union_code": f"{number:09d}", "org_name": f"企业{number}", "reporting_unit": unit}


def opened(root, today=None):
    """A new store with the shipped plan whose clock stands at `today`."""
    settings = [
        {**one, "value": today.isoformat() if one["key"] == "clock" and today else one["value"]}
        for one in TABLES["settings"]
    ]
    return Store.opened(root, {**TABLES, "settings": settings}, CLERK, datetime(2026, 7, 1, 9))


def test_every_severity_is_one_of_three_and_every_rule_says_what_to_do():
    assert {severity for severity, _, _ in rules().values()} == {"reject", "ask", "fixed"}
    assert [name for name, (_, says, advice) in rules().items() if not says or not advice] == []


@holds("sentences")
def test_a_conclusion_is_a_sentence_of_computed_numbers(row):
    found = city(
        outlook(
            cube((ONE, AS_OF, "private", pair(row["现在"]))),
            target(bp(row["目标"]), date(2026, 7, 1), date(2026, 12, 31)),
        )
    )
    assert narrative.sentence(found, PLAN.indicators["wage"]) == row["句子"]


@holds("as_of_stated")
def test_the_as_of_date_is_what_the_file_says_and_never_the_day_it_was_filled_in(row):
    cell, title = row["单元格"], row["标题"]
    head = [[part.strip() for part in cell.split("\\")]] if cell else []
    head += [[title]] if title else []
    sheet = Sheet("企业台账", [*head, ["单位名称", "是否建会", "职工人数"], ["甲厂", "是", 100]])
    found = stated_as_of(sheet, laid_out(sheet), row["文件名"])
    assert (found[0] if found else None) == day(row["统计时点"])
    assert (found[2] if found else None) is yes(row["推定到末日"])


@holds("merging")
def test_a_blank_cell_changes_nothing_and_a_missing_row_stays_unless_replaced(row):
    absent, me = "没有这家", {"union_code": "000000001", "org_name": "甲厂", "registration": "私营企业"}
    other = {"union_code": "000000002", "org_name": "乙厂", "registration": "私营企业", "disclosure": "是"}
    old = [other] + ([] if row["原来"] == absent else [{**me, "disclosure": row["原来"]}])
    word = row["本次填写"]
    new = ledger(other, *([] if word == absent else [{**me, "disclosure": None if word == "清空" else word}]))
    clears = [None, frozenset({"disclosure"})] if word == "清空" else None
    after = merged(snapshot(*old), new.assign(clears=clears), row["方式"], AS_OF).ledger
    mine = after.loc[after["union_code"] == "000000001", "disclosure"].tolist()
    found = absent if not mine else None if pd.isna(mine[0]) else mine[0]
    assert found == row["结果"]
    assert len(mine) < 2


@holds("fresh_until")
def test_a_figure_is_fresh_for_one_interval_and_the_days_of_grace(row):
    definition = replace(
        PLAN.indicators["wage"], interval_months=int(row["周期（月）"]), grace_days=int(row["宽限（天）"])
    )
    assert expires(date.fromisoformat(row["统计时点"]), definition) == date.fromisoformat(row["最后一天"])


@holds("late_unit")
def test_a_late_unit_leaves_both_counts_and_is_named(row):
    names = {"甲": ONE, "乙": TWO}
    cells = []
    for word, unit in names.items():
        given, when = row[word].split("@")
        cells.append((unit, date.fromisoformat(when), "private", (None, 10) if given == "未报" else pair(given)))
    found = city(outlook(cube(*cells), units=(ONE, TWO)))
    assert (None if row["全市"] == "未报" else pair(row["全市"])) == (counts_of(found) if found.denominator else None)
    assert found.as_of == day(row["统计时点"])
    assert found.missing == tuple(names[word] for word in parts(row["未报送"]) if word != "—")


def test_a_unit_that_no_longer_exists_makes_no_other_unit_late():
    ended = {ONE: date(2026, 8, 31)}
    units = tuple(replace(unit, end=ended.get(unit.name)) for unit in PLAN.units if unit.name in (ONE, TWO))
    frame = cube((ONE, date(2026, 12, 31), "private", (1, 10)), (TWO, AS_OF, "private", (5, 10)))
    found = city(Outlook(frame, replace(PLAN, units=units), TODAY))
    assert (found.numerator, found.denominator, found.as_of, found.missing) == (5, 10, AS_OF, ())


@holds("seen_on")
def test_a_view_of_a_day_never_looks_past_it(row):
    frame = cube(
        (ONE, date(2026, 9, 30), "private", pair(row["9月30日"])), (ONE, AS_OF, "private", pair(row["10月31日"]))
    )
    found = city(outlook(frame, on=day(row["看到哪天"])))
    assert (found.numerator, found.denominator) == ((None, None) if row["全市"] == "未报" else pair(row["全市"]))


@holds("undo")
def test_only_the_newest_commit_of_its_slots_can_be_undone(row, tmp_path):
    store = opened(tmp_path)
    heads = {1: store.heads(1)}
    for step, words in enumerate(parts(row["第2次起的更新"]), start=2):
        if words.startswith("撤销"):
            done = store.undo(int(words.removeprefix("撤销")), CLERK, "")
        else:
            unit, period = words[:3], words[3:]
            frame = snapshot(*(enterprise(n, unit) for n in range(step)))
            done = store.append(Change("submit", frames={Slot("ledger", unit, period): (AS_OF, frame)}), CLERK)
        assert done == step
        heads[step] = store.heads(step)
    number = int(row["撤销"])
    if row["结果"] != "可以":
        with pytest.raises(IntakeError) as refused:
            store.undo(number, CLERK, "报错了")
        assert str(refused.value) == row["结果"]
        assert store.head() == max(heads)
        return
    undone = store.undo(number, CLERK, "报错了")
    touched = {entry.slot for entry in store.history()[number - 1].entries}
    now, before = store.heads(undone), heads[number - 1]
    assert {s: now[s].snapshot for s in touched & set(now)} == {s: before[s].snapshot for s in touched & set(before)}


@holds("clock")
def test_today_is_the_variable_else_the_setting_else_the_day_itself(row, monkeypatch):
    real = date.fromisoformat(row["真正的今天"])

    class Calendar(date):
        @classmethod
        def today(cls):
            return real

    monkeypatch.setattr(clock, "date", Calendar)
    monkeypatch.setenv(clock.VARIABLE, row["环境变量"] or "")
    try:
        found = clock.today(day(row["设置"])).isoformat()
    except UnionplanError as error:
        found = str(error)
    assert found == row["作准的今天"]


@holds("clock_of_a_commit")
def test_an_earlier_commit_is_judged_at_its_own_day(row, tmp_path, monkeypatch):
    monkeypatch.delenv(clock.VARIABLE, raising=False)
    first, *later = (datetime.fromisoformat(text) for text in parts(row["各次更新的日子"]))
    store = opened(tmp_path, date.fromisoformat(row["设置"]))
    assert store.history()[0].at[:10] == first.date().isoformat()
    for number, moment in enumerate(later, start=1):
        frame = snapshot(*(enterprise(n, ONE) for n in range(number)))
        store.append(Change("submit", frames={Slot("ledger", ONE, "2026-06"): (AS_OF, frame)}), CLERK, moment)
    assert store.today(int(row["看第几次"])) == date.fromisoformat(row["作准的今天"])


@holds("status_order")
def test_the_statuses_are_tried_in_this_order(row):
    first_match = [status for status in STATUSES if status != "done"]
    assert first_match[int(row["先后"]) - 1] == row["代号"]
    assert row["条件"]


@holds("status_precedence")
def test_the_first_status_that_fits_is_taken(row):
    as_of, start, end = (day(row[name]) for name in ("统计时点", "起始日", "截止日"))
    cells = [(ONE, as_of, "private", pair(row["现在"]))]
    before = date(2026, 6, 30)
    if row["基期"] != "—" and before != as_of:
        cells.append((ONE, before, "private", pair(row["基期"])))
    goal = None if row["目标"] == "—" else target(bp(row["目标"]), start, end)
    assert city(outlook(cube(*cells), goal, date.fromisoformat(row["今天"]))).status == row["代号"]


def test_every_status_of_a_rate_has_an_example():
    ordered = {row["代号"] for row in ROWS["status_order"]}
    assert {row["代号"] for row in ROWS["status_precedence"]} == ordered


@holds("no_end_year")
def test_a_target_without_a_year_has_none_until_the_city_sets_it(row):
    own = plan_of(with_overlay(TABLES, ROOT / "data" / "sample"))
    for plan, column in ((PLAN, "计划所附"), (own, "示例城市")):
        assert next(t.end for t in plan.targets if t.item == row["条目"]) == day(row[column])


@holds("reported")
def test_a_report_is_in_time_late_or_owed_by_its_first_arrival(row):
    slots = {"零报告": Slot("nil", ONE, "2026-09"), "数据": Slot("training", ONE, "2026-09")}
    came = [
        (row["零报告"], slots["零报告"], "a"),
        (row["数据"], slots["数据"], "b"),
        (row["撤销数据"], slots["数据"], None),
    ]
    opening = ("2026-09-05", Slot("training", TWO, "2026-08"), "c")
    history = [
        Commit(number, f"{when}T09:00:00", "王芳", "submit", "", None, (), (Entry(slot, AS_OF, snapshot, 1, 1),))
        for number, (when, slot, snapshot) in enumerate([opening, *(one for one in came if one[0])], start=1)
    ]
    told = arrivals(history, lambda entry: ["training"] if entry.slot.dataset == "nil" else [])
    grace = replace(PLAN.indicators["training"], grace_days=int(row["宽限（天）"]))
    plan = replace(PLAN, indicators={**PLAN.indicators, "training": grace})
    found = reports(plan, told, date(2026, 1, 4), date.fromisoformat(row["今天"]), "training")
    [one] = [report for report in found if (report.unit, report.period) == (ONE, "2026-09")]
    assert (one.status, one.late) == (row["结果"], int(row["天数"]))
