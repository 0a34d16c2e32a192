"""`python -m explorer calibrate MODEL --scans FOLDER`, and `localize --calibration` after it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from explorer.scans.calibrating.file import digest, healthy_at
from tests.support.commands import refusal, run
from tests.support.heads import AFFINE, LOCALIZE, NAME, with_head
from tests.support.phantoms import head, nifti_bytes

CALIBRATE = f"calibrate {NAME} --scans healthy --output own.safetensors --device cpu"
READ = LOCALIZE + " --calibration own.safetensors"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_head(tmp_path, monkeypatch)


@pytest.fixture(autouse=True)
def healthy(folder: Path) -> Path:
    """Three heads with noise of their own, and a file that is none."""
    Path("healthy").mkdir()
    for number in range(3):
        noise = np.random.default_rng(number).normal(1, 0.1, head(AFFINE).shape)
        Path("healthy", f"{number}.nii").write_bytes(nifti_bytes((head(AFFINE) * noise).astype("f4"), AFFINE))
    Path("healthy", "broken.nii").write_bytes(b"nothing")
    return Path("healthy")


def test_scans_are_calibrated_on_and_others_read_against_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(CALIBRATE, "--predictor", "kl-gradient", "--predictor", "intensity:sigma=1.5") == 0
    printed = capsys.readouterr()
    assert "own.safetensors: 3 of 4 scans" in printed.out
    assert "3 scans promise no share of false positives below 25 %, and 1 % takes 99 scans" in printed.out
    assert printed.err.startswith("explorer: left out: broken.nii is not a NIfTI file")
    own = healthy_at(Path("own.safetensors"))
    assert own.scans == ("0.nii", "1.nii", "2.nii") and own.betas == (1.0,)
    assert sorted(own.bounds) == ["intensity:sigma=1.5", "kl-gradient"]

    assert run(READ, "--false-positives", "0.25", "--report") == 0
    record = json.loads(Path("map.json").read_text(encoding="utf-8"))
    assert record["calibration"]["whose"] == "3 healthy scans of your own"
    assert record["calibration"]["own_healthy_scans"]["sha256"] == digest(own)
    assert record["threshold"]["score"] == own.threshold("kl-gradient", 1.0, 0.25)
    assert "at most 25 % of the pixels are expected" in record["threshold"]["meaning"]
    page = Path("map.html").read_text(encoding="utf-8")
    assert record["threshold"]["meaning"] in page and "3 healthy scans of your own" in page


def test_predictors_and_betas_that_are_not_named() -> None:
    assert run(CALIBRATE, "--beta", "3", "--beta", "0.1", "--contrast", "flair") == 0
    own = healthy_at(Path("own.safetensors"))
    assert own.betas == (0.1, 3.0) and own.contrast == "brain/flair"
    assert {"ensemble", "intensity", "kl-gradient"} <= own.bounds.keys()
    assert run(CALIBRATE, "--overwrite") == 0
    assert "ensemble" not in healthy_at(Path("own.safetensors")).bounds


def test_a_calibration_that_does_not_fit_is_told_and_the_models_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(CALIBRATE, "--predictor", "kl-gradient") == 0
    capsys.readouterr()
    assert run(READ, "--beta", "0.3", "--contrast", "flair") == 0
    told = capsys.readouterr().err
    assert (
        "explorer: The scores of 3 healthy scans of your own are not used: they are those of training beta"
        in (told)
    )
    assert "The healthy data brain/flair takes their place." in told
    record = json.loads(Path("map.json").read_text(encoding="utf-8"))
    assert record["calibration"]["whose"] == "brain/flair"
    assert any("are not used" in note for note in record["notes"])


def test_a_scan_unlike_the_healthy_ones_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(LOCALIZE, "--contrast", "flair") == 0
    *_, told = json.loads(Path("map.json").read_text(encoding="utf-8"))["warnings"]
    assert told.startswith("Percentiles") and "of healthy ones" in told
    assert f"explorer: head.nii, kl-gradient: {told}" in capsys.readouterr().err


def test_masks_of_brains_are_taken_and_a_scan_without_one_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("masks").mkdir()
    mask = (head(AFFINE) > 0).astype(np.uint8)
    for number in range(2):
        Path("masks", f"{number}.nii").write_bytes(nifti_bytes(mask, AFFINE))
    assert run(CALIBRATE, "--predictor", "intensity", "--brain", "masks") == 0
    assert healthy_at(Path("own.safetensors")).brains == ("mask", "mask")
    assert "left out: 2.nii came without a brain mask" in capsys.readouterr().err


def test_what_is_labelled_as_anomalous_is_not_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    Path("healthy_label", "sample").mkdir(parents=True)
    for number, label in enumerate("010"):
        Path("healthy_label", "sample", f"{number}.nii.txt").write_text(label)
    assert run(CALIBRATE, "--predictor", "intensity") == 0
    assert healthy_at(Path("own.safetensors")).scans == ("0.nii", "2.nii")
    assert "left out: 1.nii is labelled as anomalous" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            CALIBRATE.replace("--output own.safetensors", ""),
            "--scans needs --output FILE.safetensors, got none",
        ),
        (
            CALIBRATE.replace("own.safetensors", "own.npz"),
            "--scans needs --output FILE.safetensors, got own.npz",
        ),
        (
            CALIBRATE.replace("own.s", "nowhere/own.s"),
            "cannot be written; name a file in a folder that exists",
        ),
        (CALIBRATE.replace("own.s", "taken.s"), "is there already; name another place, or pass --overwrite"),
        (CALIBRATE.replace("--scans healthy", "--scans head.nii"), "--scans head.nii: is no folder"),
        (CALIBRATE.replace("--scans healthy", "--scans empty"), "empty holds no scans"),
        (CALIBRATE + " --folder pretrained", "--folder does not go with --scans"),
        (CALIBRATE + " --predictor ensemble", "ensemble needs healthy scores; pass --contrast"),
        (CALIBRATE + " --beta 99", "beta must be in [0.01, 10], got 99"),
        (f"calibrate {NAME} --output own.safetensors", "--output goes with --scans FOLDER"),
        (f"calibrate {NAME} --beta 1", "--beta goes with --scans FOLDER"),
        (f"{LOCALIZE} --calibration none.safetensors", "none.safetensors is not there, or is no plain file"),
        (f"{LOCALIZE} --calibration head.nii", "head.nii is not a safetensors file"),
        (f"{LOCALIZE} --calibration pretrained/{NAME}.safetensors", "its header does not say model, sha256"),
        (f"{LOCALIZE} --false-positives 1", "false positives must be a share of pixels between 0 and 1"),
    ],
)
def test_wrong_input(capsys: pytest.CaptureFixture[str], line: str, message: str) -> None:
    Path("taken.safetensors").write_text("precious")
    Path("healthy", "broken.nii").unlink()
    assert message in refusal(capsys, line)
    assert Path("taken.safetensors").read_text() == "precious"
    assert not Path("own.safetensors").exists() and not Path("map.json").exists()


def test_a_folder_without_a_usable_scan_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    for path in Path("healthy").iterdir():
        path.write_bytes(b"nothing")
    assert run(CALIBRATE, "--predictor", "intensity") == 2
    assert "no healthy scan is left to calibrate on: 0.nii is not a NIfTI file" in capsys.readouterr().err
    assert not Path("own.safetensors").exists()
