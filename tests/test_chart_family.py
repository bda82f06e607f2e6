"""One look for every kind of chart at every size: what can be read, what colours say, what stays literal text.

Each picture is drawn for all profiles from the cases of chart_cases.py: nothing may be lost, torn, tiny or misread.
"""

import json
import re
from datetime import date
from fractions import Fraction
from html import unescape
from itertools import pairwise
from types import SimpleNamespace

import plotly.graph_objects as go
import pytest
from chart_cases import EVERY, HOSTILE, KINDS, PROFILES
from figures import assert_legible
from test_theme import contrast
from test_trend import TARGET, WAGE

from unionplan import theme
from unionplan.charts import DOCUMENT, SCREEN, SLIDE, TrendPoint, trend_title
from unionplan.charts import profile as profiles
from unionplan.charts.breakdown import breakdown
from unionplan.charts.dues import dues_chart
from unionplan.dues import Dues
from unionplan.flows import Part

INCHES = {"screen": 1120 / 96, "phone": 380 / 96, "slide": 13 + 1 / 3, "document": 156 / 25.4}
LINES_OF_GRID = ("trend", "progress")
STATUS_REDS = {"measure", "cell", "tile", "chip", "late", "planned"}  # what may be red inside a plot
GAP_WITHOUT_UNIT = re.compile(r"(?:还差|超额)\s?[\d,.]+(?![\d,.]|\s?(?:家|人|项|万元|个百分点))")


class Layout(SimpleNamespace):
    """A figure's layout as it was handed to Plotly, without Plotly's own checks, which take most of the time."""

    def to_plotly_json(self):
        return self.__dict__


@pytest.fixture
def unchecked(monkeypatch):
    """Pictures as they are handed to Plotly."""
    monkeypatch.setattr(
        profiles,
        "go",
        SimpleNamespace(Figure=lambda data, layout, **_: SimpleNamespace(data=data, layout=Layout(**layout))),
    )


def texts(figure, name=None):
    return [note for note in figure.layout.annotations if name in (None, note["name"])]


def boxes(figure):
    return [shape for shape in figure.layout.shapes if shape["type"] == "rect"]


def ground(figure, note):
    """Return the colour that the middle of a text stands on."""
    x = note["x"] + {"left": 1, "center": 0, "right": -1}[note["xanchor"]] * note["font"]["size"] / 2
    under = [one for one in boxes(figure) if one["x0"] <= x <= one["x1"] and one["y0"] <= note["y"] <= one["y1"]]
    return under[-1]["fillcolor"] if under else theme.PAPER


@pytest.mark.parametrize(("kind", "case"), EVERY)
def test_every_picture_can_be_read_at_its_final_size(kind, case, unchecked):
    for name, profile in PROFILES.items():
        figure = KINDS[kind][case](profile)
        assert_legible(figure, profile)
        assert figure.layout.width == profile.width
        assert figure.layout.height == (profile.height or figure.layout.height)
        assert figure.layout.height <= (profile.tallest or figure.layout.height)
        for note in texts(figure):
            points = note["font"]["size"] * INCHES[name] * 72 / profile.width
            assert points >= 9, (name, note["text"], points)
            assert contrast(note["font"]["color"], ground(figure, note)) >= 4.5, (name, note["text"])
            assert not GAP_WITHOUT_UNIT.search(note["text"]), note["text"]
        assert_colours_speak(figure)
        assert_one_look(kind, figure, profile)


def assert_colours_speak(figure):
    """The brand's red is an ornament, the status red stands on marks of status only, bars are grey or dark blue."""
    red = theme.ROLES["behind"].mark
    for shape in figure.layout.shapes:
        assert (shape.get("fillcolor") == theme.BRAND) == (shape["name"] == "tag")
        if red in (shape.get("fillcolor"), shape["line"]["color"]):
            assert shape["name"] in STATUS_REDS


def assert_one_look(kind, figure, profile):
    """No frame, no vertical grid, few lines; title, subtitle and source unless a caption has them."""
    grid = [line for line in figure.layout.shapes if line["name"] == "grid"]
    assert all(line["y0"] == line["y1"] for line in grid)
    assert kind not in LINES_OF_GRID or len(grid) <= 5
    assert figure.layout.xaxis["visible"] is figure.layout.yaxis["visible"] is False
    known = {note["name"] for note in texts(figure)}
    assert ("title" in known) is not profile.captioned
    assert any("数据来源" in note["text"] for note in texts(figure, "foot")) is not profile.captioned


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("kind", KINDS)
def test_plotly_accepts_every_kind_as_it_is_handed_over(kind, profile):
    figure = next(iter(KINDS[kind].values()))(profile)
    handed = figure.to_plotly_json()
    assert json.loads(go.Figure(handed).to_json()) == json.loads(figure.to_json())
    shapes = [{**shape, "thickness": 1} for shape in handed["layout"]["shapes"]] or [{"thickness": 1}]
    with pytest.raises(ValueError, match="thickness"):  # what Plotly does not know would have been told
        go.Figure(layout={**handed["layout"], "shapes": shapes})


def test_the_smallest_text_of_each_profile_is_nine_points_at_its_final_size():
    for name, profile in PROFILES.items():
        assert profile.smallest * INCHES[name] * 72 / profile.width == pytest.approx(9)
        assert min(profile.title, profile.subtitle, profile.label, profile.value, profile.head, profile.source) >= (
            profile.smallest
        )


def test_a_picture_for_a_document_is_as_wide_as_the_text_of_a_page_and_leaves_room_for_its_caption():
    assert DOCUMENT.width / INCHES["document"] == pytest.approx(162.8, abs=0.1)
    assert DOCUMENT.tallest * 156 / 1000 < 297 - 37 - 35 - 25  # millimetres of an A4 page without margins and caption


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "hostile" in KINDS[kind]])
def test_names_are_literal_text_in_labels_and_in_what_is_shown_when_touched(kind):
    for profile in PROFILES.values():
        made = json.loads(KINDS[kind]["hostile"](profile).to_json())
        assert "hovertemplate" not in json.dumps(made["data"])
        assert "texttemplate" not in json.dumps(made["data"])
        written = [note["text"] for note in made["layout"]["annotations"]]
        touched = [text for trace in made["data"] for text in trace.get("hovertext", [])]
        assert not set("<>$\n\u202e") & set("".join(written))
        plain = [re.sub(r"^<b>|(?<=.)</b>(?=<br>|$)|<br>", "", text) for text in touched]
        assert not set("<>$\n\u202e") & set("".join(plain))
        assert any(theme.plain(HOSTILE)[:6] in unescape(text) for text in (*written, *plain))


GLYPH = re.compile("[●◆▲■◇○]")


@pytest.mark.parametrize(
    "kind", ["bullet", "trend", "heatmap", "timeline", "calendar", "wall", "progress", "reporting"]
)
def test_a_light_is_a_glyph_and_a_word_at_every_size(kind, unchecked):
    case = {"trend": "rising", "wall": "city", "progress": "slow", "timeline": "full", "calendar": "full"}.get(kind)
    words = {theme.light(status).partition("·")[0] for status in theme.STATUS} | {
        "● 按时", "■ 逾期未报", "▲ 迟报", "○ 未到期",
    }  # fmt: skip
    for profile in PROFILES.values():
        figure = KINDS[kind][case or next(iter(KINDS[kind]))](profile)
        said = " ".join(note["text"] for note in texts(figure))
        assert any(word in said for word in words), (kind, profile.kind)
        glyphs = set(GLYPH.findall("".join(note["text"] for note in texts(figure) if note["name"] != "foot")))
        told = {glyph for glyph in glyphs if any(word.startswith(glyph) and word in said for word in words)}
        assert glyphs <= told | {"◇", "○"} | ({"●"} if kind == "calendar" else set()), (kind, profile.kind, glyphs)


def test_one_glyph_has_one_colour_in_every_kind_of_chart(unchecked):
    colours = {}
    for cases in KINDS.values():
        for note in texts(next(iter(cases.values()))(SCREEN)):
            if GLYPH.match(note["text"]) and ground_is_paper(note):
                colours.setdefault(note["text"][0], set()).add(note["font"]["color"])
    assert {glyph: len(found) for glyph, found in colours.items()} == dict.fromkeys(colours, 1), colours


def ground_is_paper(note):
    return note["name"] in ("state", "status", "light", "now", "remark")


def test_in_a_grey_print_a_cell_is_the_darker_the_worse_it_stands():
    def grey(role):
        cell = theme.ROLES[role].cell
        return sum(weight * int(cell[at : at + 2], 16) for at, weight in ((1, 0.299), (3, 0.587), (5, 0.114)))

    shades = [grey(role) for role in ("attained", "on_pace", "slow", "behind")]
    assert all(light - dark >= 10 for light, dark in pairwise(shades)), shades


def test_bars_of_length_begin_at_nought_at_one_place(unchecked):
    for kind, case, name in (
        ("gap", "mixed", "bar"), ("breakdown", "sixty", "bar"), ("dues", "mixed", "bar"), ("expiry", "mixed", "bar"),
        ("bullet", "mixed", "measure"),
    ):  # fmt: skip
        for profile in PROFILES.values():
            bars = [one for one in boxes(KINDS[kind][case](profile)) if one["name"] == name]
            assert len({one["x0"] for one in bars}) == 1, (kind, profile.kind)


def test_what_finds_no_room_is_counted_in_the_foot_and_a_screen_has_it_all(unchecked):
    for kind in ("bullet", "gap", "heatmap", "timeline", "calendar", "participation", "breakdown", "dues", "reporting"):
        slide, screen = (KINDS[kind]["sixty"](profile) for profile in (SLIDE, SCREEN))
        assert any(re.match(r"另有\d+[^：；]*未画出", note["text"]) for note in texts(slide, "foot")), kind
        assert not any("未画出" in note["text"] for note in texts(screen)), kind


def test_units_stand_by_what_they_show_or_in_the_order_of_the_plan():
    words = {"title": "", "subtitle": "", "source": "", "note": "", "profile": SCREEN}
    paid = [
        Dues(name, None, Fraction(100), None, Fraction(total)) for name, total in (("甲", 10), ("乙", 30), ("丙", 20))
    ]
    parts = [Part("甲", 1, 1), Part("乙", 3, 3), Part("丙", 2, 2)]
    for order, expected in (("value", ["乙", "丙", "甲"]), ("given", ["甲", "乙", "丙"])):
        assert [note.text for note in texts(dues_chart(paid, {}, order=order, **words), "unit")] == expected
        drawn = breakdown(parts, "reporting_unit", order=order, **words)
        assert [note.text for note in texts(drawn, "part")] == expected


def test_a_rate_without_a_base_is_not_called_unreported():
    points = [TrendPoint(date(2026, 10, 31), 0, 0, 0, "no_base")]
    assert trend_title(points, WAGE, TARGET, "non_public") == "非公有制企业工资集体协商推行面没有应建单位"
