"""Cards and weights: what was saved is loaded, and nothing that is damaged, forged or of another shape."""

from __future__ import annotations

import hashlib
import pickle
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
import tomli_w
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from explorer.cards import (
    Card,
    HeldOut,
    catalogue,
    load_pretrained,
    model_called,
    model_names,
    read_card,
    save_pretrained,
)
from explorer.contracts import Vae
from explorer.models.beta_vae.network import BetaVae
from explorer.models.vq_vae.network import VqVae
from tests.support import tiny_codes
from tests.support.linear_vae import BETAS, images
from tests.support.tiny import NAME, SETTINGS, save_tiny, tiny_calibration, tiny_vae

CPU = torch.device("cpu")
Tensors = dict[str, Tensor]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_tiny(tmp_path)
    return tmp_path


def weights_of(folder: Path) -> Path:
    return folder / f"{NAME}.safetensors"


def edit_card(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = folder / f"{NAME}.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(tomli_w.dumps(content), encoding="utf-8")


def replace_weights(folder: Path, content: bytes) -> None:
    """Put other weights there, with a card that vouches for them."""
    weights_of(folder).write_bytes(content)
    edit_card(folder, lambda card: card.update(sha256=hashlib.sha256(content).hexdigest()))


def refused(folder: Path, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        load_pretrained(NAME, CPU, folder)
    assert "\n" not in str(caught.value).strip()


def test_what_was_saved_is_loaded(folder: Path) -> None:
    loaded, x = load_pretrained(NAME, CPU, folder), images(8, 28).float()
    weights = cast(nn.Module, loaded.model).state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in tiny_vae().state_dict().items())
    expected, found = tiny_vae()(x, BETAS.float()), cast(Vae, loaded.model)(x, BETAS.float())
    torch.testing.assert_close(
        found.mu, expected.mu, rtol=1e-4, atol=1e-5
    )  # another memory layout, other sums
    torch.testing.assert_close(found.x_hat, expected.x_hat, rtol=1e-4, atol=1e-5)


def test_a_loaded_model_is_frozen_float32(folder: Path) -> None:
    model = load_pretrained(NAME, CPU, folder).model
    assert isinstance(model, BetaVae)
    assert not model.training
    assert {(p.requires_grad, p.dtype, p.device.type) for p in model.parameters()} == {
        (False, torch.float32, "cpu")
    }


def test_the_calibration_survives_rounding(folder: Path) -> None:
    found = load_pretrained(NAME, CPU, folder).calibration["fashion-mnist"]
    expected = tiny_calibration(tiny_vae())
    torch.testing.assert_close(dict(found.quantiles), dict(expected.quantiles), rtol=1e-5, atol=1e-30)


def test_saving_leaves_two_files_and_is_repeatable(folder: Path) -> None:
    assert sorted(path.suffix for path in folder.iterdir()) == [".safetensors", ".toml"]
    before = read_card(folder / f"{NAME}.toml").sha256
    save_tiny(folder)
    assert read_card(folder / f"{NAME}.toml").sha256 == before


def test_names_come_from_cards_and_lead_from_dataset_to_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert model_names(folder) == (NAME,)
    monkeypatch.setattr(catalogue, "FOLDER", folder)
    assert model_names() == (NAME,)
    assert load_pretrained(NAME, CPU).card.name == NAME
    assert model_called("beta-vae", "brain/flair") == "beta-vae-brain"
    assert model_called("beta-vae", "fashion-mnist") == NAME


@pytest.mark.parametrize("name", ["beta-vae-mars", "", f"../{NAME}", f"{NAME}.toml"])
def test_an_unknown_name_is_answered_with_the_known(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"unknown model .*; known: {NAME}; restore"):
        load_pretrained(name, CPU, folder)


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="known: none"):
        load_pretrained(NAME, CPU, tmp_path)


def test_changed_weights_are_refused(folder: Path) -> None:
    content = bytearray(weights_of(folder).read_bytes())
    content[-1] ^= 1
    weights_of(folder).write_bytes(content)
    refused(folder, "is not the file its card describes .*; restore both files")


def test_missing_weights_are_named(folder: Path) -> None:
    weights_of(folder).unlink()
    refused(folder, "the weights .* are missing beside their card; restore both files")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_truncated_weights_are_refused_even_with_their_hash(folder: Path, share: float) -> None:
    content = weights_of(folder).read_bytes()
    replace_weights(folder, content[: int(share * len(content))])
    refused(folder, "is not a safetensors file")


class Bomb:
    """Fails the test where it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return pytest.fail, ("a pickle was loaded",)


def test_a_renamed_pickle_is_not_unpickled(folder: Path) -> None:
    replace_weights(folder, pickle.dumps({"weights": Bomb()}))
    refused(folder, "is not a safetensors file")


def test_weights_too_large_for_any_model_are_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "LARGEST_BYTES", 100)
    refused(folder, "is larger than 0 MiB")


def altered(folder: Path, change: Callable[[Tensors], object]) -> None:
    tensors = load_tensors(weights_of(folder).read_bytes())
    change(tensors)
    replace_weights(folder, save_tensors(tensors))


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_refused(folder: Path, bad: float) -> None:
    altered(folder, lambda tensors: tensors["to_latents.weight"][0].fill_(bad))
    refused(folder, "to_latents.weight holds values that are not finite numbers")


def test_weights_of_another_type_are_refused(folder: Path) -> None:
    altered(folder, lambda tensors: tensors.update({"to_latents.bias": torch.zeros(12, dtype=torch.int64)}))
    refused(folder, "to_latents.bias holds values that are not finite numbers")


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    altered(folder, lambda tensors: tensors.update({"to_latents.bias": torch.zeros(13)}))
    refused(folder, r"to_latents.bias has the shape \(13,\) instead of \(12,\)")


@pytest.mark.parametrize("change", ["more", "less"])
def test_weights_of_another_architecture_are_refused(folder: Path, change: str) -> None:
    if change == "more":
        altered(folder, lambda tensors: tensors.update(extra=torch.zeros(1)))
    else:
        altered(folder, lambda tensors: tensors.pop("up.0.bias"))
    refused(folder, f"first difference: {'extra' if change == 'more' else 'up.0.bias'}")


@pytest.mark.parametrize(
    "key", ["kind", "dataset", "data", "model", "recipe", "sha256", "held_out", "calibration"]
)
def test_a_card_that_lacks_a_key_is_named(folder: Path, key: str) -> None:
    edit_card(folder, lambda card: card.pop(key))
    refused(folder, f"card {NAME}.toml lacks '{key}'; restore both files")


@pytest.mark.parametrize("content", [b"kind = ", b"\xff\xfe", b"\0" * 40])
def test_a_card_that_is_no_toml_is_refused(folder: Path, content: bytes) -> None:
    (folder / f"{NAME}.toml").write_bytes(content)
    refused(folder, f"card {NAME}.toml cannot be read")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model", 3),
        ("held_out", {"fashion-mnist": {"betas": [1.0]}}),
        ("held_out", {"fashion-mnist": 3}),
        ("held_out", [1.0]),
        ("calibration", {"fashion-mnist": {"betas": ["one"], "levels": [], "quantiles": {}}}),
        ("calibration", {"fashion-mnist": {}}),
    ],
)
def test_a_card_with_values_of_another_kind_is_refused(folder: Path, key: str, value: object) -> None:
    edit_card(folder, lambda card: card.update({key: value}))
    refused(folder, f"card {NAME}.toml cannot be read")


@pytest.mark.parametrize(
    "changed", [{"latents": -1}, {"widths": []}, {"widths": "ab"}, {"image_size": 27}, {"depth": 3}]
)
def test_a_card_that_describes_no_network_is_refused(folder: Path, changed: dict[str, object]) -> None:
    edit_card(folder, lambda card: card.update(model=SETTINGS | changed))
    refused(folder, rf"card {NAME}.toml: \[model\] does not fit beta-vae")


def test_a_card_of_an_unknown_architecture_is_refused(folder: Path) -> None:
    edit_card(folder, lambda card: card.update(kind="gan"))
    refused(folder, "unknown model kind 'gan'; known: beta-vae, vq-vae")


def save_codes(folder: Path, **changed: object) -> None:
    """Write a tiny VQ-VAE with its prior as `tiny`, with a card whose settings may be other ones."""
    figures = HeldOut((1.0,), (2.0,), (30.0,), (0.1,), perplexity=(5.0,), code_nll=(1.5,))
    card = Card(
        "tiny", "vq-vae", "brain", "", tiny_codes.SETTINGS | changed, {}, "", {"brain/t1": figures}, {}
    )
    save_pretrained(tiny_codes.tiny_vq_vae(), card, folder)


def test_a_vq_vae_and_its_prior_are_one_model(tmp_path: Path) -> None:
    save_codes(tmp_path)
    loaded, expected = load_pretrained("tiny", CPU, tmp_path), tiny_codes.tiny_vq_vae()
    assert isinstance(loaded.model, VqVae) and not loaded.model.training
    codes = expected.indices(images(2, 16).float())
    assert torch.equal(loaded.model.indices(images(2, 16).float()), codes)
    torch.testing.assert_close(loaded.model.prior.nll(codes.flatten(1)), expected.prior.nll(codes.flatten(1)))
    held_out = loaded.card.held_out["brain/t1"]
    assert (held_out.perplexity, held_out.code_nll) == ((5.0,), (1.5,))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"prior": {"codes": 7}}, "the prior knows 7 codes, its VQ-VAE has 12"),
        ({"codes": 7}, r"tiny.safetensors: codebook.vectors has the shape \(12, 5\) instead of \(7, 5\)"),
        ({"prior": {"width": 16, "layers": 3}}, "does not hold this architecture's weights"),
        ({"prior": {"width": 15}}, "width divisible by heads"),
        ({"prior": 3}, r"\[model\] does not fit vq-vae"),
    ],
)
def test_a_prior_that_does_not_fit_its_vq_vae_is_refused(
    tmp_path: Path, changed: dict[str, object], message: str
) -> None:
    save_codes(tmp_path, **changed)
    with pytest.raises(ValueError, match=message):
        load_pretrained("tiny", CPU, tmp_path)
