"""What a figure does in the browser, in Chinese: its camera button, its dates, its words."""

from __future__ import annotations

from collections.abc import Mapping

from unionplan import theme


def plot_config(name: str, width: int, height: int) -> dict[str, object]:
    """Return how a figure behaves in the browser: one camera button, which saves `name`.png at three times its size.

    Signs that Windows forbids in a file's name are replaced.
    """
    return {
        "displaylogo": False,
        "locale": "zh-CN",
        "locales": {"zh-CN": PLOTLY_WORDS},
        "modeBarButtons": [["toImage"]],
        "scrollZoom": False,
        "doubleClick": False,
        "showTips": False,
        "toImageButtonOptions": {
            "format": "png",
            "filename": theme.file_name(name),
            "width": width,
            "height": height,
            "scale": 3,
        },
    }


_MONTHS = [f"{month}月" for month in (*"一二三四五六七八九十", "十一", "十二")]
_DAYS = list("日一二三四五六")

PLOTLY_WORDS: Mapping[str, Mapping[str, object]] = {
    "dictionary": {
        "Download plot": "下载图片",
        "Download plot as a PNG": "下载图片",
        "Preparing image - this may take a few seconds": "正在生成图片，请稍候",
        "Image download succeeded": "图片已下载",
        "Sorry, there was a problem downloading your image!": "图片未能生成，请再试一次",
    },
    "format": {
        "days": [f"星期{day}" for day in _DAYS],
        "shortDays": [f"周{day}" for day in _DAYS],
        "months": _MONTHS,
        "shortMonths": [f"{month}月" for month in range(1, 13)],
        "date": "%Y年%-m月%-d日",
        "year": "%Y年",
        "month": "%Y年%-m月",
        "dayMonth": "%-m月%-d日",
        "dayMonthYear": "%Y年%-m月%-d日",
        "dateTime": "%Y年%-m月%-d日 %H:%M",
    },
}
