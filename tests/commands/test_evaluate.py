"""`evaluate`: what it prints and writes, settings of plug-ins, and one line for wrong input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.anomalies import ANOMALIES
from explorer.cards import card_of, load_pretrained, read_card
from explorer.cards.catalogue import FOLDER
from explorer.cards.weights import save_calibration
from explorer.datasets import dataset_names
from explorer.predictors import PREDICTORS, predictors_for
from tests.support.commands import refusal, run, with_tiny_model
from tests.support.model_files import edit
from tests.support.tiny import NAME, save_tiny
from tests.support.tiny_codes import save_tiny_codes

EVALUATE = "evaluate --dataset fashion-mnist --anomaly lesion --predictor intensity --slices 4 --device cpu"

BRAIN = FOLDER / "beta-vae-brain.toml"
FIRST = dataset_names()[0]
KLGRAD = f"unknown predictor 'klgrad'; known: {PREDICTORS.names()[0]}"


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_tiny_model(tmp_path, monkeypatch)


def test_evaluate_prints_a_table_and_writes_settings_and_figures(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    assert run(EVALUATE, "--predictor", "ensemble", "--beta", "0.5", "--json", str(file)) == 0
    printed = capsys.readouterr()
    assert [line.split()[0] for line in printed.out.splitlines()] == [
        "predictor",
        "intensity",
        "ensemble",
        "4",
    ]
    report = json.loads(file.read_text(encoding="utf-8"))
    settings = report["settings"]
    assert (settings["beta"], settings["scoring_beta"], settings["device"]) == (0.5, 0.5, "cpu")
    assert settings["strength"] == ANOMALIES["lesion"]().strength
    assert settings["sha256"] == load_pretrained(NAME, torch.device("cpu")).card.sha256
    assert set(report["predictors"]) == {"intensity", "ensemble"}
    row = report["predictors"]["ensemble"]
    assert all(0 <= row[key] <= 1 for key in ("auroc", "average_precision", "best_dice", "image_auroc"))
    assert set(report["image_auroc"]) == {"rec", "kl", "elbo"}


def test_anomalies_that_the_training_removed_are_told(
    capsys: pytest.CaptureFixture[str], shipped: Path
) -> None:
    edit(shipped / f"{NAME}.toml", trained_against={"lesion": "blobs of another brightness"})
    assert run(EVALUATE) == 0
    assert "'lesion' as it is planted flatters it: judge it on real" in capsys.readouterr().out
    assert run(EVALUATE.replace("lesion", "foreign")) == 0
    assert "flatters" not in capsys.readouterr().out


def test_images_like_those_of_another_dataset_are_scored_by_its_model_and_healthy_scores(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = f"evaluate --dataset real/flair --anomaly as-scanned --model {BRAIN} --slices 2 --device cpu"
    report = report_of(f"{line} --predictor ensemble:members=intensity", tmp_path)
    assert "healthy scores are those of brain/flair" in capsys.readouterr().err
    assert report["settings"]["healthy_scores"] == "brain/flair"
    assert report["images"] == 4 and 0 < report["prevalence"] < 0.2
    own = report_of(EVALUATE, tmp_path)["settings"]
    assert own["healthy_scores"] == own["dataset"] and "healthy scores" not in capsys.readouterr().err


def report_of(line: str, tmp_path: Path, *more: str) -> dict[str, Any]:
    """The report of an evaluation without its times."""
    file = tmp_path / "report.json"
    assert run(line, *more, "--json", str(file)) == 0
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for row in report["predictors"].values():
        assert row.pop("seconds") >= 0
    return report


def test_an_evaluation_can_be_repeated(tmp_path: Path) -> None:
    first, second = (report_of(EVALUATE, tmp_path, "--predictor", "kl-gradient") for _ in range(2))
    other = report_of(EVALUATE, tmp_path, "--predictor", "kl-gradient", "--seed", "5")
    assert first == second
    assert first["predictors"] != other["predictors"]


def test_strength_size_and_scoring_beta_reach_the_scores(tmp_path: Path) -> None:
    line = EVALUATE.replace("intensity", "elbo-gradient")
    plain = report_of(line, tmp_path)
    for more in (("--strength", "0.9"), ("--size", "0.3"), ("--scoring-beta", "9")):
        assert report_of(line, tmp_path, *more)["predictors"] != plain["predictors"]


@pytest.mark.parametrize("more", ["--anomaly none", "--anomaly lesion --strength 0"])
def test_figures_that_are_not_defined_are_null(tmp_path: Path, more: str) -> None:
    report = report_of(EVALUATE.replace("--anomaly lesion", more), tmp_path)
    assert not report["prevalence"]
    assert report["predictors"]["intensity"]["auroc"] is None


def test_two_models_of_a_kind_are_evaluated_by_their_names(shipped: Path, tmp_path: Path) -> None:
    save_tiny(shipped, "attempt-2", seed=1)
    reports = {}
    for name in ("beta-vae", NAME, "attempt-2"):
        file = tmp_path / f"{name}.json"
        assert run(EVALUATE, "--predictor", "ensemble", "--model", name, "--json", str(file)) == 0
        reports[name] = json.loads(file.read_text(encoding="utf-8"))
    hashes = {name: report["settings"]["sha256"] for name, report in reports.items()}
    assert hashes["beta-vae"] == hashes[NAME] == card_of(NAME).sha256
    assert hashes["attempt-2"] == card_of("attempt-2").sha256 != hashes[NAME]
    figures = {name: report["predictors"]["ensemble"] for name, report in reports.items()}
    assert figures["beta-vae"]["auroc"] == figures[NAME]["auroc"] != figures["attempt-2"]["auroc"]


def test_a_broken_card_beside_good_ones_is_told_when_it_is_asked_for(
    capsys: pytest.CaptureFixture[str], shipped: Path
) -> None:
    (shipped / "a-broken.toml").write_text("kind = ", encoding="utf-8")
    assert run(EVALUATE) == 0
    capsys.readouterr()
    assert "card a-broken.toml cannot be read" in refusal(capsys, EVALUATE, "--model", "a-broken")


def test_a_dataset_without_calibration_is_scored_where_none_is_needed(
    capsys: pytest.CaptureFixture[str], shipped: Path
) -> None:
    known = load_pretrained(NAME, torch.device("cpu")).calibration["fashion-mnist"]
    save_calibration(read_card(shipped / f"{NAME}.toml"), {"other": known}, shipped)
    assert run(EVALUATE) == 0
    capsys.readouterr()
    assert "ensemble needs a calibrated model" in refusal(capsys, EVALUATE, "--predictor", "ensemble")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "--dataset fashion-mnist",
            "--dataset mnist",
            f"unknown dataset 'mnist'; known: {dataset_names()[0]}",
        ),
        ("--dataset fashion-mnist", "--dataset brain/pd", "unknown dataset 'brain/pd'; known: "),
        (
            "--dataset fashion-mnist",
            "--dataset brain/t1",
            "as beta-vae-brain would be, for brain/t1; known: none",
        ),
        ("--anomaly lesion", "--anomaly tumor", f"unknown anomaly 'tumor'; known: {ANOMALIES.names()[0]}"),
        (
            "--predictor intensity",
            "--predictor klgrad",
            f"unknown predictor 'klgrad'; known: {PREDICTORS.names()[0]}",
        ),
        ("--slices 4", "--slices 4 --model gan", f"unknown model 'gan' for fashion-mnist; known: {NAME}"),
        ("--slices 4", "--slices 0", "slices of a cohort must be in [1, 900] for split 'test', got 0"),
        (
            "--slices 4",
            "--slices 1000000000",
            "slices of a cohort must be in [1, 900] for split 'test', got 1000000000",
        ),
        ("--slices 4", "--slices four", "invalid int value: 'four'"),
        ("--slices 4", "--beta 11", "beta must be in [0.01, 10], got 11"),
        ("--slices 4", "--beta -1", "beta must be in [0.01, 10], got -1"),
        ("--slices 4", "--beta nan", "beta must be in [0.01, 10], got nan"),
        ("--slices 4", "--scoring-beta -0.5", "scoring_beta must be in [0, inf], got -0.5"),
        ("--slices 4", "--scoring-beta inf", "scoring_beta must be in"),
        ("--slices 4", "--strength nan", "strength must be in [0, 1], got nan"),
        ("--slices 4", "--strength 1.5", "strength must be in [0, 1], got 1.5"),
        ("--slices 4", "--size -0.1", "size must be in"),
        ("--device cpu", "--device tpu", "unknown device 'tpu'; known: auto, cpu, cuda, mps"),
        ("--device cpu", "--json nowhere/figures.json", "its folder does not exist; create it first"),
        ("--device cpu", "--json .", "cannot be written; name a file"),
        ("--dataset fashion-mnist", "", "the following arguments are required: --dataset"),
        ("--device cpu", "--tpu", "unrecognized arguments: --tpu; see: python -m explorer --help"),
    ],
)
def test_wrong_input_to_evaluate(
    capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    assert message in refusal(capsys, EVALUATE.replace(old, new))


def test_wrong_input_is_answered_before_the_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.commands.evaluate.run_cohort", lambda *_: pytest.fail("worked in vain"))
    refusal(capsys, EVALUATE, "--json", "nowhere/figures.json")


def test_damaged_weights_are_answered_in_a_line(capsys: pytest.CaptureFixture[str], shipped: Path) -> None:
    (shipped / f"{NAME}.safetensors").write_bytes(b"")
    assert "is not the file its card describes" in refusal(capsys, EVALUATE)


def test_a_predictor_that_does_not_fit_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    message = refusal(capsys, EVALUATE.replace("intensity", "code-surprise"))
    assert "predictor 'code-surprise' needs indices, code_nll, which this model does not have" in message
    assert "predictors for it: combination" in message


def test_evaluate_scores_codes_with_every_predictor_that_fits(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    network = save_tiny_codes(shipped)
    line = f"{EVALUATE.replace('--predictor intensity', '')} --model vq-vae"
    names = predictors_for(network)
    assert run(line, *(word for name in names for word in ("--predictor", name)), "--json", str(file)) == 0
    report = json.loads(file.read_text(encoding="utf-8"))
    assert set(report["predictors"]) == set(names) > {"code-surprise", "latent-restoration"}
    assert set(report["image_auroc"]) == {"rec", "kl", "elbo", "code-surprise"}
    capsys.readouterr()
    assert "predictor 'ensemble' needs grad_kl" in refusal(capsys, f"{line} --predictor ensemble")


def test_evaluate_names_the_remedy_for_a_card_older_than_a_predictor(
    capsys: pytest.CaptureFixture[str], shipped: Path
) -> None:
    card = read_card(shipped / f"{NAME}.toml")
    known = load_pretrained(NAME, torch.device("cpu")).calibration["fashion-mnist"]
    older = replace(known, quantiles={name: r for name, r in known.quantiles.items() if name != "rec"})
    save_calibration(card, {"fashion-mnist": older}, shipped)
    message = refusal(capsys, EVALUATE, "--predictor", "energy-projection")
    assert "no calibration for predictor 'rec'" in message and "python -m explorer calibrate" in message


def test_settings_of_plugins_reach_the_scores(tmp_path: Path) -> None:
    line = EVALUATE.replace("--predictor intensity", "")
    one = "--predictor reconstruction-error:tolerance=2,smooth=true"
    report = report_of(f"{line} {one} --predictor reconstruction-error --predictor {one[12:]}", tmp_path)
    assert set(report["predictors"]) == {"reconstruction-error", "reconstruction-error-2"}
    first, second = (report["predictors"][key] for key in sorted(report["predictors"]))
    assert first != second
    told = report["settings"]["predictors"]["reconstruction-error"]
    assert told["name"] == "reconstruction-error"
    assert told["settings"] == {"form": "absolute", "sign": "both", "tolerance": 2, "sigma": 3.0}
    assert report_of(f"{line} --predictor reconstruction-error", tmp_path)["predictors"] == {
        "reconstruction-error": second
    }


def test_an_anomaly_takes_all_its_settings(tmp_path: Path) -> None:
    darker = EVALUATE.replace("lesion", "lesion:sign=darker,strength=0.9,x=0.5,y=0.4")
    report = report_of(darker, tmp_path)
    told = report["settings"]
    assert (told["anomaly"], told["strength"]) == ("lesion", 0.9)
    assert told["anomaly_settings"]["sign"] == "darker" and told["anomaly_settings"]["y"] == 0.4
    assert report["predictors"] != report_of(EVALUATE, tmp_path)["predictors"]
    short = report_of(f"{EVALUATE} --strength 0.9 --size 0.2", tmp_path)
    long = report_of(EVALUATE.replace("lesion", "lesion:strength=0.9,size=0.2"), tmp_path)
    assert short["predictors"] == long["predictors"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lesion", "lesion:sgin=darker", "lesion: unknown setting 'sgin'; known: strength, size"),
        ("lesion", "lesion:strength=2", "lesion: strength must be in [0, 1], got 2.0"),
        ("lesion", "lesion:x=0.5", "x and y must be given together"),
        ("lesion", "lesion:strength=0.3 --strength 0.4", "strength is given twice"),
        ("lesion", "lesion:", ""),
        (
            "intensity",
            "intensity:mode=dim",
            "intensity: mode must be one of bright, dark, deviation; got 'dim'",
        ),
        ("intensity", "intensity:bright", "intensity: settings must be written name=value"),
    ],
)
def test_wrong_settings_are_answered_with_name_rule_and_value(
    capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    line = EVALUATE.replace(old, new)
    if message:
        assert message in refusal(capsys, line)
    else:
        assert run(line) == 0


def test_a_model_by_name_kind_and_path(shipped: Path, tmp_path: Path) -> None:
    by_kind = report_of(f"{EVALUATE} --predictor kl-gradient --model beta-vae", tmp_path)
    for model in (NAME, f"pretrained/{NAME}.toml", f"pretrained/{NAME}.safetensors"):
        found = report_of(f"{EVALUATE} --predictor kl-gradient --model {model}", tmp_path)
        assert found["predictors"] == by_kind["predictors"]


def test_figures_are_written_before_they_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.commands.evaluate.say", lambda _: pytest.fail("no terminal"))
    file = tmp_path / "figures.json"
    with pytest.raises(pytest.fail.Exception):
        run(EVALUATE, "--json", str(file))
    assert "auroc" in json.loads(file.read_text())["predictors"]["intensity"]
