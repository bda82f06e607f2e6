"""What the tests of the charts ask of a figure: its shapes, its texts, whether all of them can be read."""

from html import unescape

from unionplan.charts.profile import text_width


def shapes(figure, name):
    return [shape for shape in figure.layout.shapes if shape.name == name]


def texts(figure, name):
    return [note.text for note in figure.layout.annotations if note.name == name]


def assert_legible(figure, profile):
    """No text below nine points, outside the picture, or over another."""
    shift = {"left": 0, "center": 0.5, "right": 1}
    boxes = []
    for note in figure.layout.to_plotly_json()["annotations"]:
        size = note["font"]["size"]
        width = text_width(unescape(note["text"]), size, note["font"]["weight"] == 700)
        left = note["x"] - shift[note["xanchor"]] * width
        assert size >= profile.smallest >= 12, note["text"]
        assert left >= -0.01, note["text"]
        assert left + width <= profile.width + 0.01, note["text"]
        assert size * 0.5 - 0.5 <= note["y"] <= figure.layout.height - size * 0.5 + 0.5, note["text"]
        boxes.append((note["y"], left, left + width, size, note["text"]))
    boxes.sort()
    for place, (y, left, right, size, text) in enumerate(boxes):
        for other in boxes[place + 1 : place + 40]:
            apart = other[0] - y >= 0.4 * (size + other[3]) - 0.01 or other[1] >= right - 0.01 or left >= other[2] - 0.01  # fmt: skip
            assert apart, (text, other[4])
