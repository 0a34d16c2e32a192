"""A new predictor, anomaly, dataset or model family is one new file, and changes nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.cards import catalogue
from tests.support.throwaway import FILES, NAME, ROOT, copy_of_the_project

OLD_ADDRESSES: tuple[dict[str, str], ...] = (
    {},
    {"dataset": "fashion-mnist", "class": "bag", "anomaly": "noise", "cohort": "8"},
    {"contrast": "t1", "model": "vq-vae", "cohort": "8", "predictors": "reconstruction-error"},
    {"dataset": "fashion-mnist", "anomaly": "none", "beta": "0.1", "cohort": "8"},
)
"""As pages before wrote them: a kind for a model, and what equals a default left out."""

LOOK = """
import json, sys
from streamlit.testing.v1 import AppTest
from explorer.looking.defaults import default_state
from explorer.predictors import PREDICTORS
from tests.app.test_explore import MAIN, pictures

shown = []
for address in json.loads(sys.argv[1]):
    app = AppTest.from_file(MAIN, default_timeout=120)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception and not app.error and not app.warning, (address, app.error, app.warning)
    state = app.session_state["visit"].scene.state
    sums = {title: float(values.sum()) for title, values in pictures(app).items()}
    shown.append([repr(state), sums])
looks = {
    name: [PREDICTORS[name].title, PREDICTORS[name].colour, PREDICTORS[name].dash]
    for name in PREDICTORS.names()
}
print(json.dumps({"default": repr(default_state()), "shown": shown, "looks": looks}))
"""


def python(folder: Path, *arguments: str) -> str:
    """What a command prints in a copy of the project; its error where it fails."""
    found = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    return found.stdout


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with four plug-ins more, and a model of the new family for the new dataset."""
    folder = copy_of_the_project(tmp_path_factory.mktemp("project"))
    for name, text in FILES.items():
        (folder / name).write_text(text.lstrip(), encoding="utf-8")
    python(folder, "-m", "explorer", "train", "recipe.toml", "--output", "pretrained", "--device", "cpu")
    return folder


def seen(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(python(folder, "-c", LOOK, json.dumps(OLD_ADDRESSES)).splitlines()[-1])
    return found


@pytest.mark.slow
def test_they_are_offered_by_the_command_line(extended: Path) -> None:
    known = json.loads(python(extended, "-m", "explorer", "list", "--json"))
    for kind in ("datasets", "anomalies", "models", "pretrained", "predictors"):
        assert NAME in str(known[kind]), kind


@pytest.mark.slow
def test_they_work_together_from_the_command_line(extended: Path) -> None:
    printed = python(
        extended,
        *(
            "-m",
            "explorer",
            "evaluate",
            "--dataset",
            NAME,
            "--anomaly",
            NAME,
            "--model",
            NAME,
            "--slices",
            "8",
        ),
        *("--predictor", f"{NAME}:middle=0.6", "--predictor", "reconstruction-error", "--device", "cpu"),
    )
    assert NAME in printed and "reconstruction-error" in printed and "8 slices" in printed


@pytest.mark.slow
def test_they_are_offered_by_the_page(extended: Path) -> None:
    script = f"""
from streamlit.testing.v1 import AppTest
from tests.app.test_explore import MAIN, assert_fine, pictures
app = AppTest.from_file(MAIN, default_timeout=120)
for key, value in dict(dataset="{NAME}", anomaly="{NAME}", predictors="{NAME}", cohort="8").items():
    app.query_params[key] = value
assert_fine(app.run())
state = app.session_state["visit"].scene.state
assert (state.dataset, state.anomaly_name, state.model) == ("{NAME}",) * 3, state
assert "Throwaway" in pictures(app)
"""
    python(extended, "-c", script)


@pytest.mark.slow
def test_contract_tests_take_them_in(extended: Path) -> None:
    contracts = [str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*_contract.py")]
    assert len(contracts) == 4
    printed = python(extended, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", NAME, *contracts)
    assert int(printed.split(" passed")[0].rsplit(maxsplit=1)[-1]) > 20, printed


@pytest.mark.slow
def test_no_other_test_fails(extended: Path) -> None:
    """Those that speak of registries, defaults, colours and names; the whole suite takes too long here."""
    python(
        extended,
        *("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
        *("tests/test_registry.py", "tests/test_settings.py", "tests/test_architecture.py"),
        *("tests/looking/test_charts.py", "tests/looking/test_tables.py", "tests/app/test_defaults.py"),
        *("tests/cards", "tests/training/test_recipe.py"),
    )


@pytest.mark.slow
def test_nothing_else_changes(extended: Path) -> None:
    before, after = seen(ROOT), seen(extended)
    assert after["default"] == before["default"]
    assert {name: look for name, look in after["looks"].items() if name != NAME} == before["looks"]
    assert [state for state, _ in after["shown"]] == [state for state, _ in before["shown"]]
    for (_, new), (_, old) in zip(after["shown"], before["shown"], strict=True):
        assert new == pytest.approx(old)


def test_the_copy_is_whole(tmp_path: Path) -> None:
    folder = copy_of_the_project(tmp_path)
    assert {path.name for path in (folder / "pretrained").iterdir()} == {
        path.name for path in catalogue.FOLDER.iterdir()
    }
