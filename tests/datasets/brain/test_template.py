"""The file of the template is what nilearn's maps give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.brain import anatomy
from explorer.datasets.brain.anatomy import TEMPLATE, sharpened, template_anatomy
from explorer.datasets.brain.template import make_anatomy, template_from_nilearn


def test_the_file_holds_the_maps_of_nilearn() -> None:
    with np.load(TEMPLATE, allow_pickle=False) as file:
        made = template_from_nilearn()
        assert sorted(file) == sorted(made)
        for name, values in made.items():
            assert file[name].dtype == values.dtype and np.array_equal(file[name], values), name


def test_the_template_is_the_anatomy_of_its_maps() -> None:
    template = template_anatomy()
    made = make_anatomy(template.tissues.numpy(), template.origin.numpy(), 1.0, template.name)
    assert float((made.widening - template.widening).abs().max()) < 2**-11
    total = template.tissues.sum(0)
    brain = total > 0.5
    assert float((total - brain.float()).abs().max()) < 1e-6
    assert 1.7e6 < int(brain.sum()) < 2.0e6  # mm^3
    for axis in range(
        3
    ):  # nothing of the brain is cut off on the sides and on top; below, slices begin later
        ends = brain.movedim(axis, 0)
        assert not bool(ends[-1].any()) and (axis == 2 or not bool(ends[0].any()))


def test_sharpening_keeps_sums_and_orders() -> None:
    grey, white = np.array([[[200, 60, 0, 90]]], np.uint8), np.array([[[55, 60, 0, 100]]], np.uint8)
    brain = np.array([[[True, True, True, False]]])
    found = sharpened(grey, white, brain)[:, 0, 0]
    fluid = 135 / 255
    expected = np.array([60 / 255, 60 / 255, fluid]) ** 2
    assert found[:, 1] == pytest.approx(expected / expected.sum(), rel=1e-5)
    assert found[0, 0] > 200 / 255 and found[:, 0].sum() == pytest.approx(1)
    assert found[:, 2].tolist() == [0, 0, 1] and found[:, 3].tolist() == [0, 0, 0]


def test_a_damaged_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "icbm152.npz"
    monkeypatch.setattr(anatomy, "TEMPLATE", broken)
    for content in (None, b"", b"not an archive", TEMPLATE.read_bytes()[:200_000]):
        if content is not None:
            broken.write_bytes(content)
        with pytest.raises(ValueError, match="brain template icbm152.npz is missing or damaged"):
            template_anatomy.__wrapped__()
