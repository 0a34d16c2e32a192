"""A head to localize, its mask, and a tiny model of the brain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.cards import Card, HeldOut, catalogue, save_pretrained
from tests.support.phantoms import head, nifti_bytes, ras_affine
from tests.support.tiny import SETTINGS, save_tiny, tiny_calibration, tiny_vae

NAME = "beta-vae-brain"
AFFINE = ras_affine()
BALL = (head(AFFINE) > 150).astype(np.uint8)
CHANGED: dict[str, Any] = {"image_size": 128, "widths": [2, 2, 2]}
LOCALIZE = "localize head.nii --predictor kl-gradient --output map.nii.gz --device cpu"


def with_head(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Work in `folder`, with a head, its mask, and a tiny model of the brain among the shipped ones."""
    network = tiny_vae(**CHANGED)
    made = tiny_calibration(network)
    quieter = {name: 0.2 * rows for name, rows in made.quantiles.items()}  # the head exceeds some of it
    figures = HeldOut((1.0,), (1.0,), (1.0,), (0.1,))
    card = Card(
        name=NAME,
        kind="beta-vae",
        dataset="brain",
        data="random weights",
        model=SETTINGS | CHANGED,
        recipe={},
        sha256="",
        held_out={"brain/flair": figures},
    )
    healthy = {"brain/flair": replace(made, quantiles=quieter)}
    save_pretrained(network, card, healthy, folder / "pretrained")
    save_tiny(folder / "pretrained")
    patch.setattr(catalogue, "FOLDER", folder / "pretrained")
    patch.chdir(folder)
    Path("head.nii").write_bytes(nifti_bytes(head(AFFINE), AFFINE))
    Path("ball.nii").write_bytes(nifti_bytes(BALL, AFFINE))
    Path("empty").mkdir()
    return folder
