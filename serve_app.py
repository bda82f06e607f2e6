"""The board behind its gate, as `python -m unionplan serve` runs it; `streamlit run app.py` is the board without sign-in."""

from pathlib import Path

import streamlit as st

from unionplan import gate
from unionplan.ui import PAGES, ROOT, store_root

app = st.App(
    ROOT / "app.py",
    routes=gate.routes(store_root, [Path(page.path).stem for page in PAGES if page.path.startswith("pages/")]),
    middleware=gate.middleware(store_root),
)
