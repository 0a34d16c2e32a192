"""One new file a plug-in: four are dropped in, trained, scored and tested, and nothing else changes."""

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
CONTRACTS = [
    "tests/predictors/test_predictor_contract.py",
    "tests/anomalies/test_anomaly_contract.py",
    "tests/datasets/test_dataset_contract.py",
    "tests/models/test_model_contract.py",
    "tests/test_settings_text.py",
]


def called(folder: Path, *command: str) -> str:
    """What a command prints that is run in the copy."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def listed(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(called(folder, "explorer", "list", "--json"))
    return found


def evaluated(folder: Path, line: str) -> dict[str, Any]:
    """Figures of a small cohort, without the times."""
    called(folder, "explorer", "evaluate", *line.split(), "--slices", "8", "--json", "figures.json")
    found: dict[str, Any] = json.loads((folder / "figures.json").read_text())
    for row in found["predictors"].values():
        del row["seconds"]
    return found


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with its tests."""
    folder = tmp_path_factory.mktemp("copy")
    unwanted = shutil.ignore_patterns("__pycache__", "browser", "benchmarks", "*.png")
    for name in ("explorer", "tests", "pretrained"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


USUAL = (
    "--dataset fashion-mnist --anomaly lesion --model beta-vae --predictor combination --predictor intensity"
)


@pytest.mark.slow
def test_four_files_are_all_that_is_needed(bare: Path) -> None:
    before, usual = listed(bare), evaluated(bare, USUAL)
    for kind, room in ROOMS.items():
        shutil.copy(
            ROOT / "tests" / "support" / "throwaway" / f"{kind}.py", bare / "explorer" / room / "new.py"
        )
    after = listed(bare)
    new = {"datasets": [f"{NAME}/coarse", f"{NAME}/fine"]}
    for kind, names in before.items():
        added = [] if kind == "pretrained" else new.get(kind, [NAME])
        assert sorted(after[kind]) == sorted([*names, *added])
    assert evaluated(bare, USUAL) == usual

    (bare / "recipe.toml").write_text(RECIPE)
    called(bare, "explorer", "train", "recipe.toml", "--output", "pretrained", "--device", "cpu")
    assert "thrown" in listed(bare)["pretrained"]
    scored = f"--dataset {NAME}/fine --model {NAME} --predictor {NAME} --predictor reconstruction-error"
    planted = evaluated(bare, f"{scored} --anomaly {NAME}")
    assert planted["predictors"][NAME]["auroc"] > 0.7
    own = evaluated(bare, f"{scored} --anomaly none")  # the dots that the dataset brings, and their masks
    assert own["predictors"][NAME]["auroc"] == own["predictors"][NAME]["image_auroc"] == 1.0
    assert own["predictors"]["reconstruction-error"]["auroc"] > 0.7

    printed = called(bare, "pytest", "-q", "-p", "no:cacheprovider", "-k", "throwaway", *CONTRACTS)
    assert " passed" in printed and "failed" not in printed
    fixed = ["test_each_predictor_fits_some_model", "test_the_families_of_the_design_are_there"]
    called(bare, "pytest", "-q", "-p", "no:cacheprovider", "-k", " or ".join(fixed), *CONTRACTS[:2])
