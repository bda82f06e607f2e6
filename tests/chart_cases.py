"""Every kind of chart with the cases that tear pictures: `KINDS[kind][case](profile)` draws one.

Built from the makers of each chart's own tests, so that a kind is described once.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import partial

import test_bullet
import test_calendar
import test_change
import test_expiry
import test_gap
import test_heatmap
import test_progress
import test_reporting
import test_timeline
import test_trend
import test_wall
from test_gap import unit

from unionplan import coverage_words, dues_words, narrative
from unionplan.change import KINDS as MOVES
from unionplan.change import Move
from unionplan.charts import DOCUMENT, PHONE, SCREEN, SLIDE, TrendPoint
from unionplan.charts.breakdown import breakdown
from unionplan.charts.change import change_chart
from unionplan.charts.dues import dues_chart
from unionplan.charts.expiry import expiry
from unionplan.charts.progress_titles import breakdown_note, breakdown_subtitle, breakdown_title
from unionplan.charts.titles import (
    gap_subtitle,
    gap_title,
    heatmap_subtitle,
    heatmap_title,
    trend_subtitle,
    trend_title,
)
from unionplan.dues import Dues
from unionplan.flows import Part
from unionplan.forecast import forecast

PROFILES = {"screen": SCREEN, "phone": PHONE, "slide": SLIDE, "document": DOCUMENT}
LONG = "澄澜市高新技术产业开发区先进制造与现代服务业产业工会联合会第一基层工作委员会办事处"
HOSTILE = '<b>粗</b><a href="javascript:1">点</a>&amp;%{x}$x^2$\u202e倒<br>行\n二'
WORDS = {"source": "数据来源：各填报单位企业台账、汇总表｜数据截至2026年10月31日", "note": "序时：期初至截止日按天均匀"}
SIXTY = [f"第{number}产业园区" for number in range(60)]
TOWNS = [
    "青禾区",
    "石棠县",
    "临禾县",
    "白禾县",
    "建设产业工会",
    "丰澜市",
    "朝晖区",
    "锦澜区",
    "高新区",
    "文澜区",
    "经开区",
    "交通产业工会",
]


def _gap(names, values):
    rows = [unit(name, value, 100) for name, value in zip(names, values, strict=True)]
    words = {
        "title": gap_title(rows, test_gap.WAGE),
        "subtitle": gap_subtitle(rows, test_gap.WAGE, test_gap.TARGET),
        **WORDS,
    }
    return lambda profile: test_gap.drawn(rows, profile, **words)


GAP = {
    "mixed": _gap(TOWNS, [21, 34, 43, 43, 29, 55, 61, 48, 50, 12, None, 70]),
    "all reached": _gap(TOWNS, range(50, 62)),
    "none reached": _gap(TOWNS, range(12)),
    "one unit": _gap(["青禾区"], [20]),
    "sixty": _gap(SIXTY, [number % 60 for number in range(60)]),
    "long names": _gap([LONG, LONG[:-1] + "甲", "乙区"], [10, 20, 30]),
    "nothing": _gap([], []),
    "tie": _gap(SIXTY, [20] * 60),
    "all unreported": _gap(TOWNS, [None] * 12),
    "hostile": _gap([HOSTILE, "乙区"], [10, 20]),
}
GAP["no base"] = lambda profile: test_gap.drawn([unit("甲区", 0, 0), unit("乙区", 0, 0)], profile, **WORDS)


def _bullet(rows, names=None):
    known = test_bullet.INDICATORS
    if names:
        known = {key: replace(one, name=names, short=names) for key, one in known.items()}
    words = {
        "title": narrative.overview_title(rows),
        "subtitle": narrative.overview_subtitle(rows, known),
        **WORDS,
    }
    return lambda profile: test_bullet.drawn(rows, profile, known, **words)


_WAGE = test_bullet.WAGE
_REACHED = replace(_WAGE, numerator=1600, gap=0, attained=True, status="attained", marks=())
BULLET = {
    "mixed": _bullet(test_bullet.ROWS),
    "all reached": _bullet([_REACHED, replace(_REACHED, scope="state")]),
    "none reached": _bullet([_WAGE, replace(_WAGE, scope="state")]),
    "one row": _bullet([_WAGE]),
    "sixty": _bullet([replace(_WAGE, reporting_unit=name, gap=number) for number, name in enumerate(SIXTY)]),
    "long names": _bullet([replace(_WAGE, reporting_unit=LONG), _REACHED], LONG),
    "nothing": _bullet([]),
    "all unreported": _bullet([replace(_WAGE, **test_bullet.UNREPORTED, **test_bullet.NO_PACE)] * 4),
    "no base": _bullet([replace(_WAGE, numerator=0, denominator=0, status="no_base", **test_bullet.NO_PACE)]),
    "sixty silent": _bullet([replace(_WAGE, missing=tuple(SIXTY))] * 3),
    "hostile": _bullet([replace(_WAGE, reporting_unit=HOSTILE, missing=(HOSTILE,))], HOSTILE),
}


def _heatmap(units, statuses, groups=()):
    cells = [one for name in units for one in test_heatmap.row(name, *statuses)]
    words = {"title": heatmap_title(cells), "subtitle": heatmap_subtitle(cells), **WORDS}
    return lambda profile: test_heatmap.drawn(cells, units, profile, groups=groups, **words)


_MIXED = ("behind", "attained", "on_pace", "slow", "stale")
HEATMAP = {
    "mixed": _heatmap(TOWNS, _MIXED),
    "grouped": _heatmap(TOWNS, _MIXED, ["县市区"] * 8 + ["产业工会"] * 4),
    "all reached": _heatmap(TOWNS, ("attained",) * 5),
    "none reached": _heatmap(TOWNS, ("behind",) * 5),
    "one unit": _heatmap(["青禾区"], _MIXED),
    "sixty": _heatmap(SIXTY, _MIXED),
    "sixty grouped": _heatmap(SIXTY, _MIXED, [f"第{number // 10}片" for number in range(60)]),
    "long names": _heatmap([LONG, "乙区"], _MIXED),
    "nothing": _heatmap([], ()),
    "all unreported": _heatmap(TOWNS, ("unreported",) * 5),
    "no base": _heatmap(TOWNS, ("no_base",) * 5),
    "hostile": _heatmap([HOSTILE, "乙区"], _MIXED, [HOSTILE, "县"]),
}


def _month_end(number):
    return date(2024 + number // 12, number % 12 + 1, 28)


def _trend(values, target=test_trend.TARGET, name="", ahead=False, base=1000):
    days = [_month_end(34 - len(values) + place) for place in range(len(values))]
    points = [
        TrendPoint(day, value, None if value is None else base, 0, "unreported" if value is None else "behind")
        for day, value in zip(days, values, strict=True)
    ]
    indicator = replace(test_trend.WAGE, name=name, short=name) if name else test_trend.WAGE
    words = {
        "title": trend_title(points, indicator, target, "non_public"),
        "subtitle": trend_subtitle(points, indicator, target),
        **WORDS,
    }
    found = _ahead(days, values) if ahead else None
    return lambda profile: test_trend.drawn(points, profile, target, indicator, ahead=found, **words)


def _ahead(days, values):
    from test_forecast import Point, row

    told = [Point(day, value, 1000) for day, value in zip(days, values, strict=True)]
    return forecast(row(values[-1], 1000, days[-1], end=date(2026, 12, 31)), told)


TREND = {
    "rising": _trend((290, 301, 316, 331, 352, 379, 400, 426), ahead=True),
    "all reached": _trend((500, 510, 560, 600)),
    "flat at nought": _trend((0, 0, 0)),
    "one month": _trend((426,)),
    "thirty-six months": _trend([200 + 6 * number for number in range(34)], ahead=True),
    "gaps": _trend((290, None, 316, None, None, 426)),
    "nothing": _trend(()),
    "all unreported": _trend((None, None, None)),
    "no base": _trend((0, 0, 0), base=0),
    "no target": _trend((290, 426), None),
    "long name": _trend((290, 426), name=LONG),
    "hostile": _trend((290, 426), name=HOSTILE),
}

_WALL = test_wall.mixed()


def _wall(states):
    return lambda profile: test_wall.drawn(states, profile)


def _of_item(state, name):
    return replace(state, item=replace(state.item, name=name, short=name, department=name, section=name))


WALL = {
    "both bodies": _wall(_WALL),
    "city": _wall(test_wall.of("市总计划", _WALL)),
    "all done": _wall(test_wall.standing("done")),
    "none begun": _wall(test_wall.standing()),
    "all late": _wall([replace(one, late_since=date(2026, 7, 2)) for one in test_wall.standing("overdue")]),
    "one item": _wall(_WALL[:1]),
    "three times as many": _wall(_WALL * 3),
    "long names": _wall([_of_item(one, LONG) for one in _WALL[:20]]),
    "nothing": _wall([]),
    "hostile": _wall([_of_item(one, HOSTILE) for one in _WALL[:3]]),
}
TIMELINE = {
    case: partial(test_timeline.drawn, rows)
    for case, rows in {
        **test_timeline.CASES,
        "sixty": test_timeline.stood() * 3,
        "nothing": [],
        "hostile": test_timeline.renamed(test_timeline.stood(), HOSTILE),
    }.items()
}
CALENDAR = {
    case: partial(test_calendar.drawn, rows)
    for case, rows in {
        **test_calendar.CASES,
        "sixty": test_calendar.of("B7a", test_calendar.stood()) * 60,
        "nothing": [],
        "hostile": test_calendar.renamed(test_calendar.duties(test_calendar.stood()), HOSTILE),
    }.items()
}
PARTICIPATION = {
    case: partial(test_timeline.turnout, groups)
    for case, groups in {
        **test_timeline.TURNOUT,
        "nothing": {},
        "hostile": {
            "市总": [
                replace(test_timeline.event("甲", 12, 3, 4, 5), name=HOSTILE),
                test_timeline.event("乙", 1, 1, 0, 0),
            ]
        },
    }.items()
}
PROGRESS = {
    case: partial(test_progress.drawn, flow)
    for case, flow in {
        **test_progress.CASES,
        "thirty-six months": test_progress.stands((*test_progress.TEN * 3, *test_progress.TEN[:6]), "slow"),
    }.items()
}


def _breakdown(parts, by):
    words = {"title": breakdown_title(parts, by), "subtitle": breakdown_subtitle(parts, by), "note": breakdown_note()}
    return lambda profile: breakdown(parts, by, source=WORDS["source"], profile=profile, **words)


BREAKDOWN = {
    **{case: _breakdown(*given) for case, given in test_progress.PARTS.items()},
    "hostile": _breakdown([Part(HOSTILE, 5, 6), Part("乙区", 3, None)], "reporting_unit"),
}


def _change(then, now, kinds=(), scale=1, name=""):
    indicator = replace(test_change.WAGE, name=name, short=name, covered_word=name) if name else test_change.WAGE
    found = test_change.changed(then, now)
    moves = tuple(Move(kind, 9, (-1) ** n * (n + 1) * scale, n * scale) for n, kind in enumerate(kinds))
    words = {
        "title": coverage_words.change_title(test_change.a_row(*now), indicator, found),
        "subtitle": "百分点和家数",
    }
    return lambda profile: change_chart(found, moves, indicator, 5000, profile=profile, **words, **WORDS)


CHANGE = {
    "every kind": _change((450, 900), (470, 1000), MOVES),
    "large": _change((450_000, 900_000), (470_000, 1_000_000), MOVES, 1_000),
    "bridge alone": _change((450, 900), (470, 1000)),
    "no change": _change((450, 900), (450, 900)),
    "from nought to all": _change((0, 10), (10, 10), MOVES[:1]),
    "hostile": _change((450, 900), (470, 1000), MOVES, name=HOSTILE),
}


def _expiry(covered, base, ending, target=5_000, name=""):
    indicator = replace(test_expiry.WAGE, name=name, covered_word=name, unit=name) if name else test_expiry.WAGE
    row = test_expiry.row(covered, base, target)
    words = {"title": coverage_words.expiry_title(row, indicator, ending), "subtitle": "若不续签，%"}
    return lambda profile: expiry(row, ending, indicator, profile=profile, **words, **WORDS)


EXPIRY = {
    "mixed": _expiry(520, 1000, {30: 10, 60: 40, 90: 90}),
    "all run out": _expiry(3, 3, {30: 3, 60: 3, 90: 3}, 10_000),
    "none covered": _expiry(0, 3, {30: 0, 60: 0, 90: 0}, None),
    "large": _expiry(123_456, 200_000, {30: 0, 60: 23_456, 90: 99_999}),
    "hostile": _expiry(520, 1000, {30: 10, 60: 40, 90: 90}, name=HOSTILE),
}


def _dues(rows):
    words = {"title": "工会经费完成年度任务的84.7%", "subtitle": dues_words.SUBTITLE, "note": dues_words.NOTE}
    return lambda profile: dues_chart(rows, {}, source=WORDS["source"], profile=profile, **words)


def _paid(unit, total, task=100):
    return Dues(
        unit, date(2026, 10, 31), None if task is None else Fraction(task), None, Fraction(total), None, 31, True
    )


DUES = {
    "mixed": _dues([_paid(name, 40 + 7 * place) for place, name in enumerate(TOWNS)] + [Dues("乙区")]),
    "beyond the task": _dues([_paid("甲区", 250), _paid("乙区", 10)]),
    "one unit": _dues([_paid("甲区", 50)]),
    "no task": _dues([_paid("甲区", 50, None)]),
    "sixty": _dues([_paid(name, place + 1) for place, name in enumerate(SIXTY)]),
    "long names": _dues([_paid(LONG, 1_234_567, 9_876_543), _paid("乙区", 1)]),
    "all unreported": _dues([Dues(name) for name in TOWNS]),
    "nothing": _dues([]),
    "hostile": _dues([_paid(HOSTILE, 12), _paid("乙", 3)]),
}


def _reporting(units, months=10):
    lines = [
        f"2026-{month + 1:02d}-{5 + month:02d} 王芳 ledger {next(iter(units), '')} 2026-{month:02d}"
        for month in range(1, months)
    ]
    found = test_reporting.rows(test_reporting.city(*units), "figures", *lines) if units else []
    return lambda profile: test_reporting.drawn(found, profile)


REPORTING = {
    "city": _reporting(TOWNS),
    "one unit": _reporting(["青禾区"], 3),
    "sixty": _reporting(SIXTY),
    "long names": _reporting([LONG, LONG[:-1] + "甲", "乙区"]),
    "nothing": _reporting([]),
    "hostile": _reporting([HOSTILE.replace(" ", "").replace("\n", ""), "乙区"]),
}
KINDS = {
    "bullet": BULLET, "trend": TREND, "heatmap": HEATMAP, "gap": GAP, "wall": WALL, "timeline": TIMELINE,
    "calendar": CALENDAR, "participation": PARTICIPATION, "progress": PROGRESS, "breakdown": BREAKDOWN,
    "change": CHANGE, "expiry": EXPIRY, "dues": DUES, "reporting": REPORTING,
}  # fmt: skip
EVERY = [(kind, case) for kind, cases in KINDS.items() for case in cases]
