"""The pool of deformed slices and the batches rendered from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.datasets.brain import pool as brain_pool
from explorer.datasets.brain.anatomy import deform_slice, draw_deformation, template_anatomy
from explorer.datasets.brain.contrast import draw_acquisitions, draw_thickness
from explorer.datasets.brain.pool import BrainBatches, build_pool
from explorer.datasets.brain.rendering import render
from explorer.datasets.brain.variation import COHORT, CONTRASTS, TRAINING
from explorer.randomness import stream


def ignore(done: int, total: int) -> None:
    """A progress display that shows nothing."""


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pool") / "pool.npy"
    build_pool(path, 12, 0.0, None, ignore)
    return path


def test_the_pool_holds_the_subjects_of_the_training_split(pool: Path) -> None:
    slices = np.load(pool)
    assert (slices.shape, slices.dtype) == ((12, 3, 128, 128), np.uint8)
    seed = 1_000_000 + 7 // 6
    index = int(torch.randint(60, (), generator=stream(seed, "pool slice", 7)))
    thickness = float(draw_thickness(1, stream(seed, "pool thickness", 7), TRAINING))
    expected = deform_slice(template_anatomy(), draw_deformation(seed, TRAINING), index, thickness)
    assert np.abs(slices[7] / 255 - expected.numpy()).max() <= 0.5 / 255 + 1e-6
    assert BrainBatches.open(pool).positions[7] == index


def test_a_pool_that_is_there_is_left_alone(pool: Path) -> None:
    before = pool.stat().st_mtime_ns
    build_pool(pool, 99, 0.0, None, ignore)
    assert pool.stat().st_mtime_ns == before
    assert sorted(path.name for path in pool.parent.iterdir()) == ["pool.npy", "pool.positions.npy"]


def test_a_pool_that_was_interrupted_is_not_taken_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> torch.Tensor:
        raise KeyboardInterrupt

    path = tmp_path / "pool.npy"
    with monkeypatch.context() as patch:
        patch.setattr(brain_pool, "deform_slice", stop)
        with pytest.raises(KeyboardInterrupt):
            build_pool(path, 2, 0.0, None, ignore)
    assert not path.exists()
    build_pool(path, 2, 0.0, None, ignore)
    assert np.load(path).any()


def test_real_anatomies_need_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pass --anatomies FOLDER"):
        build_pool(tmp_path / "pool.npy", 2, 0.5, None, ignore)
    with pytest.raises(ValueError, match=r"holds no label_maps/\*_dseg.nii.gz .*; name another folder"):
        build_pool(tmp_path / "pool.npy", 2, 0.5, tmp_path, ignore)
    assert not (tmp_path / "pool.npy").exists()


def test_batches_follow_their_generator(pool: Path) -> None:
    source = BrainBatches.open(pool)
    first, second = (source.batch(9, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first.images, second.images)
    generator = torch.Generator().manual_seed(3)
    source.batch(9, generator)
    assert not torch.equal(source.batch(9, generator).images, first.images)


def test_batches_are_images_of_brains(pool: Path) -> None:
    x = BrainBatches.open(pool).batch(16, torch.Generator().manual_seed(0)).images
    assert (x.shape, x.dtype) == ((16, 1, 128, 128), torch.float32)
    assert 0 <= float(x.min()) <= float(x.max()) < 1
    inside = (x > 0.05).float().mean((1, 2, 3))
    assert 0.05 < float(inside.min()) <= float(inside.max()) < 0.5
    assert float(x[:, :, 0].max()) == 0


def test_batches_say_contrast_and_position_of_each_image(pool: Path) -> None:
    slices = np.zeros((2, 3, 128, 128), np.uint8)
    slices[1, 1, 40:80, 10:50] = 255  # the first of the two is empty
    source = BrainBatches(slices, np.array([30, 41], np.uint8), ("t1",))
    drawn = source.batch(20, stream(0, "conditions"))
    filled = (drawn.images > 0).flatten(1).any(1)
    assert drawn.conditions.contrast.tolist() == [CONTRASTS.index("t1")] * 20
    assert drawn.conditions.position.tolist() == [int(source.positions[int(one)]) for one in filled]
    contrasts = BrainBatches.open(pool).batch(60, stream(0, "all")).conditions.contrast
    assert set(contrasts.tolist()) == set(range(len(CONTRASTS)))


def test_half_of_the_images_are_mirrored(pool: Path) -> None:
    slices = np.zeros((1, 3, 128, 128), np.uint8)
    slices[:, 1, 40:80, 10:50] = 255  # white matter on one side only
    source = BrainBatches(slices, np.array([30], np.uint8))
    x = source.batch(200, stream(0, "sides")).images
    sides = x[..., :64].sum((1, 2, 3)) > x[..., 64:].sum((1, 2, 3))
    assert 0.35 < float(sides.float().mean()) < 0.65
    as_stored, mirrored = (x[which] > 0 for which in (sides, ~sides))
    assert torch.equal(as_stored.any(0), mirrored.any(0).flip(-1))


def test_training_draws_from_broader_ranges_than_the_cohort() -> None:
    for name in ("gain", "edge", "rim", "texture", "noise", "blur", "widening", "sulci", "cut_mm"):
        (low, high), (least, most) = getattr(COHORT, name), getattr(TRAINING, name)
        assert least <= low < high < most, name
    for name in CONTRASTS:
        for part in (COHORT.grey, COHORT.fluid):
            wide = TRAINING.grey if part is COHORT.grey else TRAINING.fluid
            assert wide[name][0] < part[name][0] < part[name][1] < wide[name][1]
    assert TRAINING.cut > COHORT.cut and TRAINING.bias > COHORT.bias


def test_a_batch_is_rendered_as_the_cohort_is() -> None:
    """One slice, put into a pool, has the intensities of the same tissue in the cohort's own rendering."""
    tissues = torch.zeros(3, 128, 128)
    tissues[1, 30:90, 30:90] = 1.0
    stored = (255 * tissues).byte().numpy()[None]
    source = BrainBatches(stored, np.array([30], np.uint8), ("t1",))
    batch = source.batch(300, stream(1)).images[:, 0, 45:75, 45:75]
    scans = draw_acquisitions(["t1"] * 300, lambda purpose: stream(2, purpose), COHORT)
    images, _ = render(tissues.expand(300, -1, -1, -1), scans, torch.full((300,), 30), stream(3))
    cohort = images[:, 45:75, 45:75]
    assert float(batch.median()) == pytest.approx(float(cohort.median()), rel=0.02)
    assert float(batch.mean((1, 2)).std()) > float(cohort.mean((1, 2)).std())
