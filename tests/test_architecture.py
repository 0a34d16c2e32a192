"""The order of the rooms in DESIGN: a room imports only rooms above it, and only the page knows streamlit."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = (
    ("explorer.__init__",),
    ("explorer.contracts",),
    ("explorer.foreign",),
    ("explorer.registry",),
    ("explorer.concurrency",),
    ("explorer.settings",),
    ("explorer.randomness",),
    ("explorer.templates",),
    ("explorer.devices",),
    ("explorer.writing",),
    ("explorer.locks",),
    ("explorer.datasets",),
    ("explorer.anomalies",),
    ("explorer.evidence",),
    ("explorer.models",),
    ("explorer.predictors",),
    ("explorer.evaluation",),
    ("explorer.cards",),
    ("explorer.scans",),
    ("explorer.training",),
    ("explorer.study",),
    ("explorer.commands", "explorer.__main__"),
    ("explorer.wire",),
    ("explorer.looking",),
    ("explorer.lessons",),
    ("explorer.ui.streamlit",),
    ("explorer.ui.messages",),
    ("explorer.ui.components",),
    ("explorer.ui.controls",),
    ("explorer.ui",),
    ("app",),
)
"""The table of rooms in DESIGN, from the ground up."""
LONGEST_FILE = 350
SOURCES = sorted([*(ROOT / "explorer").rglob("*.py"), ROOT / "app.py"])
TESTS = sorted((ROOT / "tests").rglob("*.py"))

UNDOCUMENTED = re.compile(
    r"_session_mgr|_file_mgr|get_script_run_ctx|_stcore"
    r"|\bstreamlit\.(?:runtime|web|proto|elements|delta_generator)|from streamlit import"
    r"|data-test|dataset\.test|\bst[A-Z]\w*"
)
"""Pieces of Streamlit that it does not document; only `explorer/ui/streamlit` may name them."""
OUTSIDE = sorted(
    path
    for kind in ("py", "js", "css", "html")
    for path in (ROOT / "explorer").rglob(f"*.{kind}")
    if ROOT / "explorer" / "ui" / "streamlit" not in path.parents
)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts if len(parts) < 3 else (part for part in parts if part != "__init__"))


def layer_of(module: str) -> int:
    """Place of the layer with the longest name that holds the module."""
    found = [
        (len(name), place)
        for place, names in enumerate(LAYERS)
        for name in names
        if f"{module}.".startswith(f"{name}.")
    ]
    assert found, f"{module} belongs to no room; enter it in LAYERS and in DESIGN"
    return max(found)[1]


def imports_of(path: Path) -> set[str]:
    """Modules that a file imports, at its top or in functions; `from a import b` gives a.b if that is one."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)} imports relatively; rooms are named in full"
            base = str(node.module)
            for name in node.names:
                inner = ROOT / Path(*base.split("."), name.name)
                is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
                modules.add(f"{base}.{name.name}" if is_module else base)
    return modules


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_rooms_import_only_rooms_above(path: Path) -> None:
    own = layer_of(module_of(path))
    internal = {name for name in imports_of(path) if name.partition(".")[0] in ("explorer", "app")}
    assert {name for name in internal - {"explorer"} if layer_of(name) > own} == set()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_only_the_page_knows_streamlit(path: Path) -> None:
    page = path.name == "app.py" or ROOT / "explorer" / "ui" in path.parents
    assert page or not any(name.partition(".")[0] == "streamlit" for name in imports_of(path))


@pytest.mark.parametrize("path", [*OUTSIDE, ROOT / "app.py"], ids=relative)
def test_one_room_knows_what_streamlit_does_not_document(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("explorer.ui.streamlit.", "")
    assert not UNDOCUMENTED.search(text)


@pytest.mark.parametrize(
    "line",
    [
        "from streamlit.runtime.scriptrunner import get_script_run_ctx",
        "from streamlit import runtime",
        "server.media_file_mgr.remove_orphaned_files()",
        '[data-testid="x"] {margin: 0}',
        ".stButton {margin: 0}",
        'document.querySelector(".stMain")',
        "app.dataset.testScriptState",
    ],
)
def test_an_undocumented_piece_is_seen(line: str) -> None:
    assert UNDOCUMENTED.search(line)
    assert not UNDOCUMENTED.search("import streamlit as st\nst.title('x')\n.st-key-charts {margin: 0}")


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=relative)
def test_files_stay_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def test_the_app_stays_a_frame() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 40


def test_a_forbidden_import_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "model.py"
    module.write_text(
        "def f():\n    from explorer.evaluation import cohort, histogram\n    import streamlit.web\n"
    )
    found = imports_of(module)
    assert found == {"explorer.evaluation.cohort", "explorer.evaluation.histogram", "streamlit.web"}
    assert layer_of("explorer.models.base") < layer_of("explorer.predictors.base")
    assert layer_of("explorer.ui.pages.explore") > layer_of("explorer.looking.state")
