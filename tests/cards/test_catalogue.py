"""Models by their names: several of one kind side by side, and broken cards that hide nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.cards import (
    card_of,
    catalogue,
    load_own,
    load_pretrained,
    model_called,
    model_names,
    models_for,
)
from explorer.cards.card import write_card
from explorer.evidence import observe
from tests.support.model_files import CPU, LOADERS, beside, edit, uploaded
from tests.support.tiny import NAME, SETTINGS, save_tiny, tiny_card
from tests.support.tiny_codes import NAME as CODES
from tests.support.tiny_codes import save_tiny_codes

BROKEN = ("no TOML", "a folder", "a dangling link", "no text")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Cards without weights: two kinds of clothes, two of one kind of brains, one of a single contrast."""
    for name, kind, dataset in (
        ("beta-vae-fashion-mnist", "beta-vae", "fashion-mnist"),
        ("vq-vae-fashion-mnist", "vq-vae", "fashion-mnist"),
        ("beta-vae-brain", "beta-vae", "brain"),
        ("attempt-2", "beta-vae", "brain"),
        ("of-flair", "vq-vae", "brain/flair"),
    ):
        write_card(replace(tiny_card(), name=name, kind=kind, dataset=dataset), tmp_path)
    return tmp_path


def break_card(card: Path, how: str) -> None:
    card.unlink(missing_ok=True)
    if how == "a folder":
        card.mkdir()
    elif how == "a dangling link":
        card.symlink_to(card.with_name("nowhere"))
    else:
        card.write_bytes(b"kind = " if how == "no TOML" else b"\xff")


def test_names_come_from_cards(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "notes.txt").write_text("no card", encoding="utf-8")
    expected = (
        "attempt-2",
        "beta-vae-brain",
        "beta-vae-fashion-mnist",
        "of-flair",
        "vq-vae-fashion-mnist",
    )
    assert model_names(folder) == expected
    monkeypatch.setattr(catalogue, "FOLDER", folder)
    assert model_names() == expected
    assert model_names(folder / "nowhere") == ()


def test_models_for_a_dataset_are_of_its_family_or_of_it_alone(folder: Path) -> None:
    assert models_for("fashion-mnist", folder) == ("beta-vae-fashion-mnist", "vq-vae-fashion-mnist")
    assert models_for("brain/flair", folder) == ("attempt-2", "beta-vae-brain", "of-flair")
    assert models_for("brain/t1", folder) == ("attempt-2", "beta-vae-brain")
    assert models_for("abdomen", folder) == models_for("", folder) == ()


def test_a_kind_means_the_usual_model_of_the_dataset(folder: Path) -> None:
    assert model_called("beta-vae", "brain/flair", folder) == "beta-vae-brain"
    assert model_called("beta-vae", "fashion-mnist", folder) == "beta-vae-fashion-mnist"


def test_a_kind_means_the_first_where_none_has_the_usual_name(folder: Path) -> None:
    write_card(replace(tiny_card(), name="another", dataset="brain"), folder)
    (folder / "beta-vae-brain.toml").unlink()
    assert model_called("beta-vae", "brain/t2", folder) == "another"
    assert model_called("vq-vae", "brain/flair", folder) == "of-flair"


def test_a_usual_name_counts_only_with_its_kind_and_dataset(folder: Path) -> None:
    write_card(replace(tiny_card(), name="beta-vae-brain", kind="vq-vae", dataset="brain"), folder)
    assert model_called("beta-vae", "brain/flair", folder) == "attempt-2"


def test_names_win_over_kinds(folder: Path) -> None:
    write_card(replace(tiny_card(), name="beta-vae", kind="vq-vae", dataset="brain"), folder)
    assert model_called("beta-vae", "brain/flair", folder) == "beta-vae"
    assert model_called("beta-vae", "fashion-mnist", folder) == "beta-vae"
    assert model_called("vq-vae", "brain/t1", folder) == "beta-vae"


@pytest.mark.parametrize("name", ["gan", "", "BETA-VAE"])
def test_what_names_no_model_is_answered_with_those_that_fit(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"unknown model '{name}' for brain/t1; known: attempt-2, beta-vae-"):
        model_called(name, "brain/t1", folder)
    with pytest.raises(ValueError, match=f"unknown model '{name}' for abdomen; known: none"):
        model_called(name, "abdomen", folder)


def test_a_kind_without_model_is_answered_with_the_one_that_is_missing(folder: Path) -> None:
    (folder / "vq-vae-fashion-mnist.toml").unlink()
    message = (
        "no model of kind vq-vae, as vq-vae-fashion-mnist would be, for fashion-mnist; "
        "known: beta-vae-fashion-mnist; restore its files"
    )
    with pytest.raises(ValueError, match=message):
        model_called("vq-vae", "fashion-mnist", folder)


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_card_hides_nothing_but_itself(tmp_path: Path, how: str) -> None:
    save_tiny(tmp_path)
    break_card(tmp_path / "a-broken.toml", how)
    assert model_names(tmp_path) == ("a-broken", NAME)
    assert models_for("fashion-mnist", tmp_path) == (NAME,)
    assert models_for("", tmp_path) == ()
    assert model_called("beta-vae", "fashion-mnist", tmp_path) == NAME
    assert load_pretrained(NAME, CPU, tmp_path).card.name == NAME
    for ask in (card_of, lambda name, folder: load_pretrained(name, CPU, folder)):
        with pytest.raises(ValueError, match=r"card a-broken.toml cannot be read: .*; restore its files"):
            ask(model_called("a-broken", "fashion-mnist", tmp_path), tmp_path)


@pytest.mark.parametrize("how", BROKEN)
def test_no_other_model_takes_the_place_of_a_broken_usual_one(folder: Path, how: str) -> None:
    break_card(folder / "beta-vae-brain.toml", how)
    assert models_for("brain/t1", folder) == ("attempt-2",)
    assert model_called("beta-vae", "brain/t1", folder) == "beta-vae-brain"
    with pytest.raises(ValueError, match=r"card beta-vae-brain.toml cannot be read"):
        load_pretrained("beta-vae-brain", CPU, folder)


def test_a_mended_card_is_read_anew(folder: Path) -> None:
    assert card_of("attempt-2", folder).dataset == "brain"
    write_card(replace(tiny_card(), name="attempt-2", dataset="elsewhere"), folder)
    assert card_of("attempt-2", folder).dataset == "elsewhere"


def test_a_model_of_a_dataset_that_is_not_there_is_known_by_its_name(tmp_path: Path) -> None:
    save_tiny(tmp_path)
    edit(tmp_path / f"{NAME}.toml", dataset="knees")
    assert model_names(tmp_path) == (NAME,)
    assert models_for("fashion-mnist", tmp_path) == ()
    assert models_for("knees/t1", tmp_path) == (NAME,)
    assert model_called(NAME, "fashion-mnist", tmp_path) == NAME
    loaded = load_pretrained(NAME, CPU, tmp_path)
    assert loaded.card.dataset == "knees"
    x = torch.zeros(1, 1, SETTINGS["image_size"], SETTINGS["image_size"])
    assert bool(observe(loaded.model, x, 1.0).x_hat.isfinite().all())


@pytest.mark.parametrize("name", ["beta-vae-mars", "", f"../{NAME}", f"{NAME}.toml"])
def test_an_unknown_name_is_answered_with_the_known(tmp_path: Path, name: str) -> None:
    save_tiny(tmp_path)
    with pytest.raises(ValueError, match=f"unknown model .*; known: {NAME}; restore"):
        load_pretrained(name, CPU, tmp_path)


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="known: none"):
        load_pretrained(NAME, CPU, tmp_path)


def test_two_models_of_a_kind_are_told_apart_when_loaded(tmp_path: Path) -> None:
    save_tiny(tmp_path)
    save_tiny(tmp_path, name="attempt-2", seed=1)
    assert models_for("fashion-mnist", tmp_path) == ("attempt-2", NAME)
    first, second = (load_pretrained(name, CPU, tmp_path) for name in (NAME, "attempt-2"))
    assert first.card.kind == second.card.kind and first.card.sha256 != second.card.sha256
    field, beta = "fashion-mnist", 0.3
    one, two = (made.calibration[field].quantile("intensity", beta, 0.5) for made in (first, second))
    assert torch.equal(one, two)  # of the images alone
    one, two = (made.calibration[field].quantile("kl-gradient", beta, 0.5) for made in (first, second))
    assert not torch.equal(one, two)


def test_models_of_two_kinds_lie_in_one_folder(tmp_path: Path) -> None:
    save_tiny(tmp_path)
    save_tiny_codes(tmp_path)
    assert model_called("beta-vae", "fashion-mnist", tmp_path) == NAME
    assert model_called("vq-vae", "fashion-mnist", tmp_path) == CODES


@pytest.mark.parametrize("way", LOADERS)
def test_a_model_without_calibration_works(tmp_path: Path, way: str) -> None:
    save_tiny(tmp_path, calibrated=False)
    assert sorted(uploaded(tmp_path / f"{NAME}.toml")) == [f"{NAME}.safetensors", f"{NAME}.toml"]
    loaded = LOADERS[way](tmp_path / f"{NAME}.toml")
    assert loaded.calibration == {} and loaded.card.calibration_sha256 == ""
    assert loaded.calibration.get("fashion-mnist") is None


def test_the_path_of_a_calibration_is_no_model(tmp_path: Path) -> None:
    save_tiny(tmp_path)
    path = beside(tmp_path / f"{NAME}.toml", ".calibration.safetensors")
    with pytest.raises(ValueError, match="is missing: a model is a card"):
        load_own(path, CPU)
