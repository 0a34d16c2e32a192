"""The script that goes with a page's maps computes these maps."""

from __future__ import annotations

import ast
import dataclasses
import io
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.anomalies import ANOMALIES
from explorer.contracts import Slice
from explorer.looking import defaults, runs
from explorer.looking.guest import Guest
from explorer.looking.output.downloads import maps_as_npz
from explorer.looking.output.script import maps_script
from explorer.looking.scene import Scene, resolve
from explorer.looking.state import State
from explorer.looking.view import look
from explorer.predictors import PREDICTORS


def assert_computes_the_same(scene: Scene, folder: Path, tolerance: float = 1e-4) -> None:
    """Run the script, and compare what it writes with the page's file: to a part of each array's range."""
    file = folder / "maps.py"
    file.write_text(maps_script(scene), encoding="utf-8")
    threads = torch.get_num_threads()
    try:
        runpy.run_path(str(file), run_name="__main__")
    finally:
        torch.set_num_threads(threads)
    by_page = np.load(io.BytesIO(maps_as_npz(scene, look(scene))), allow_pickle=False)
    by_script = np.load(folder / "recomputed.npz", allow_pickle=False)
    assert set(by_script) - {"notice"} == set(by_page) - {"about"}
    for name in set(by_page) - {"about"}:
        expected = by_page[name].astype(float)
        allowed = tolerance * max(float(np.ptp(expected)), 1e-12)
        found = by_script[name].astype(float)
        np.testing.assert_allclose(found, expected, rtol=0, atol=allowed, err_msg=name)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_computes_the_maps_of_the_page(state: State, here: Path) -> None:
    lesion = ANOMALIES["lesion"](strength=0.1 + 0.2, sign="darker", x=1 / 3, y=0.25)  # type: ignore[call-arg]
    chosen = {
        **state.predictors,
        "kl-gradient": PREDICTORS["kl-gradient"](copies=2, seed=5),  # type: ignore[call-arg]
        "ensemble": PREDICTORS["ensemble"](members="intensity:sigma=2,kl-gradient", rule="tail"),  # type: ignore[call-arg]
    }
    changed = dataclasses.replace(
        state, anomaly=lesion, beta=10**-0.5, scoring_beta=1 / 3, linked=False, predictors=chosen
    )
    assert_computes_the_same(resolve(changed), here)


def test_it_takes_as_many_passes_as_the_page_did(
    codes: State, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "SECONDS", 0.0)  # each run ends after its first step
    scene = resolve(codes)
    assert codes.iterative
    assert_computes_the_same(scene, here)


@pytest.mark.parametrize("name", ANOMALIES.names())
def test_it_is_python_for_every_anomaly(name: str, state: State) -> None:
    brain = dataclasses.replace(state, dataset="brain/flair", place=(0, 32))
    scene = resolve(dataclasses.replace(brain, anomaly=ANOMALIES[name](), anomaly_name=name))
    ast.parse(maps_script(scene))
    assert f"plugin_from(ANOMALIES, '{name}')" in maps_script(scene)


def test_what_does_not_fit_is_planted_by_neither(state: State) -> None:
    lesion = ANOMALIES["real-lesion"](cause="chronic-stroke", volume="3")  # type: ignore[call-arg]
    scene = resolve(dataclasses.replace(state, dataset="brain/flair", place=(0, 0), anomaly=lesion))
    assert scene.misfit and "plugin_from(ANOMALIES, 'none')" in maps_script(scene)


def test_no_text_leaves_its_quotes(state: State) -> None:
    scene = resolve(state)
    evil = 'x\'); import os; os.abort(); (\'"""\n'
    card = dataclasses.replace(scene.pretrained.card, sha256=evil)
    pretrained = dataclasses.replace(scene.pretrained, card=card)
    text = maps_script(dataclasses.replace(scene, pretrained=pretrained))
    literals = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    assert evil in literals and "import os" not in {line.strip() for line in text.splitlines()}


def test_it_refuses_other_weights(state: State, here: Path) -> None:
    text = maps_script(resolve(state)).replace(resolve(state).pretrained.card.sha256, "0" * 64)
    (here / "maps.py").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit, match="the weights are others"):
        runpy.run_path("maps.py")


def test_a_slice_of_an_own_scan_has_none(state: State) -> None:
    blank = torch.zeros(28, 28)
    guest = Guest(Slice(blank, blank > -1, "mine"), blank > 1, "fashion-mnist")
    with pytest.raises(ValueError, match="own scan is in no dataset.*Maps .NPZ.*localize"):
        maps_script(resolve(dataclasses.replace(state, guest=guest)))


@pytest.mark.slow
def test_it_computes_the_maps_of_the_page_that_nobody_touched(here: Path) -> None:
    assert_computes_the_same(resolve(defaults.default_state()), here)
