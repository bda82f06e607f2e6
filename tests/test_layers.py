"""The house keeps its order: who may import whom, what each module says of itself, how long a function is."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "unionplan"
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
STREAMLIT = {
    "unionplan.ui",
    "unionplan.ui_refresh",
    "unionplan.ui_changes",
    "unionplan.ui_controls",
    "unionplan.ui_problems",
    "unionplan.ui_memory",
    "unionplan.ui_correction",
    "unionplan.ui_plan_items",
    "unionplan.ui_plan_item",
    "unionplan.ui_plan_write",
    "unionplan.ui_coverage",
    "unionplan.ui_coverage_firms",
    "unionplan.ui_coverage_units",
    "unionplan.ui_plan_terms",
    "unionplan.ui_plan_forms",
    "unionplan.ui_plan_targets",
    "unionplan.ui_plan_definitions",
    "unionplan.ui_plan_settings",
    "unionplan.ui_plan_periods",
    "unionplan.ui_plan_units",
    "unionplan.ui_plan_shares",
    "unionplan.ui_plan_compared",
    "unionplan.ui_periods",
    "unionplan.ui_history",
    "unionplan.ui_reporting",
    "unionplan.ui_papers",
    "unionplan.ui_packing",
    "unionplan.ui_meetings",
    "unionplan.ui_meeting",
    "unionplan.ui_meeting_files",
    "unionplan.ui_meeting_template",
    "unionplan.ui_presentation",
    "unionplan.ui_wall",
    "unionplan.ui_overview",
    "unionplan.gate",
}
"""The pages' module, the pieces of the refresh page (too many for one file), and the sign-in around the server."""
FACES = {*STREAMLIT, "unionplan.__main__"}


def module_of(path):
    """unionplan/intake/__init__.py → unionplan.intake."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports_of(path):
    """Every module that a file names in an import, wherever in the file, not under TYPE_CHECKING."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names if f"{node.module}.{alias.name}" in MODULES}
            if not all(f"{node.module}.{alias.name}" in MODULES for alias in node.names):
                found.add(node.module)
    return found


def ours(path):
    return {name for name in imports_of(path) if name == "unionplan" or name.startswith("unionplan.")} - {"unionplan"}


def top(name):
    """The room or module directly under the package."""
    return ".".join(name.split(".")[:2])


# Room or module → the rooms and modules of ours it may import, besides itself.
ALLOWED = {
    "unionplan.errors": set(),
    "unionplan.clock": {"unionplan.errors"},
    "unionplan.access": {"unionplan.errors"},
    "unionplan.accounts": {"unionplan.errors"},
    "unionplan.account_commands": {"unionplan.accounts", "unionplan.errors"},
    "unionplan.pace": {"unionplan.errors"},
    "unionplan.plan": {"unionplan.pace", "unionplan.errors"},
    "unionplan.observations": {"unionplan.plan", "unionplan.errors"},
    "unionplan.figures": {"unionplan.plan"},
    "unionplan.attainment": {"unionplan.figures", "unionplan.pace", "unionplan.plan"},
    "unionplan.comparing": {"unionplan.attainment", "unionplan.change", "unionplan.plan"},
    "unionplan.shares": {"unionplan.attainment", "unionplan.flows", "unionplan.plan"},
    "unionplan.revisions": {"unionplan.pace", "unionplan.plan", "unionplan.store"},
    "unionplan.terms": {"unionplan.access", "unionplan.errors", "unionplan.intake", "unionplan.plan", "unionplan.revisions", "unionplan.store"},
    "unionplan.periods": {"unionplan.revisions", "unionplan.access", "unionplan.attainment", "unionplan.errors", "unionplan.plan", "unionplan.store", "unionplan.terms", "unionplan.states", "unionplan.notes"},
    "unionplan.period_commands": {"unionplan.access", "unionplan.errors", "unionplan.periods", "unionplan.store"},
    "unionplan.export_commands": {"unionplan.errors", "unionplan.exhibits", "unionplan.export", "unionplan.standpoint"},
    "unionplan.flows": {"unionplan.pace", "unionplan.attainment", "unionplan.observations", "unionplan.plan"},
    "unionplan.differences": {"unionplan.attainment", "unionplan.figures", "unionplan.plan"},
    "unionplan.forecast": {"unionplan.attainment", "unionplan.plan"},
    "unionplan.change": {"unionplan.attainment", "unionplan.plan"},
    "unionplan.notes": {"unionplan.observations"},
    "unionplan.events": {"unionplan.attainment", "unionplan.notes", "unionplan.observations", "unionplan.plan"},
    "unionplan.dues": {"unionplan.attainment", "unionplan.observations", "unionplan.plan"},
    "unionplan.dues_words": {"unionplan.dues", "unionplan.theme"},
    "unionplan.verdicts": {"unionplan.attainment", "unionplan.events", "unionplan.flows", "unionplan.narrative", "unionplan.plan", "unionplan.theme"},
    "unionplan.states": {"unionplan.attainment", "unionplan.events", "unionplan.flows", "unionplan.notes", "unionplan.verdicts"},
    "unionplan.item_words": {"unionplan.attainment", "unionplan.events", "unionplan.notes", "unionplan.plan", "unionplan.theme"},
    "unionplan.evidence_files": {"unionplan.errors"},
    "unionplan.remarks": {"unionplan.evidence_files", "unionplan.store", "unionplan.access", "unionplan.events", "unionplan.notes", "unionplan.observations", "unionplan.plan", "unionplan.errors"},
    "unionplan.meetings": {"unionplan.narrative", "unionplan.theme", "unionplan.store", "unionplan.access", "unionplan.attainment", "unionplan.observations", "unionplan.plan", "unionplan.errors"},
    "unionplan.standpoint": {"unionplan.attainment", "unionplan.notes", "unionplan.plan", "unionplan.states", "unionplan.store"},
    "unionplan.exhibits": {"unionplan.standpoint", "unionplan.charts", "unionplan.narrative", "unionplan.theme", "unionplan.coverage_words", "unionplan.dues", "unionplan.dues_words", "unionplan.selection", "unionplan.attainment", "unionplan.change", "unionplan.forecast", "unionplan.events", "unionplan.flows", "unionplan.observations", "unionplan.plan", "unionplan.store"},
    "unionplan.gallery": {"unionplan.charts", "unionplan.exhibits", "unionplan.export", "unionplan.standpoint"},
    "unionplan.materials": {"unionplan.export", "unionplan.gallery", "unionplan.meetings", "unionplan.theme", "unionplan.uploads", "unionplan.access", "unionplan.errors"},
    "unionplan.release": {"unionplan.access", "unionplan.clock", "unionplan.store", "unionplan.errors"},
    "unionplan.packing": {"unionplan.export", "unionplan.narrative", "unionplan.theme", "unionplan.store", "unionplan.reporting", "unionplan.reporting_words", "unionplan.flows", "unionplan.attainment", "unionplan.observations", "unionplan.plan"},
    "unionplan.reporting": {"unionplan.attainment", "unionplan.plan"},
    "unionplan.reporting_words": {"unionplan.reporting", "unionplan.theme"},
    "unionplan.theme": {"unionplan.plan", "unionplan.attainment"},
    "unionplan.narrative": {"unionplan.theme", "unionplan.attainment", "unionplan.plan", "unionplan.errors", "unionplan.comparing"},
    "unionplan.charts": {"unionplan.reporting", "unionplan.reporting_words", "unionplan.theme", "unionplan.dues", "unionplan.dues_words", "unionplan.narrative", "unionplan.attainment", "unionplan.flows", "unionplan.events", "unionplan.observations", "unionplan.plan", "unionplan.errors", "unionplan.pace", "unionplan.forecast", "unionplan.change", "unionplan.coverage_words"},
    "unionplan.coverage_words": {"unionplan.comparing", "unionplan.theme", "unionplan.narrative", "unionplan.attainment", "unionplan.forecast", "unionplan.change", "unionplan.plan"},
    "unionplan.selection": {"unionplan.narrative", "unionplan.attainment", "unionplan.plan"},
    "unionplan.attention": {"unionplan.theme", "unionplan.narrative", "unionplan.charts", "unionplan.attainment", "unionplan.notes", "unionplan.plan"},
    "unionplan.since": {"unionplan.comparing", "unionplan.theme", "unionplan.narrative", "unionplan.attainment", "unionplan.plan"},
    "unionplan.export": {"unionplan.attainment", "unionplan.attention", "unionplan.charts", "unionplan.coverage_words", "unionplan.dues_words", "unionplan.errors", "unionplan.events", "unionplan.exhibits", "unionplan.narrative", "unionplan.notes", "unionplan.plan", "unionplan.reporting", "unionplan.reporting_words", "unionplan.selection", "unionplan.standpoint", "unionplan.theme"},
    "unionplan.store": {"unionplan.access", "unionplan.clock", "unionplan.observations", "unionplan.plan", "unionplan.errors"},
    "unionplan.intake": {"unionplan.store", "unionplan.access", "unionplan.attainment", "unionplan.differences", "unionplan.observations", "unionplan.plan", "unionplan.errors"},
    "unionplan.uploads": {"unionplan.intake", "unionplan.store", "unionplan.attainment", "unionplan.access", "unionplan.errors"},
    "unionplan.demo": {"unionplan.meetings", "unionplan.attainment", "unionplan.states", "unionplan.intake", "unionplan.notes", "unionplan.remarks", "unionplan.store", "unionplan.access", "unionplan.observations", "unionplan.plan", "unionplan.errors"},
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_one_way(name):
    room = top(name)
    if name == "unionplan" or name in FACES:
        assert name != "unionplan" or ours(MODULES[name]) == set()
        return
    assert room in ALLOWED, f"{room} is new: say in this table what it may import"
    assert {top(other) for other in ours(MODULES[name])} - {room} - ALLOWED[room] == set()


@pytest.mark.parametrize("name", [name for name in MODULES if name not in STREAMLIT])
def test_nothing_below_the_pages_imports_streamlit(name):
    assert {other for other in imports_of(MODULES[name]) if other.split(".")[0] == "streamlit"} == set()


@pytest.mark.parametrize("name", [name for name in MODULES if name not in FACES])
def test_nobody_imports_a_face_of_the_house(name):
    assert ours(MODULES[name]) & FACES == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_stand_on_the_rooms_only(path):
    assert {
        other for other in ours(path) if other == "unionplan.__main__" or other.startswith("unionplan.store.")
    } == set()


def test_only_the_preview_of_the_intake_knows_store_and_attainment():
    knowing = {name for name in MODULES if top(name) == "unionplan.intake"
               and {top(other) for other in ours(MODULES[name])} & {"unionplan.store", "unionplan.attainment"}}  # fmt: skip
    assert knowing == {
        "unionplan.intake.preview",
        "unionplan.intake.drafting",
        "unionplan.intake.correction",
        "unionplan.intake.slotting",
        "unionplan.intake.revising",
        "unionplan.intake.prefill",
        "unionplan.intake.nil_reports",
        "unionplan.intake.memory",
    }


def test_charts_never_read_the_store_and_the_store_knows_no_chart():
    for room, stranger in (("unionplan.charts", "unionplan.store"), ("unionplan.store", "unionplan.charts")):
        inside = [name for name in MODULES if top(name) == room]
        assert inside
        assert [name for name in inside for other in ours(MODULES[name]) if top(other) == stranger] == []


def test_the_reading_process_starts_without_the_heavy_libraries():
    heavy = ("pandas", "streamlit", "duckdb", "plotly")  # every table needs numpy and Arrow
    code = f"import sys, unionplan.intake.entry, unionplan.intake.worker; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_arithmetic_loads_without_the_store_or_the_charts():
    code = "import sys, unionplan.attainment; print(sorted(n for n in sys.modules if n.startswith('unionplan.')))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert (
        done.stdout
        == "['unionplan.attainment', 'unionplan.errors', 'unionplan.figures', 'unionplan.pace', 'unionplan.plan']\n"
    )


@pytest.mark.parametrize("path", [*MODULES.values(), *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_in_its_first_line_what_it_holds(path):
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert words
    assert words.splitlines()[0].rstrip().endswith((".", ":", ",", "。", "?")) or len(words.splitlines()) > 1


@pytest.mark.parametrize("path", MODULES.values(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_function_and_class_says_what_it_gives(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    methods = [inner for node in public if isinstance(node, ast.ClassDef) for inner in node.body
               if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_") and path.name != "__main__.py"]  # fmt: skip
    assert [node.name for node in [*public, *methods] if not ast.get_docstring(node)] == []


def bodies(path):
    """(function, lines of its body without its docstring)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            yield node.name, (body[-1].end_lineno - body[0].lineno + 1 if body else 0)


def test_functions_are_short():
    lengths = sorted(lines for path in [*MODULES.values(), *PAGES] for _, lines in bodies(path))
    assert len(lengths) > 200
    assert lengths[len(lengths) // 2] <= 12
    assert lengths[int(len(lengths) * 0.9)] < 40


def test_files_are_of_a_readable_size():
    sizes = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: size for name, size in sizes.items() if size > 600} == {}


def test_no_drawer_is_called_utils():
    names = {"utils", "helpers", "common", "core", "services", "misc"}
    assert {name for name in MODULES if name.rsplit(".", 1)[-1] in names} == set()
