"""`localize` of folders, healthy cases and photographs: what was taken and what was not is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.security.making import npy, png
from tests.support.commands import refusal, run
from tests.support.dicoms import series
from tests.support.heads import AFFINE, BALL, LOCALIZE, with_head
from tests.support.phantoms import head, nifti_bytes

FOLDER = "localize scans --predictor intensity --output maps --device cpu"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_head(tmp_path, monkeypatch)


def put(path: str, content: bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)


def record(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found


def test_a_stray_picture_beside_a_series_is_named_and_the_series_scored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number, content in enumerate(series(head(AFFINE).astype(np.int16), AFFINE)):
        put(f"series/IM{number}", content)
    put("series/preview.png", png())
    assert run(LOCALIZE.replace("head.nii", "series", 1)) == 0
    told = "Left out: preview.png (no files of the series)."
    assert f"explorer: series: {told}" in capsys.readouterr().err.splitlines()
    found = record("map.json")
    assert found["scan"]["shape"] == list(BALL.shape) and told in found["warnings"]


def test_masks_that_match_no_scan_are_refused_before_anything_is_scored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put("scans/a.nii", Path("head.nii").read_bytes())
    put("masks/b.nii", Path("ball.nii").read_bytes())
    for option in ("--mask", "--brain", "--brain-mask"):
        message = refusal(capsys, f"{FOLDER} {option} masks")
        assert "masks holds no mask of a.nii, but b.nii; give each mask the name of its scan" in message
        assert not Path("maps").exists()
    line = LOCALIZE.replace("head.nii", "scans/a.nii", 1)
    assert "masks holds no mask of a.nii" in refusal(capsys, f"{line} --mask masks")
    put("masks/a.nii.gz", Path("ball.nii").read_bytes())
    assert run(f"{line} --mask masks --brain-mask masks") == 0
    assert record("map.json")["lesions"]["of"] == 1 and record("map.json")["preparation"]["brain"] == "mask"


def test_what_is_left_out_of_a_folder_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("scans/a.nii", "scans/._a.nii", "scans/notes.txt", "elsewhere.nii", "scans/sub/b.nii"):
        put(name, Path("head.nii").read_bytes())
    Path("scans/c.nii").symlink_to(Path("elsewhere.nii").absolute())
    assert run(FOLDER) == 0
    assert sorted(path.name for path in Path("maps").iterdir()) == ["a.json", "a.nii"]
    told = "\n".join(line for line in capsys.readouterr().err.splitlines() if "left out" in line)
    for name in (
        "._a.nii (hidden)",
        "notes.txt (not .nii",
        "c.nii (out of the folder by a link",
        "sub (a fol",
    ):
        assert f"scans: left out {name}" in told
    assert "elsewhere" not in told


def test_a_healthy_case_of_mood_is_scored(capsys: pytest.CaptureFixture[str]) -> None:
    for name, values, sample in (("sick", BALL, "1"), ("well", BALL * 0, "0"), ("odd", BALL * 0, "1")):
        put(f"scans/{name}.nii", Path("head.nii").read_bytes())
        put(f"scans_label/pixel/{name}.nii", nifti_bytes(values, AFFINE))
        put(f"scans_label/sample/{name}.nii.txt", sample.encode())
    assert run(f"{FOLDER} --report") == 0
    printed = capsys.readouterr()
    assert "; figures undefined, as the mask marks nothing, so that nothing is anomalous" in printed.out
    well, sick, odd = (record(f"maps/{name}.json") for name in ("well", "sick", "odd"))
    assert set(well["figures"].values()) == {None} and well["labelled_anomalous"] is False
    assert well["figures_undefined"] == "the mask marks nothing, so that nothing is anomalous"
    assert sick["figures"]["auroc"] > 0.9 and sick["figures_undefined"] is None
    contradiction = "The scan is labelled anomalous, but its mask marks nothing."
    assert contradiction in odd["warnings"] and contradiction not in well["warnings"] + sick["warnings"]
    assert "undefined: the mask marks nothing" in Path("maps/well.html").read_text(encoding="utf-8")


def test_brain_masks_have_checks_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    for value, told in ((0, "brain.nii marks no brain: it is all zeros"), (1, "a brain mask without back")):
        put("brain.nii", nifti_bytes(np.full(BALL.shape, value, np.uint8), AFFINE))
        assert told in refusal(capsys, f"{LOCALIZE} --brain-mask brain.nii")
    put("a.npy", npy(np.random.default_rng(0).random((128, 128))))
    line = LOCALIZE.replace("head.nii", "a.npy", 1).replace("map.nii.gz", "map.npy")
    assert "a.npy is a picture, of which all is scored" in refusal(capsys, f"{line} --brain-mask brain.nii")


def test_a_photograph_is_scored_with_a_warning_that_its_scores_mean_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    steel = 120 + 20 * np.sin(np.arange(200) / 7)[None] + np.random.default_rng(0).random((200, 200))
    put("steel.npy", npy(steel))
    line = LOCALIZE.replace("head.nii", "steel.npy", 1).replace("map.nii.gz", "map.npy")
    assert run(f"{line} --report") == 0
    told = "The picture is no slice of what the model knows: it is not dark at its edges"
    printed = capsys.readouterr().err
    assert f"explorer: steel.npy: {told}" in printed and "Its scores mean nothing." in printed
    assert any(one.startswith(told) for one in record("map.json")["warnings"])
    assert told in Path("map.html").read_text(encoding="utf-8")


def test_a_small_mask_that_vanishes_at_28_pixels_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    mask = np.zeros((100, 100), np.uint8)
    mask[50, 52] = 1
    put("shirt.npy", npy(np.random.default_rng(0).random((100, 100))))
    put("mask.npy", npy(mask))
    line = "localize shirt.npy --predictor intensity --model beta-vae-fashion-mnist --output map.npy"
    assert run(f"{line} --mask mask.npy") == 0
    told = "The mask vanishes on the model's grid: no pixel has its centre there"
    assert told in capsys.readouterr().err
    found = record("map.json")
    assert found["parts_of_mask_vanished"] == found["lesions"]["of"] == 1
    assert any(one.startswith(told) for one in found["warnings"])
