"""Build the two fonts that the pictures are set in from Noto Sans CJK: python assets/fonts/build.py FOLDER.

FOLDER holds NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc (Debian: /usr/share/fonts/opentype/noto). The same source
gives the same bytes: no time of day gets into a file. Needs fonttools (requirements-dev.txt).
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
WEIGHTS = ("Regular", "Bold")
FAMILY = "Noto Sans SC"
FACE = 2  # of the ten in the collection: simplified Chinese, proportional Latin

# Latin-1's marks, dashes, quotes, arrows, signs of mathematics, shapes: what GB2312 lacks or Python maps elsewhere.
MORE = "".join(map(chr, range(0xA0, 0x100))) + "–—―‘’“”…‰′″※←↑→↓↗↘−≤≥≈≠±×÷∞√〇•·€￥％㎡㎏㎝㎞～□■△▲▽▼◆◇○●◎★☆✓"
# Names and places with characters beyond GB2312 that a city meets most.
NAMES = "镕喆堃珺玥昇祎翀骉赟淼垚彧珩芃璟湜旸昉晞炜煊熠燊瑀瑄璐璠琰琤珈珞玘芮芊苡菡萱蘅暄暐昫晟晗皓旻赟頔颢颛飏翾翊羿翯竑竤筠笪祺禛禔秾稷穜硙硖砼碶洣淏淇湉湲溆溍滟漪潆潼澍濛瀚沄泺洺浉涢渌滘堽塬圳坭埗埔垵墘圩峣崟嵩嶂崮岙岽岜峁畲畈桠栾梽槿樾橦榕杧枥枧毓淦铨铉铄锃锜锟镐镒钰钲铖铚铧鍪闫阎邕邗邛郗鄯鄢鄞鄠酆郾郢祜倓偲仝佺侃俶俣傕冼劼勐匡叆叇唢啰喦喆嘏嘉"


def characters() -> str:
    """Return every character that the fonts shall have: ASCII, GB2312, the signs and the names."""
    rows = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    gb2312 = "".join(pair.decode("gb2312", "ignore") for pair in rows)
    return "".join(sorted({*map(chr, range(0x20, 0x7F)), *gb2312, *MORE, *NAMES}))


def listed() -> str:
    """Return the characters in lines of eighty, for the pictures to know what the fonts have."""
    every = characters()
    return "\n".join(every[start : start + 80] for start in range(0, len(every), 80)) + "\n"


def subset(source: Path, target: Path, weight: str) -> None:
    """Write the part of one face that is needed; horizontal text only, so vertical forms are left out."""
    options = Options(
        layout_features=["kern", "mark", "ccmp"], hinting=False, notdef_outline=True, name_IDs=["*"],
        name_languages=[0x409], recalc_timestamp=False, drop_tables=["vhea", "vmtx", "VORG", "BASE", "DSIG"],
    )  # fmt: skip
    font = TTFont(source, fontNumber=FACE, recalcTimestamp=False, lazy=True)
    subsetter = Subsetter(options)
    subsetter.populate(text=characters())
    subsetter.subset(font)
    _rename(font, weight)
    font.save(target, reorderTables=True)


def _rename(font: TTFont, weight: str) -> None:
    """A subset is not the original: it goes by a name of its own."""
    full = FAMILY if weight == "Regular" else f"{FAMILY} {weight}"
    post = f"NotoSansSC-{weight}"
    new = {1: FAMILY, 2: weight, 3: f"2.004;{post};subset", 4: full, 6: post}
    names = font["name"]
    names.names = [
        one for one in names.names if one.nameID in {0, 5, 7, 8, 9, 11, 13, 14, *new} and one.platformID == 3
    ]
    for number, words in new.items():
        names.setName(words, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [post]
    top = cff.topDictIndex[0]
    top.rawDict.update(FullName=full, FamilyName=FAMILY)
    top.FullName, top.FamilyName = full, FAMILY


if __name__ == "__main__":
    (HERE / "characters.txt").write_text(listed(), encoding="utf-8", newline="\n")
    for weight in WEIGHTS:
        subset(Path(sys.argv[1]) / f"NotoSansCJK-{weight}.ttc", HERE / f"NotoSansSC-{weight}.otf", weight)
