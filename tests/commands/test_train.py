"""The commands that make models and their cards."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import cast

import pytest
import torch
from safetensors import SafetensorError

from explorer.cards import load_pretrained, read_card
from explorer.cards.card import add_benchmark
from explorer.cards.weights import save_calibration
from explorer.contracts import Vae
from explorer.datasets import DATASETS, dataset_names, load_dataset
from explorer.locks import alone
from explorer.predictors import predictors_for
from explorer.training import finish
from tests.support.commands import refusal, run, with_tiny_model
from tests.support.model_files import edit
from tests.support.tiny import NAME, tiny_calibration, tiny_vae

RECIPE = """\
name = "tiny"
kind = "beta-vae"
dataset = "brain"
samples = 8
batch_size = 4
learning_rate = 1e-3
seed = 1

[images]
pool = 6

[model]
image_size = 128
widths = [2, 2, 2]
latents = 3
s = 0.5
beta_min = 0.01
beta_max = 10.0
"""
CODES_RECIPE = """\
name = "tiny"
kind = "vq-vae"
dataset = "brain"
samples = 8
batch_size = 4
learning_rate = 1e-3
seed = 1

[images]
pool = 6

[training.prior]
samples = 8
batch_size = 4
learning_rate = 1e-3

[model]
image_size = 128
widths = [2, 2, 2]
codes = 8
dimension = 2

[model.prior]
width = 4
layers = 1
heads = 1
"""

POOL = "brain-pool-b7dbfe26.npy"
MOON = f"unknown dataset 'moon'; known: {', '.join(DATASETS.names())}"


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_tiny_model(tmp_path, monkeypatch)


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe that takes a second, calibration included."""
    monkeypatch.setattr(finish, "CALIBRATION_SLICES", 2)
    monkeypatch.setattr(finish, "CALIBRATION_BETAS", 2)
    monkeypatch.setattr(finish, "ITERATIVE_SLICES", 1)
    slow = {"energy-projection", "map-restoration"}  # hundreds of passes
    monkeypatch.setattr(finish, "predictors_for", lambda model: sorted({*predictors_for(model)} - slow))
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def test_train_makes_a_model_that_loads(
    capsys: pytest.CaptureFixture[str], recipe: Path, tmp_path: Path
) -> None:
    assert run("train --device cpu --output made", str(recipe)) == 0
    loaded = load_pretrained("tiny", torch.device("cpu"), tmp_path / "made")
    assert loaded.model.beta_range == (0.01, 10.0)
    assert set(loaded.calibration) == {"brain/flair", "brain/t1", "brain/t2"}
    assert loaded.card.held_out["brain/t1"].betas == (0.01, 10.0)
    assert loaded.card.recipe["seed"] == 1
    x = load_dataset("brain/t1").slice("test", 0, 28).image[None, None]
    assert bool(cast(Vae, loaded.model)(x, torch.tensor([1.0])).x_hat.isfinite().all())
    capsys.readouterr()
    assert "pass --resume to go on from it" in refusal(
        capsys, "train --device cpu --output made", str(recipe)
    )


def test_a_finished_training_can_be_resumed_to_the_same_files(recipe: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert run("train --device cpu --output made", str(recipe)) == 0
    before = (made / "tiny.toml").read_bytes(), (made / "tiny.safetensors").read_bytes()
    assert run("train --device cpu --output made --resume", str(recipe)) == 0
    assert (made / "tiny.toml").read_bytes() == before[0]
    assert (made / "tiny.safetensors").read_bytes() == before[1]


def test_train_for_one_beta(recipe: Path, tmp_path: Path) -> None:
    assert run("train --device cpu --output made --beta 0.5", str(recipe)) == 0
    loaded = load_pretrained("tiny-0.5", torch.device("cpu"), tmp_path / "made")
    assert loaded.model.beta_range == (0.5, 0.5)
    assert loaded.card.held_out["brain/t2"].betas == (0.5,)


def test_train_goes_on_from_the_weights_of_another_kind(recipe: Path, tmp_path: Path) -> None:
    assert run("train --device cpu --output made", str(recipe)) == 0
    after = RECIPE.replace("tiny", "after").replace("beta-vae", "context-vae")
    recipe.write_text(f'start = "made/tiny.toml"\n{after}', encoding="utf-8")
    assert run("train --device cpu --output made", str(recipe)) == 0
    first, second = (read_card(tmp_path / "made" / f"{name}.toml") for name in ("tiny", "after"))
    assert (second.recipe["start"], second.recipe["start_sha256"]) == ("tiny", first.sha256)
    assert second.recipe["training"]["damage"]["blobs"] == 3
    assert "lesion" in second.trained_against and not first.trained_against
    one, other = (
        load_pretrained(card.name, torch.device("cpu"), tmp_path / "made") for card in (first, second)
    )
    weights = [cast(torch.nn.Module, made.model).state_dict()["to_latents.weight"] for made in (one, other)]
    assert 0 < float((weights[0] - weights[1]).abs().max()) < 0.02  # two steps away
    before = (tmp_path / "made" / "after.safetensors").read_bytes()
    assert run("train --device cpu --output made --resume", str(recipe)) == 0
    assert (tmp_path / "made" / "after.safetensors").read_bytes() == before


def test_a_start_for_another_beta_is_refused(
    capsys: pytest.CaptureFixture[str], recipe: Path, tmp_path: Path
) -> None:
    recipe.write_text(f'start = "{NAME}"\n{RECIPE}', encoding="utf-8")
    assert f"recipe tiny cannot start from {NAME}: " in refusal(capsys, "train --output made", str(recipe))
    assert not (tmp_path / "made").exists()


def test_train_makes_a_vq_vae_with_its_prior(recipe: Path, tmp_path: Path) -> None:
    recipe.write_text(CODES_RECIPE, encoding="utf-8")
    assert run("train --device cpu --output made", str(recipe)) == 0
    loaded = load_pretrained("tiny", torch.device("cpu"), tmp_path / "made")
    card = loaded.card
    figures = card.held_out["brain/flair"]
    assert figures.code_nll[0] == pytest.approx(figures.kl[0] / 256, rel=1e-3)
    assert 1 <= figures.perplexity[0] <= 8
    assert "latent-restoration" in loaded.calibration["brain/t2"].quantiles
    assert card.recipe["training"]["prior"] == {"samples": 8, "batch_size": 4, "learning_rate": 1e-3}
    before = (tmp_path / "made" / "tiny.safetensors").read_bytes()
    assert run("train --device cpu --output made --resume", str(recipe)) == 0
    assert (tmp_path / "made" / "tiny.safetensors").read_bytes() == before


def test_calibrate_rewrites_card_and_calibration_and_nothing_else(recipe: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert run("train --device cpu --output made", str(recipe)) == 0
    card, weights, healthy = (
        made / f"tiny{ending}" for ending in (".toml", ".safetensors", ".calibration.safetensors")
    )
    add_benchmark(card, "speed", {"seconds": 3})
    before = {path: path.read_bytes() for path in (card, weights, healthy)}

    def changed() -> set[Path]:
        return {path for path, content in before.items() if path.read_bytes() != content}

    bare = dataclasses.replace(read_card(card), held_out={})
    save_calibration(bare, {"brain/t1": tiny_calibration(tiny_vae())}, made)  # of another model
    assert changed() == {card, healthy}
    assert run("calibrate tiny --device cpu --folder made") == 0
    assert changed() == set()

    save_calibration(bare, {}, made)  # never calibrated
    assert not healthy.exists()
    assert run("calibrate tiny --device cpu --folder made") == 0
    assert changed() == set()

    healthy.write_bytes(b"damaged")
    assert run("calibrate tiny --device cpu --folder made") == 0
    assert changed() == set()


@pytest.mark.parametrize("dataset", ["knees", "brain/pd", ""])
def test_calibrate_leaves_a_model_of_an_unknown_dataset_as_it_is(
    capsys: pytest.CaptureFixture[str], shipped: Path, dataset: str
) -> None:
    edit(shipped / f"{NAME}.toml", dataset=dataset)
    before = {path: path.read_bytes() for path in shipped.iterdir()}
    message = refusal(capsys, f"calibrate {NAME} --device cpu --folder", str(shipped))
    assert f"no healthy images of dataset '{dataset}'; known: {dataset_names()[0]}" in message
    assert {path: path.read_bytes() for path in shipped.iterdir()} == before


def test_calibrate_takes_a_path_and_a_kind(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made"
    assert run("train --device cpu --output made", str(recipe)) == 0
    whole, card = {path: path.read_bytes() for path in made.iterdir()}, read_card(made / "tiny.toml")
    for model in ("made/tiny.toml", "made/tiny.safetensors", f"{card.kind} --folder made"):
        save_calibration(dataclasses.replace(card, held_out={}), {}, made)
        assert run(f"calibrate {model} --device cpu") == 0
        assert {path: path.read_bytes() for path in made.iterdir()} == whole
    capsys.readouterr()
    (made / "other.toml").write_bytes((made / "tiny.toml").read_bytes())
    edit(made / "other.toml", name="other")
    message = refusal(capsys, f"calibrate {card.kind} --device cpu --folder made")
    assert f"'{card.kind}' stands for several models; name one of other, tiny" in message


def test_calibrate_for_one_dataset_of_a_family(recipe: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert run("train --device cpu --output made", str(recipe)) == 0
    before = load_pretrained("tiny", torch.device("cpu"), made).calibration["brain/t1"]
    edit(made / "tiny.toml", dataset="brain/t1")
    assert run("calibrate tiny --device cpu --folder made") == 0
    loaded = load_pretrained("tiny", torch.device("cpu"), made)
    assert set(loaded.calibration) == set(loaded.card.held_out) == {"brain/t1"}
    found = loaded.calibration["brain/t1"].quantiles
    assert found.keys() == before.quantiles.keys()
    assert all(torch.equal(rows, before.quantiles[name]) for name, rows in found.items())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--beta 0", "beta must be a finite number above 0, got 0"),
        ("--beta nan", "beta must be a finite number above 0, got nan"),
        ("--beta inf", "beta must be a finite number above 0, got inf"),
        ("--threads 0", "threads must be at least 1, got 0"),
        ("--device tpu", "unknown device 'tpu'"),
        ("--output tiny.toml", "tiny.toml"),
    ],
)
def test_wrong_input_to_train(
    capsys: pytest.CaptureFixture[str], recipe: Path, more: str, message: str
) -> None:
    assert message in refusal(capsys, f"train {recipe} {more}")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("latents = 3", "latents = -3", "[model] latents must be in [0, 65536], got -3"),
        ("widths = [2, 2, 2]", "widths = []", "[model] widths must be a list of 1 to 16 numbers, got []"),
        ("latents = 3", "depth = 3", "[model] its keys are wrong (unknown: depth; missing: latents)"),
        (
            'dataset = "brain"',
            'dataset = "moon"',
            MOON,
        ),
        (
            RECIPE[RECIPE.index('"brain"') :],
            '"fashion-mnist"\nsamples = 8\nbatch_size = 4\nlearning_rate = 1e-3\nseed = 1\n[model]\n'
            "image_size = 28\nwidths = [2, 2]\nlatents = 3\ns = 0.5\nbeta_min = 0.01\nbeta_max = 10.0\n",
            "training images of Fashion-MNIST are not on",
        ),
        ("pool = 6", "pool = 6\nreal_share = 0.5", "pass --anatomies FOLDER"),
        ("seed = 1", "sede = 1", "unknown: sede; missing: seed"),
    ],
)
def test_wrong_recipes(
    capsys: pytest.CaptureFixture[str], recipe: Path, old: str, new: str, message: str
) -> None:
    recipe.write_text(RECIPE.replace(old, new), encoding="utf-8")
    assert message in refusal(capsys, f"train {recipe} --device cpu")


def test_a_missing_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no recipe at none.toml" in refusal(capsys, "train none.toml")


def test_a_second_training_in_the_folder_is_told_of_the_first(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "made").mkdir()
    for place in ("tiny.toml", "tiny.checkpoint.safetensors", POOL):
        with alone(tmp_path / "made" / place):
            told = refusal(capsys, "train --device cpu --output made", str(recipe))
            assert f"{place} is being written by another run (process {os.getpid()} on" in told
    assert list((tmp_path / "made").iterdir()) == []


def test_a_disk_without_room_for_a_checkpoint_is_named(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, path: Path, **__: object) -> None:
        path.write_bytes(b"torn")
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("explorer.training.checkpoint.save_file", full)
    assert run("train --device cpu --output made", str(recipe)) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("explorer: made/tiny.checkpoint.safetensors: cannot be written (Error while")
    assert "No space left on device" in last
    names = {path.name for path in (tmp_path / "made").iterdir()}
    assert names == {POOL, POOL.replace(".npy", ".positions.npy")}
