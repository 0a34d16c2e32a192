"""Real heads and extracted brains, where they are: their volume, and no doubt where there is none."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from explorer.scans.placing.brain import Brain
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.doubts import WHOLE_ML
from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from explorer.scans.reading.scan import Scan
from tests.benchmarks.brains import TURNED, turned
from tests.support.real_data import DATA

HEADS = {"adi_T1", "adi_T2", "arc_T2", "fernando_FLAIR", "niivue_T2", "synthsr_FLAIR"}
BRAINS = {"stroke_FLAIR", "stroke_T1", "stroke_T2"}

pytestmark = pytest.mark.skipif(
    not all((DATA / "real_scans" / f"{name}.nii.gz").is_file() for name in HEADS | BRAINS),
    reason=f"{DATA} holds no real heads",
)


def scan_of(name: str) -> Scan:
    return load_scan(ScanFile.at(Path(DATA, "real_scans", f"{name}.nii.gz")))


@cache
def found_in(name: str) -> Brain:
    return find_brain(scan_of(name))


@pytest.mark.parametrize("name", sorted(HEADS | BRAINS))
def test_a_brain_has_a_brains_volume_and_is_not_doubted(name: str) -> None:
    found = found_in(name)
    assert found.way == ("deepbet" if name in HEADS else "nonzero")
    assert WHOLE_ML[0] <= found.ml <= WHOLE_ML[1]
    assert found.warnings == ()
    assert bool(found.notes) is (name == "niivue_T2")  # which ends within the cerebellum


@pytest.mark.parametrize("name", sorted(BRAINS))
@pytest.mark.parametrize("turn", TURNED)
def test_a_brain_upside_down_or_back_to_front_is_noticed(name: str, turn: str) -> None:
    (said,) = find_brain(turned(scan_of(name), turn)).warnings
    assert f"it fits better {turn}" in said


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(HEADS))
def test_a_head_upside_down_is_noticed(name: str) -> None:
    said = find_brain(turned(scan_of(name), "upside down")).warnings
    assert any("as the file says it lies" in one for one in said)


def test_the_network_sees_neither_skull_nor_saturated_fluid() -> None:
    scan, brain = scan_of("adi_T2"), found_in("adi_T2")
    prepared = prepare_volume(scan, brain)
    assert not prepared.images[~prepared.foregrounds].any()
    inside = prepared.images[prepared.foregrounds]
    assert float(inside.median()) == pytest.approx(0.45, abs=0.02)
    assert float((inside > 0.999).float().mean()) < 0.005
    assert float(np.mean(scan.data[brain.mask] * prepared.gain > 1)) > 0.02  # which a clip would saturate
