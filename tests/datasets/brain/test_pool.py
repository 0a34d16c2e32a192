"""The pool of deformed slices and the batches rendered from it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.datasets.brain import pool as brain_pool
from explorer.datasets.brain.anatomy import deform_slice, draw_deformation, template_anatomy
from explorer.datasets.brain.pool import BrainBatches, build_pool
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
    expected = deform_slice(template_anatomy(), draw_deformation(stream(seed, "anatomy")), index)
    assert np.abs(slices[7] / 255 - expected.numpy()).max() <= 0.5 / 255 + 1e-6


def test_a_pool_that_is_there_is_left_alone(pool: Path) -> None:
    before = pool.stat().st_mtime_ns
    build_pool(pool, 99, 0.0, None, ignore)
    assert pool.stat().st_mtime_ns == before
    assert [path.name for path in pool.parent.iterdir()] == ["pool.npy"]


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
    assert torch.equal(first, second)
    generator = torch.Generator().manual_seed(3)
    source.batch(9, generator)
    assert not torch.equal(source.batch(9, generator), first)


def test_batches_are_images_of_brains(pool: Path) -> None:
    x = BrainBatches.open(pool).batch(16, torch.Generator().manual_seed(0))
    assert (x.shape, x.dtype) == ((16, 1, 128, 128), torch.float32)
    assert 0 <= float(x.min()) <= float(x.max()) <= 1
    inside = (x > 0.05).float().mean((1, 2, 3))
    assert 0.05 < float(inside.min()) <= float(inside.max()) < 0.5
    assert float(x[:, :, 0].max()) == 0


def test_half_of_the_images_are_mirrored(pool: Path) -> None:
    slices = np.zeros((1, 3, 128, 128), np.uint8)
    slices[:, 1, 40:80, 10:50] = 255  # white matter on one side only
    x = dataclasses.replace(BrainBatches.open(pool), pool=slices).batch(200, stream(0, "sides"))
    sides = x[..., :64].sum((1, 2, 3)) > x[..., 64:].sum((1, 2, 3))
    assert 0.35 < float(sides.float().mean()) < 0.65
    as_stored, mirrored = (x[which] > 0 for which in (sides, ~sides))
    assert torch.equal(as_stored.any(0), mirrored.any(0).flip(-1))


def test_the_texture_has_unit_variance_and_no_seam(pool: Path) -> None:
    texture = BrainBatches.open(pool).texture
    assert float(texture.std()) == pytest.approx(1)
    inner = float((texture[1:] - texture[:-1]).abs().mean())
    assert float((texture[0] - texture[-1]).abs().mean()) == pytest.approx(inner, rel=0.2)
