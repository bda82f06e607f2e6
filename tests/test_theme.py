"""What the look promises: readable colours, one alphabet, figures that never flatter, text that stays text."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionplan import theme
from unionplan.attainment import STATUSES
from unionplan.plan import ATOMS, LEAVES, SCOPES

TEXTS = [
    *((role.text, theme.PAPER) for role in theme.ROLES.values()),
    *((role.ink, role.cell) for role in theme.ROLES.values()),
    *((ink, theme.PAPER) for ink in (theme.INK, theme.INK_SOFT, theme.INK_FAINT, theme.ORNAMENT_TEXT, theme.FOCUS)),
    (theme.PAPER, theme.BRAND),
    (theme.INK, theme.TRACK),
    (theme.INK_SOFT, theme.TRACK),
]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, bright = sorted([luminance(one), luminance(other)])
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_every_text_can_be_read_on_its_ground(ink, ground):
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize("mark", [*(role.mark for role in theme.ROLES.values()), theme.RULE, theme.INK_SOFT])
def test_every_mark_is_seen_on_paper(mark):
    assert contrast(mark, theme.PAPER) >= 3


def test_cells_get_darker_as_things_get_worse():
    cells = [luminance(theme.ROLES[role].cell) for role in ("attained", "on_pace", "slow", "behind")]
    assert cells == sorted(cells, reverse=True)
    assert len(set(cells)) == 4


def test_every_status_has_a_light_and_no_light_is_without_status():
    assert set(theme.STATUS) == set(STATUSES)
    assert {light.role for light in theme.STATUS.values()} == set(theme.ROLES)


def test_one_glyph_has_one_text_colour():
    colours = {(light.glyph, theme.role(status).text) for status, light in theme.STATUS.items()}
    assert len(colours) == len({light.glyph for light in theme.STATUS.values()}) == 6


def test_no_two_statuses_read_alike():
    assert len({theme.light(status) for status in STATUSES}) == len(STATUSES)


def test_every_glyph_and_sign_is_in_every_chinese_font():
    for text in (*(light.glyph for light in theme.STATUS.values()), *(mark.sign for mark in theme.MARKS.values())):
        text.encode("gb2312")


def test_the_tables_cannot_be_changed():
    with pytest.raises(TypeError):
        theme.STATUS["attained"] = theme.STATUS["behind"]  # type: ignore[index]


def test_every_scope_and_atom_has_words():
    assert set(theme.SCOPE_WORDS) == set(theme.SCOPE_SHORT) == set(SCOPES)
    assert set(theme.ATOM_WORDS) == {*ATOMS, *LEAVES}


@pytest.mark.parametrize(
    ("numerator", "denominator", "target_bp", "shown"),
    [
        (188, 209, 9000, "89.9"),
        (7996, 10000, 8000, "79.9"),
        (7996, 10000, None, "80.0"),
        (8000, 10000, 8000, "80.0"),
        (188, 209, None, "90.0"),
        (258, 1450, None, "17.8"),
        (1278, 3000, 5000, "42.6"),
        (1, 8, None, "12.5"),
        (1, 16, None, "6.3"),
        (0, 7, 5000, "0.0"),
        (7, 7, 10000, "100.0"),
        (9999, 10000, None, "99.9"),
        (6249, 10000, 6250, "62.4"),
    ],
)
def test_a_rate_is_printed_with_one_decimal_half_up_but_never_as_a_target_it_misses(
    numerator, denominator, target_bp, shown
):
    assert theme.percent(numerator, denominator, target_bp) == shown


@given(st.integers(1, 10**9), st.data())
def test_a_rate_short_of_its_target_never_prints_as_the_target(denominator, data):
    numerator = data.draw(st.integers(0, denominator))
    target_bp = data.draw(st.integers(1, 10000))
    shown, true = Fraction(theme.percent(numerator, denominator, target_bp)), Fraction(100 * numerator, denominator)
    assert abs(shown - true) < Fraction(1, 10)
    if numerator * 10000 < target_bp * denominator:
        assert shown < Fraction(target_bp, 100)
    if numerator < denominator:
        assert shown < 100


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_a_whole_tenth_prints_as_itself(whole, more):
    denominator = 1000 + whole + more
    assert theme.percent(denominator, denominator) == "100.0"
    assert theme.percent(whole * 3, 1000 * 3) == f"{whole / 10:.1f}"


@pytest.mark.parametrize(("bp", "shown"), [(9000, "90"), (6250, "62.5"), (6255, "62.55"), (10000, "100"), (5, "0.05")])
def test_a_target_prints_without_needless_decimals(bp, shown):
    assert theme.target_percent(bp) == shown


@pytest.mark.parametrize(("a", "b", "shown"), [("50", "42.6", "7.4"), ("49.2", "50.1", "-0.9"), ("90", "80", "10")])
def test_points_are_taken_between_the_figures_as_printed(a, b, shown):
    assert theme.points(a, b) == shown


def test_counts_and_dates_read_as_an_office_writes_them():
    assert theme.count(1234567) == "1,234,567"
    assert theme.chinese_date(date(2026, 1, 5)) == "2026年1月5日"
    assert theme.month_day(date(2026, 10, 31)) == "10月31日"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("甲<br>乙", "甲&lt;br&gt;乙"),
        ("甲\n乙\t丙", "甲 乙 丙"),
        ("A&amp;B", "A&amp;amp;B"),
        ("$x^2$", "&#36;x^2&#36;"),
        ("甲\x00\x07\u202e乙", "甲乙"),
    ],
)
def test_text_is_shown_as_it_stands(text, shown):
    assert theme.escape(text) == shown


@given(st.text())
def test_escaped_text_holds_neither_tags_nor_lines(text):
    assert not set("<>$\n\r\t\x00") & set(theme.escape(text))
