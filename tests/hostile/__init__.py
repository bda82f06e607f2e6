"""Files that nobody should have to read, made anew for each test and never kept: name → (file name, its maker)."""

from collections.abc import Callable

from tests.hostile import old, packages, sheets, texts
from tests.hostile.kit import cut, flipped, xlsx

SOUND = {"xlsx": xlsx, "xls": old.sample, "biff": old.biff, "xlsb": old.xlsb, "ods": texts.sound_ods}
CUTS = (0.02, 0.3, 0.6, 0.9, 0.99)
TURNS = range(6)
_BROKEN = {
    **{f"{kind}: only the first {share:.0%}": (f"台账2026年10月.{kind}", lambda m=make, s=share: cut(m(), s))
       for kind, make in SOUND.items() for share in CUTS},
    **{f"{kind}: bits turned, {seed}": (f"台账2026年10月.{kind}", lambda m=make, s=seed: flipped(m(), s))
       for kind, make in SOUND.items() for seed in TURNS},
}  # fmt: skip
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    **packages.FILES, **sheets.FILES, **old.FILES, **texts.FILES, **_BROKEN,
}  # fmt: skip
