"""A new predictor, anomaly, dataset or model family is one new file, and changes nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NAME = "a-throwaway"
"""Before all others in the alphabet, where a registry's order could change what a page shows."""

DATASET = f"{NAME}/fine"
ROOMS = {"predictor": "predictors", "anomaly": "anomalies", "dataset": "datasets", "model": "models"}
RECIPE = f"""\
name = "thrown"
kind = "{NAME}"
dataset = "{NAME}"
samples = 400
batch_size = 8
learning_rate = 1e-2
seed = 1

[model]
image_size = 16
latents = 3
beta_min = 0.5
beta_max = 2.0

[training]
weight = 0.5
"""
CONTRACTS = (
    "tests/predictors/test_predictor_contract.py",
    "tests/anomalies/test_anomaly_contract.py",
    "tests/datasets/test_dataset_contract.py",
    "tests/models/test_model_contract.py",
    "tests/test_settings_text.py",
)
UNTOUCHED = (
    *("tests/test_registry.py", "tests/test_settings.py", "tests/looking/charts", "tests/cards"),
    *("tests/predictors/test_appearance.py", "tests/app/test_defaults.py", "tests/training/test_recipe.py"),
)
"""Tests that speak of registries, defaults, colours and names; the whole suite takes too long here."""

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
    sums = {title: float(values.sum()) for title, values in pictures(app).items()}
    shown.append([repr(app.session_state["visit"].scene.state), sums])
looks = {
    name: [PREDICTORS[name].title, PREDICTORS[name].colour, PREDICTORS[name].dash]
    for name in PREDICTORS.names()
}
print(json.dumps({"default": repr(default_state()), "shown": shown, "looks": looks}))
"""

OFFERED = f"""
from streamlit.testing.v1 import AppTest
from tests.app.test_explore import MAIN, assert_fine, pictures
app = AppTest.from_file(MAIN, default_timeout=120)
for key, value in dict(dataset="{NAME}", anomaly="{NAME}", predictors="{NAME}", cohort="8").items():
    app.query_params[key] = value
assert_fine(app.run())
state = app.session_state["visit"].scene.state
assert (state.dataset, state.anomaly_name, state.model) == ("{DATASET}", "{NAME}", "thrown"), state
assert "Throwaway" in pictures(app)
"""

pytestmark = pytest.mark.slow


def python(folder: Path, *arguments: str) -> str:
    """What a command prints in a copy of the project; what went wrong where it fails."""
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def listed(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(python(folder, "-m", "explorer", "list", "--json"))
    return found


def seen(folder: Path) -> dict[str, Any]:
    """Defaults, looks of the predictors, and what old addresses show."""
    found: dict[str, Any] = json.loads(python(folder, "-c", LOOK, json.dumps(OLD_ADDRESSES)).splitlines()[-1])
    return found


def evaluated(folder: Path, line: str) -> dict[str, Any]:
    """Figures of a small cohort by predictor."""
    python(folder, "-m", "explorer", "evaluate", *line.split(), "--slices", "8", "--json", "figures.json")
    found: dict[str, Any] = json.loads((folder / "figures.json").read_text())["predictors"]
    return found


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with four files more, and a model of the new family for the new dataset."""
    folder = tmp_path_factory.mktemp("copy")
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules", "browser", "benchmarks", "*.png")
    for name in ("explorer", "tests", "pretrained"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("app.py", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    for kind, room in ROOMS.items():
        new = folder / "explorer" / room / "new.py"
        shutil.copy(ROOT / "tests" / "support" / "throwaway" / f"{kind}.py", new)
    (folder / "recipe.toml").write_text(RECIPE)
    python(folder, "-m", "explorer", "train", "recipe.toml", "--output", "pretrained", "--device", "cpu")
    return folder


def test_they_are_offered_by_the_command_line(extended: Path) -> None:
    before, after = listed(ROOT), listed(extended)
    new = {"datasets": [f"{NAME}/coarse", DATASET], "pretrained": ["thrown"]}
    new |= {kind: [NAME] for kind in ("anomalies", "models", "predictors")}
    for kind, names in new.items():
        assert sorted(after[kind]) == sorted([*before[kind], *names]), kind


def test_they_work_together_from_the_command_line(extended: Path) -> None:
    scored = (
        f"--dataset {DATASET} --model {NAME} --predictor {NAME}:middle=0.6 --predictor reconstruction-error"
    )
    planted = evaluated(extended, f"{scored} --anomaly {NAME}:strength=0.9")
    assert planted[NAME]["auroc"] > 0.6
    own = evaluated(extended, f"{scored} --anomaly none")  # the dots that the dataset brings, and their masks
    assert own[NAME]["auroc"] > 0.9 and own["reconstruction-error"]["auroc"] > 0.7


def test_they_are_offered_by_the_page(extended: Path) -> None:
    python(extended, "-c", OFFERED)


def test_contract_tests_take_them_in(extended: Path) -> None:
    printed = python(extended, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "throwaway", *CONTRACTS)
    assert int(printed.split(" passed")[0].split()[-1]) > 20 and "failed" not in printed


def test_no_other_test_fails(extended: Path) -> None:
    python(extended, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *UNTOUCHED)


def test_nothing_else_changes(extended: Path) -> None:
    before, after = seen(ROOT), seen(extended)
    assert after["default"] == before["default"]
    assert {name: look for name, look in after["looks"].items() if name != NAME} == before["looks"]
    for (state, new), (old_state, old) in zip(after["shown"], before["shown"], strict=True):
        assert state == old_state and new == pytest.approx(old)
