"""`python -m explorer localize`: a map and its record, a folder of them, and one line for wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
import torch

from explorer import NOTICE
from explorer.cards import load_pretrained
from tests.security.making import npy, png
from tests.support.commands import refusal, run
from tests.support.dicoms import series, zipped
from tests.support.heads import AFFINE, BALL, LOCALIZE, NAME, with_head
from tests.support.phantoms import head, nifti_bytes
from tests.support.tiny_codes import save_tiny_codes

PHANTOM = "The brain is of nearly one intensity, as no living one is: is it a phantom?"
HEAD = head(AFFINE)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_head(tmp_path, monkeypatch)


def test_a_map_and_its_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(LOCALIZE, "--mask", "ball.nii", "--contrast", "flair", "--beta", "0.3", "--seed", "7") == 0
    image = nibabel.nifti1.load("map.nii.gz")  # type: ignore[no-untyped-call]
    values = image.get_fdata()
    assert values.shape == BALL.shape
    assert np.array_equal(image.affine, nibabel.nifti1.load("head.nii").affine)  # type: ignore[no-untyped-call]
    assert not np.isnan(values[20:26, 25:33, 18:24]).any()
    record = json.loads(Path("map.json").read_text(encoding="utf-8"))
    assert record["notice"] == NOTICE
    assert (record["beta"], record["scoring_beta"], record["seed"]) == (0.3, 0.3, 7)
    assert record["model"]["sha256"] == load_pretrained(NAME, torch.device("cpu")).card.sha256
    assert record["predictor"]["name"] == "kl-gradient"
    assert record["calibration"]["healthy_data"] == "brain/flair"
    assert record["calibration"]["score_of_99_percent_of_healthy_pixels"] > 0
    assert record["preparation"]["brain"] == "nonzero"
    assert record["preparation"]["brain_ml"] == pytest.approx(1497, abs=1)
    assert record["preparation"]["compressed_above"] == 0.7
    assert record["share_of_mask_not_scored"] == 0
    assert np.isnan(values[np.asarray(HEAD) == 0]).mean() > 0.95 and not np.isnan(values[BALL > 0]).any()
    assert 0 <= record["figures"]["auroc"] <= 1
    assert record["highest_slice_score"] == max(record["slice_scores"])
    printed = capsys.readouterr()
    assert "map.nii.gz: 60 of 60 slices, brain of 1,497 ml (nonzero), auroc" in printed.out
    first, second = printed.err.splitlines()
    assert first == f"explorer: head.nii: {PHANTOM}"
    assert second.startswith("explorer: head.nii, kl-gradient: Percentiles and threshold do not hold")
    assert record["warnings"][0] == PHANTOM


def test_the_brain_is_found_as_asked_or_given() -> None:
    Path("brain.nii").write_bytes(nifti_bytes((HEAD > 0).astype(np.uint8), AFFINE))
    maps = {}
    for option, way in (
        ("--brain nonzero", "nonzero"),
        ("--brain threshold", "threshold"),
        ("--brain brain.nii", "mask"),
        ("--brain-mask brain.nii", "mask"),
    ):
        assert run(f"{LOCALIZE} --overwrite {option}") == 0
        record = json.loads(Path("map.json").read_text(encoding="utf-8"))
        assert record["preparation"]["brain"] == way
        maps[option] = Path("map.nii.gz").read_bytes()
    assert len(set(maps.values())) == 2  # that of the threshold is another


def test_what_of_a_mask_lies_outside_the_brain_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    mask = BALL.copy()
    lost = round(0.12 / 0.88 * int(BALL.sum()))
    mask.ravel()[np.flatnonzero(HEAD.ravel() == 0)[:lost]] = 1
    Path("ball.nii").write_bytes(nifti_bytes(mask, AFFINE))
    assert run(f"{LOCALIZE} --mask ball.nii --report") == 0
    record, page = json.loads(Path("map.json").read_text()), Path("map.html").read_text()
    assert record["share_of_mask_not_scored"] == pytest.approx(0.12, abs=0.005)
    assert "12 % of the mask was not scored" in record["warnings"][-1]
    assert "; 12 % of the mask was not scored" in capsys.readouterr().out
    assert "12 % of the mask was not scored, as it lies outside the brain" in page
    assert "<td>Mask not scored</td><td>12 %</td>" in page
    assert "another scan" not in page


def test_bright_balls_are_found_by_intensity() -> None:
    assert run(LOCALIZE.replace("kl-gradient", "intensity"), "--mask", "ball.nii") == 0
    assert json.loads(Path("map.json").read_text())["figures"]["average_precision"] > 0.85


@pytest.mark.parametrize(
    ("predictor", "contrast"), [("intensity", ()), ("reconstruction-error", ("--contrast", "flair"))]
)
def test_a_report_holds_all_that_it_shows(predictor: str, contrast: tuple[str, ...]) -> None:
    line = LOCALIZE.replace("kl-gradient", predictor).replace("head.nii", "a&b.nii")
    Path("head.nii").rename("a&b.nii")
    assert run(line, "--report", "--mask", "ball.nii", *contrast) == 0
    page = Path("map.html").read_text(encoding="utf-8")
    assert NOTICE in page and "a&amp;b.nii" in page and "a&b" not in page
    assert 1 <= page.count("data:image/png;base64,") <= 6
    assert "http" not in page and "<script" not in page
    assert ("<td>Mask not scored</td><td>0 %</td>" in page) and (page.count(" %</td>") > 1) is bool(contrast)


def test_a_localization_can_be_repeated() -> None:
    assert run(LOCALIZE) == 0
    first = Path("map.nii.gz").read_bytes(), Path("map.json").read_bytes()
    assert run(LOCALIZE, "--overwrite") == 0
    assert (Path("map.nii.gz").read_bytes(), Path("map.json").read_bytes()) == first


@pytest.mark.parametrize("there", ["map.nii.gz", "map.json", "map.html"])
def test_files_that_are_there_stay(capsys: pytest.CaptureFixture[str], there: str) -> None:
    Path(there).write_text("precious")
    line = f"{LOCALIZE} --report"
    assert f"{there}: is there already; name another place, or pass --overwrite" in refusal(capsys, line)
    assert Path(there).read_text() == "precious"
    assert sorted(path.name for path in Path().glob("map*")) == [there]
    assert run(f"{line} --overwrite") == 0
    assert Path(there).read_bytes() != b"precious"


def test_no_scan_or_mask_is_ever_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("map.nii.gz").write_bytes(Path("ball.nii").read_bytes())
    for option in ("--mask", "--brain-mask"):
        message = refusal(capsys, f"{LOCALIZE} --overwrite {option} map.nii.gz")
        assert "would overwrite a scan or a mask" in message
    assert Path("map.nii.gz").read_bytes() == Path("ball.nii").read_bytes()


def test_a_series_as_a_folder_and_as_a_zip() -> None:
    files = series(head(AFFINE).astype(np.int16), AFFINE)
    Path("series").mkdir()
    for number, content in enumerate(files):
        Path("series", str(number)).write_bytes(content)
    Path("scans").mkdir()
    Path("scans", "a.zip").write_bytes(zipped(files))
    assert run(LOCALIZE.replace("head.nii", "series")) == 0
    assert run("localize scans --predictor kl-gradient --output maps --device cpu") == 0
    one, other = (nibabel.nifti1.load(path) for path in ("map.nii.gz", "maps/a.nii.gz"))  # type: ignore[no-untyped-call]
    assert np.array_equal(one.get_fdata(), other.get_fdata(), equal_nan=True)
    assert np.abs(one.affine - AFFINE).max() < 1e-3
    assert not any(word in Path("map.json").read_text() for word in ("Doe", "1970"))


def test_one_record_for_two_scans_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("scans").mkdir()
    for name in ("a.nii", "a.nii.gz"):
        Path("scans", name).write_bytes(Path("head.nii").read_bytes())
    line = "localize scans --predictor intensity --output maps --device cpu"
    assert "holds scans whose maps would have one name; rename them" in refusal(capsys, line)


def test_an_own_model_by_its_path(folder: Path) -> None:
    (folder / "pretrained").rename(folder / "own")
    assert run(LOCALIZE, "--model", f"own/{NAME}.toml") == 0
    assert json.loads(Path("map.json").read_text())["model"]["name"] == NAME


def test_a_folder_of_scans_goes_on_after_a_bad_one(capsys: pytest.CaptureFixture[str]) -> None:
    for path, content in {
        "scans/a.nii.gz": b"nothing",
        "scans/b.nii": Path("head.nii").read_bytes(),
        "scans/c.png": png(),
        "masks/b.nii": Path("ball.nii").read_bytes(),
    }.items():
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_bytes(content)
    line = "localize scans --mask masks --predictor intensity --output maps --device cpu"
    assert run(line) == 2
    printed = capsys.readouterr()
    doubts = (PHANTOM, "The picture is no slice of what", "The network does not know such")
    assert [line for line in printed.err.splitlines() if not any(doubt in line for doubt in doubts)] == [
        "explorer: masks: 1 of 3 scans have a mask there, not so a.nii.gz and c.png",
        "explorer: a.nii.gz is not a NIfTI file; convert it to NIfTI (.nii or .nii.gz) first",
        "explorer: 1 of 3 scans failed, as said above; the other maps are written",
    ]
    assert sorted(path.name for path in Path("maps").iterdir()) == ["b.json", "b.nii", "c.json", "c.npy"]
    assert "figures" in json.loads(Path("maps/b.json").read_text())
    assert np.load("maps/c.npy").shape == (40, 30)


def test_a_picture_by_a_model_of_its_own(folder: Path) -> None:
    Path("shirt.npy").write_bytes(npy(np.random.default_rng(0).random((28, 28))))
    line = "localize shirt.npy --predictor kl-gradient --model beta-vae-fashion-mnist --output map.npy"
    assert run(line) == 0
    assert np.isfinite(np.load("map.npy")).all()


def test_the_labels_of_mood_reach_the_record() -> None:
    for path in ("toy", "toy_label/sample"):
        Path(path).mkdir(parents=True)
    Path("head.nii").rename("toy/a.nii")
    Path("toy_label/sample/a.nii.txt").write_text("1")
    assert run("localize toy --predictor intensity --output maps --device cpu") == 0
    assert json.loads(Path("maps/a.json").read_text())["labelled_anomalous"] is True


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("head.nii", "none.nii", "none.nii is not there, or is no plain file; check the path"),
        ("head.nii", "empty", "empty holds no scans; put files in it that end in .nii"),
        ("map.nii.gz", "map.tif", "a map must end in .nii, .nii.gz, .npy"),
        ("map.nii.gz", "nowhere/map.nii", "cannot be written; name a file in a folder that exists"),
        ("map.nii.gz", "head.nii", "would overwrite a scan or a mask; name another place"),
        ("kl-gradient", "klgrad", "unknown predictor 'klgrad'; known: code-surprise"),
        ("kl-gradient", "ensemble", "ensemble needs healthy scores; pass --contrast, one of brain/flair"),
        ("--device cpu", "--contrast t9", "unknown contrast 't9'; calibrated: brain/flair"),
        (
            "--device cpu",
            "--model beta-vae-fashion-mnist",
            "model 'beta-vae-fashion-mnist' is not for brains",
        ),
        ("--device cpu", "--model gan", "unknown model 'gan' for brain; known: beta-vae-brain"),
        ("--device cpu", "--model none.toml", "none.toml is missing: a model is a card"),
        ("--device cpu", "--mask map.nii", "map.nii is not there"),
        ("--device cpu", "--volume 3", "head.nii holds one volume, not number 3"),
        ("--device cpu", "--window heart", "unknown CT window 'heart'; known: brain"),
        ("--device cpu", "--beta 99", "beta must be in [0.01, 10], got 99"),
        ("--device cpu", "--seed -1", "seed must be in"),
        ("--device cpu", "--brain-mask head.png", "head.png is not there"),
        (
            "--device cpu",
            "--brain best",
            "--brain best: no such file, and no way to find the brain; known: ",
        ),
        ("--device cpu", "--brain mask", "--brain mask: no such file, and no way to find the brain"),
        (
            "--device cpu",
            "--brain auto --brain-mask ball.nii",
            "the brain is given twice, by --brain auto",
        ),
    ],
)
def test_wrong_input(capsys: pytest.CaptureFixture[str], old: str, new: str, message: str) -> None:
    assert message in refusal(capsys, LOCALIZE.replace(old, new, 1))
    assert not Path("map.nii.gz").exists()


def test_a_picture_by_its_codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_tiny_codes(folder / "pretrained")
    Path("shirt.npy").write_bytes(npy(np.random.default_rng(0).random((28, 28))))
    line = "localize shirt.npy --model vq-vae-fashion-mnist --output map.npy --contrast fashion-mnist"
    line = f"{line} --overwrite"
    for name in ("code-surprise", "latent-restoration"):
        assert run(line, "--predictor", name) == 0
        assert np.isfinite(np.load("map.npy")).all()
    capsys.readouterr()
    assert "predictor 'kl-gradient' needs grad_kl, which this model does not have; predictors for it: " in (
        refusal(capsys, f"{line} --predictor kl-gradient")
    )
    assert "beta must be in [1, 1], got 0.5" in refusal(
        capsys, f"{line} --predictor code-surprise --beta 0.5"
    )
