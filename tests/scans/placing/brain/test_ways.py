"""Each way finds the brain of a head that it is for, and `auto` chooses the right one."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import cache

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import ndimage

from explorer.scans.placing.brain import BRAINS, Brain, Head, deepbet, listed
from explorer.scans.placing.brain.base import Way
from explorer.scans.placing.brain.deepbet import extract
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.intensity import windowed
from explorer.scans.reading.scan import Scan
from tests.support.phantoms import ORIENTATIONS, head, ras_affine, stored, template_head

HEAD, AFFINE, BRAIN = template_head()
BODY = ndimage.binary_dilation(BRAIN, iterations=7)
CT = np.select(
    [BRAIN, ndimage.binary_dilation(BRAIN, iterations=4), BODY], [35.0, 1000.0, 60.0], -1000.0
) + np.random.default_rng(0).normal(0, 3, BRAIN.shape)


def scan_of(data: NDArray[np.generic], affine: NDArray[np.float64] = AFFINE) -> Scan:
    return Scan(data.astype(np.float32), affine, "a.nii", "0" * 64)


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


@cache
def by_network() -> Brain:
    return find_brain(scan_of(HEAD), "deepbet")


class Recorded(Way):
    """Stands in for the network: the brain of the template's head."""

    title = "deepbet"
    asked = 0

    def find(self, head: Head) -> Brain:
        Recorded.asked += 1
        return Brain(BRAIN & (head.data != 0), "deepbet", head.ml(BRAIN), "By the network.")


@pytest.fixture
def without_network(monkeypatch: pytest.MonkeyPatch) -> type[Recorded]:
    assert BRAINS["deepbet"]
    monkeypatch.setitem(BRAINS._plugins, "deepbet", Recorded)
    monkeypatch.setattr(Recorded, "asked", 0)
    return Recorded


def test_the_network_finds_a_brain_in_its_skull() -> None:
    found = by_network()
    assert dice(found.mask, BRAIN) > 0.95 and found.way == "deepbet"
    assert found.ml == pytest.approx(np.count_nonzero(found.mask) * 1.9**3 / 1000, rel=1e-9)
    assert found.warnings == () and found.notes == ()


def test_the_network_sees_a_head_upright_however_it_is_stored() -> None:
    data, affine = stored(HEAD, AFFINE, ORIENTATIONS[29])
    found = find_brain(scan_of(data, affine), "deepbet")
    expected, _ = stored(by_network().mask, AFFINE, ORIENTATIONS[29])
    assert np.array_equal(found.mask, expected)


def test_the_network_waits_for_its_turn() -> None:
    turn = threading.Lock()
    turn.acquire()
    worker = threading.Thread(target=find_brain, args=(scan_of(HEAD), "deepbet"), kwargs={"turn": turn})
    worker.start()
    worker.join(0.5)
    waited = worker.is_alive()
    turn.release()
    worker.join(120)
    assert waited and not worker.is_alive() and not turn.locked()


@pytest.mark.parametrize("shape", [(2, 2, 2), (64, 64, 3), (40, 40, 40)])
def test_where_there_is_nothing_to_see_the_network_marks_nothing(shape: tuple[int, int, int]) -> None:
    assert not extract(np.full(shape, 7, np.float32), torch.device("cpu"), field_ml=1e4).any()


def test_what_is_far_too_large_for_a_brain_is_not_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    nets = deepbet._networks(torch.device("cpu"))
    monkeypatch.setattr(nets, "model", None)  # asked, it would fail
    with pytest.raises(ValueError, match="a.nii shows no brain .deepbet finds 1.,... ml"):
        find_brain(scan_of(HEAD, AFFINE @ np.diag([2.0, 2, 2, 1])), "deepbet")


def test_neither_the_network_nor_a_window_system_is_loaded_before_it_is_used() -> None:
    code = (
        "import sys; from explorer.scans.placing.brain import BRAINS; BRAINS.names(); "
        "assert 'deepbet' not in sys.modules; import deepbet; "
        "assert not [name for name in sys.modules if 'tkinter' in name]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_not_zero_is_the_brain_with_its_holes() -> None:
    data = np.where(BRAIN, HEAD, 0)
    data[45:48, 55:58, 45:48] = 0
    found = find_brain(scan_of(data), "nonzero")
    assert np.array_equal(found.mask, ndimage.binary_fill_holes(data != 0))
    with pytest.raises(ValueError, match="what is not zero finds .* ml; expected 40 to 2,200"):
        find_brain(scan_of(HEAD), "nonzero")


@pytest.mark.parametrize("window", ["", "brain"])
def test_a_threshold_finds_it_roughly_in_mr_and_ct(window: str) -> None:
    found = find_brain(scan_of(CT if window else HEAD), "threshold", window=window)
    assert dice(found.mask, BRAIN) > 0.9 and "roughly" in found.note


@pytest.mark.parametrize("way", sorted(set(listed()) - {"mask", "nonzero"}))
def test_a_volume_without_a_brain_is_refused_with_the_remedy(way: str) -> None:
    with pytest.raises(ValueError, match="a.nii shows no brain .*; pass a brain mask, choose another way"):
        find_brain(scan_of(np.full((20, 20, 20), 5.0), np.diag([2.0, 2, 2, 1])), way)


def test_a_mask_is_taken_as_it_is_and_must_be_there() -> None:
    found = find_brain(scan_of(HEAD), "mask", given=BRAIN)
    assert found.mask is BRAIN and found.way == "mask"
    with pytest.raises(ValueError, match="a.nii came without a brain mask; bring one, or choose another way"):
        find_brain(scan_of(HEAD), "mask")
    with pytest.raises(ValueError, match="unknown way to find the brain 'magic'; known: auto, deepbet, mask"):
        find_brain(scan_of(HEAD), "magic")


SLAB = np.s_[:, :, 28:64]


@pytest.mark.parametrize(
    ("data", "affine", "way", "asked"),
    [
        (HEAD, AFFINE, "deepbet", 1),
        (np.where(BODY, HEAD, 0), AFFINE, "deepbet", 1),  # a head whose background was zeroed
        (np.where(BRAIN, HEAD, 0), AFFINE, "nonzero", 0),  # a brain already extracted
        (head(ras_affine()), ras_affine(), "nonzero", 0),
    ],
    ids=["head", "head on zeros", "brain on zeros", "phantom on zeros"],
)
def test_auto_tells_an_extracted_brain_from_a_head_on_zeros(
    data: NDArray[np.float32],
    affine: NDArray[np.float64],
    way: str,
    asked: int,
    without_network: type[Recorded],
) -> None:
    assert find_brain(scan_of(data, affine)).way == way
    assert without_network.asked == asked


@pytest.mark.parametrize(("inside", "way"), [(BODY, "deepbet"), (BRAIN, "nonzero")])
def test_a_slab_is_judged_by_how_much_of_it_the_network_marks(
    inside: NDArray[np.bool_], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slab(Recorded):
        def find(self, head: Head) -> Brain:
            return Brain(BRAIN[SLAB], "deepbet", head.ml(BRAIN[SLAB]), "By the network.")

    assert BRAINS["deepbet"]
    monkeypatch.setitem(BRAINS._plugins, "deepbet", Slab)
    found = find_brain(scan_of(np.where(inside, HEAD, 0)[SLAB]))
    assert found.way == way
    assert "edge of the scan (bottom, top)" in found.notes[0]


def test_auto_takes_a_mask_before_all_else_and_of_a_ct_the_threshold(without_network: type[Recorded]) -> None:
    assert find_brain(scan_of(HEAD), given=BRAIN).way == "mask"
    assert find_brain(scan_of(CT), window="brain").way == "threshold"
    assert without_network.asked == 0


def test_a_ct_brought_as_mr_is_found_as_a_ct_and_told(without_network: type[Recorded]) -> None:
    found = find_brain(scan_of(CT))
    assert found.way == "threshold" and dice(found.mask, BRAIN) > 0.9
    assert "look like Hounsfield units" in found.warnings[0] and "choose a CT window" in found.warnings[0]
    assert not any("Hounsfield" in told for told in find_brain(scan_of(HEAD)).warnings)
    assert windowed(CT.astype(np.float32), "brain").max() == 1
