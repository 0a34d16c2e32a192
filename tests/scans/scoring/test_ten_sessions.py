"""Ten sessions at once, each with a scan of its own, one model for all: no error, no mixing, no hoarding."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.cards import load_own, save_pretrained
from explorer.commands.localize import localize
from explorer.evaluation.cohort import Scoring
from explorer.predictors import PREDICTORS
from explorer.scans.finding.record import record_of
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.folders import Entry
from explorer.scans.scoring.jobs import Job
from tests.benchmarks.volume import resident_mb
from tests.support.dicoms import series, zipped
from tests.support.phantoms import head, nifti_bytes, ras_affine
from tests.support.tiny import tiny_card, tiny_vae

SESSIONS = 10
KEPT_MB = 60.0
"""What ten sessions may leave behind; the images and maps of ten would be three times that."""

AFFINE = ras_affine()
BRAIN, PREDICTOR = "beta-vae-brain", "kl-gradient"
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """What all sessions share: a tiny model of the brain."""
    folder = tmp_path_factory.mktemp("model")
    network = tiny_vae(image_size=128, widths=[2, 2, 2])
    card = tiny_card()
    changed: dict[str, Any] = {
        "name": BRAIN,
        "dataset": "brain",
        "model": dict(card.model) | {"image_size": 128, "widths": [2, 2, 2]},
    }
    save_pretrained(network, replace(card, **changed), {}, folder)
    pretrained = load_own(folder / f"{BRAIN}.toml", CPU)
    predictors = {PREDICTOR: PREDICTORS[PREDICTOR]()}
    return Job(pretrained.card, Scoring(pretrained.model, None, predictors, 0.5, 0.5, CPU))


def content(number: int) -> tuple[str, bytes]:
    """A low part of the head with a dark spot that is nobody else's, as NIfTI or DICOM."""
    data = head(AFFINE)
    data[:, :, 14:] = 0
    data[10 + 2 * number : 14 + 2 * number, 20:30, 6:10] *= 0.3
    data[:, :, 0] = np.where(data[:, :, 0] > 0, 100 + number, 0)
    whole = data.astype(np.int16)
    if number % 2:
        return f"{number}.zip", zipped(series(whole, AFFINE))
    return f"{number}.nii", nifti_bytes(whole, AFFINE)


def run(job: Job, place: Path, number: int, start: threading.Barrier | None = None) -> bytes:
    """One session: a scan comes in, its map, record and page go out."""
    name, scan = content(number)
    place.mkdir(exist_ok=True)
    (place / name).write_bytes(scan)
    if start is not None:
        start.wait(60)
    found = localize(Entry(place / name), {PREDICTOR: place / f"{number}.map.nii"}, job, report=True)
    record = record_of(found[PREDICTOR])
    assert record["scan"]["name"] == name
    assert record["scan"]["sha256"] == ScanFile(name, scan).digest()
    return b"\0".join((place / f"{number}.map{ending}").read_bytes() for ending in (".nii", ".json", ".html"))


def at_once(job: Job, place: Path) -> list[bytes]:
    start = threading.Barrier(SESSIONS)
    with ThreadPoolExecutor(SESSIONS) as pool:
        return list(pool.map(lambda number: run(job, place, number, start), range(SESSIONS)))


def test_each_of_ten_sessions_gets_its_own(job: Job, tmp_path: Path) -> None:
    together = at_once(job, tmp_path / "together")
    assert len(set(together)) == SESSIONS
    for number in (0, 1, 8):
        assert run(job, tmp_path / "alone", number) == together[number]
    gc.collect()
    before = resident_mb()
    assert at_once(job, tmp_path / "again") == together
    gc.collect()
    assert resident_mb() - before < KEPT_MB
