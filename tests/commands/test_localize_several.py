"""`localize` with several predictors: a map each, from the same passes; what does not fit is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.evidence import observe
from explorer.scans.scoring import scoring
from tests.security.making import png
from tests.support.commands import refusal, run
from tests.support.heads import LOCALIZE, with_head


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_head(tmp_path, monkeypatch)


TWO = "--predictor intensity --predictor reconstruction-error --predictor reconstruction-error:tolerance=2"
SEVERAL = LOCALIZE.replace("--predictor kl-gradient", TWO)
KEYS = ("intensity", "reconstruction-error", "reconstruction-error-2")


def test_each_of_several_predictors_gives_a_map_a_record_and_a_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(SEVERAL, "--report", "--mask", "ball.nii") == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in printed] == [f"map-{key}.nii.gz" for key in KEYS]
    expected = {f"map-{key}{ending}" for key in KEYS for ending in (".nii.gz", ".json", ".html")}
    assert {path.name for path in Path().glob("map*")} == expected
    for key, text in zip(KEYS, TWO.split()[1::2], strict=True):
        record = json.loads(Path(f"map-{key}.json").read_text(encoding="utf-8"))
        assert record["predictor"]["name"] == text.partition(":")[0]
        alone = LOCALIZE.replace("kl-gradient", text).replace("map.nii.gz", "alone.nii.gz")
        assert run(alone, "--mask", "ball.nii", "--overwrite") == 0
        assert json.loads(Path("alone.json").read_text(encoding="utf-8")) == record
        assert Path("alone.nii.gz").read_bytes() == Path(f"map-{key}.nii.gz").read_bytes()
    tolerances = [
        json.loads(Path(f"map-{key}.json").read_text())["predictor"]["settings"]["tolerance"]
        for key in KEYS[1:]
    ]
    assert tolerances == [0, 2]
    assert "Reconstruction error (tolerance=2)" in Path("map-reconstruction-error-2.html").read_text()


def test_several_predictors_share_the_passes_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def counted(model: Any, x: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        seen.append(len(x))
        return observe(model, x, *arguments, **options)

    monkeypatch.setattr(scoring, "observe", counted)
    assert run(LOCALIZE) == 0
    once = list(seen)
    seen.clear()
    assert run(SEVERAL) == 0
    assert seen == once and sum(seen) == 60


def test_maps_of_a_folder_by_several_predictors() -> None:
    Path("scans").mkdir()
    Path("scans/a.nii").write_bytes(Path("head.nii").read_bytes())
    Path("scans/b.png").write_bytes(png())
    assert run(f"localize scans {TWO} --output maps --device cpu") == 0
    expected = {
        f"{stem}-{key}{ending}"
        for stem, endings in (("a", (".nii", ".json")), ("b", (".npy", ".json")))
        for key in KEYS
        for ending in endings
    }
    assert {path.name for path in Path("maps").iterdir()} == expected


def test_none_of_several_maps_overwrites_anything(capsys: pytest.CaptureFixture[str]) -> None:
    Path("map-reconstruction-error.json").write_text("precious")
    assert "map-reconstruction-error.json: is there already" in refusal(capsys, SEVERAL)
    assert sorted(path.name for path in Path().glob("map*")) == ["map-reconstruction-error.json"]


def test_a_report_that_fails_leaves_the_maps_as_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> str:
        raise OSError("no space left on device")

    monkeypatch.setattr("explorer.commands.localize.report_html", full)
    assert run(SEVERAL, "--report") == 0
    errors = capsys.readouterr().err.splitlines()
    assert errors[1:] == [
        f"explorer: the map is written, but not its report map-{key}.html: no space left on device"
        for key in KEYS
    ]
    assert len(list(Path().glob("map-*.nii.gz"))) == len(list(Path().glob("map-*.json"))) == 3


def test_scores_that_fit_no_healthy_ones_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    line = LOCALIZE.replace("kl-gradient", "elbo-gradient") + " --contrast flair --report"
    assert run(line, "--scoring-beta", "10") == 0
    told = "Scores are not compared with healthy ones: the healthy scores of elbo-gradient at training beta 1"
    assert f"explorer: {told} are those of scoring beta 1, not 10." in capsys.readouterr().err
    record = json.loads(Path("map.json").read_text())
    assert record["calibration"]["score_of_99_percent_of_healthy_pixels"] is None
    assert told in Path("map.html").read_text() and told in record["notes"][-1]
    assert run(line, "--overwrite") == 0
    assert "Scores are not compared" not in capsys.readouterr().err
    assert json.loads(Path("map.json").read_text())["calibration"]["fits"] is True


def test_what_an_ensemble_compares_with_is_gathered_where_the_file_lacks_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ensemble = "ensemble:rule=tail,members=intensity:sigma=2"
    assert run(LOCALIZE.replace("kl-gradient", ensemble) + " --contrast flair") == 0
    assert f"calibrate MODEL --predictor {ensemble})" in capsys.readouterr().err
    record = json.loads(Path("map.json").read_text())
    assert record["predictor"]["settings"]["members"] == "intensity:sigma=2"
    assert record["calibration"]["fits"] is False and record["highest_slice_score"] > 0.5


def test_the_seed_is_that_of_predictors_that_do_not_set_their_own() -> None:
    line = LOCALIZE.replace("kl-gradient", "kl-gradient:copies=2")
    maps = []
    for more in ("--seed 3", "--seed 4"):
        assert run(f"{line} --overwrite {more}") == 0
        maps.append(Path("map.nii.gz").read_bytes())
    assert run(line.replace("copies=2", "copies=2,seed=3"), "--overwrite", "--seed", "4") == 0
    assert json.loads(Path("map.json").read_text())["seed"] == 3
    assert maps[0] == Path("map.nii.gz").read_bytes() != maps[1]
