"""Weights and networks: what was saved is loaded; nothing damaged, forged or of another shape is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
import torch
from torch import Tensor, nn

from explorer.cards import (
    Card,
    HeldOut,
    catalogue,
    load_pretrained,
    save_pretrained,
)
from explorer.cards.weights import CALIBRATION, WEIGHTS
from explorer.contracts import Vae
from explorer.models import MODELS
from explorer.models.beta_vae.network import BetaVae
from explorer.models.vq_vae.network import VqVae
from tests.support import tiny_codes
from tests.support.linear_vae import BETAS, images
from tests.support.model_files import CPU, LOADERS, altered, beside, edit, refused, vouched
from tests.support.tiny import NAME, SETTINGS, save_tiny, tiny_vae

Tensors = dict[str, Tensor]


def test_what_was_saved_is_loaded(card: Path) -> None:
    found, x = LOADERS["named"](card), images(8, 28).float()
    weights = cast(nn.Module, found.model).state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in tiny_vae().state_dict().items())
    expected, again = tiny_vae()(x, BETAS.float()), cast(Vae, found.model)(x, BETAS.float())
    torch.testing.assert_close(
        again.mu, expected.mu, rtol=1e-4, atol=1e-5
    )  # another memory layout, other sums
    torch.testing.assert_close(again.x_hat, expected.x_hat, rtol=1e-4, atol=1e-5)


def test_a_loaded_model_is_frozen_float32(card: Path) -> None:
    model = LOADERS["named"](card).model
    assert isinstance(model, BetaVae)
    assert not model.training
    assert {(p.requires_grad, p.dtype, p.device.type) for p in model.parameters()} == {
        (False, torch.float32, "cpu")
    }


def test_saving_leaves_three_files_and_is_repeatable(card: Path) -> None:
    expected = {card, beside(card, WEIGHTS), beside(card, CALIBRATION)}
    assert set(card.parent.iterdir()) == expected
    before = {path: path.read_bytes() for path in expected}
    save_tiny(card.parent)
    assert {path: path.read_bytes() for path in card.parent.iterdir()} == before


@pytest.mark.parametrize("ending", [WEIGHTS, CALIBRATION])
@pytest.mark.parametrize("way", LOADERS)
def test_changed_files_are_refused(card: Path, way: str, ending: str) -> None:
    content = bytearray(beside(card, ending).read_bytes())
    content[-1] ^= 1
    beside(card, ending).write_bytes(content)
    refused(card, rf"{NAME}{ending} is not the file its card describes .*; restore (its files|it,) ", way)


@pytest.mark.parametrize("ending", [WEIGHTS, CALIBRATION])
@pytest.mark.parametrize("way", LOADERS)
def test_files_of_another_model_are_refused(card: Path, tmp_path: Path, way: str, ending: str) -> None:
    save_tiny(tmp_path / "other", seed=1)
    content = (tmp_path / "other" / f"{NAME}{ending}").read_bytes()
    beside(card, ending).write_bytes(content)
    refused(card, f"{NAME}{ending} is not the file its card describes", way)
    vouched(card, ending, content)
    LOADERS[way](card)


def test_missing_weights_are_named(card: Path) -> None:
    beside(card, WEIGHTS).unlink()
    refused(card, "the weights .* are missing beside their card; restore its files")


@pytest.mark.parametrize("ending", [WEIGHTS, CALIBRATION])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_truncated_files_are_refused_even_with_their_hash(card: Path, share: float, ending: str) -> None:
    content = beside(card, ending).read_bytes()
    vouched(card, ending, content[: int(share * len(content))])
    for way in LOADERS:
        refused(card, f"{NAME}{ending} is not a safetensors file", way)


@pytest.mark.parametrize("ending", [WEIGHTS, CALIBRATION])
@pytest.mark.parametrize("format", ["F8_E8M0", "F4", "F6_E2M3", "F32\\n"])
def test_numbers_of_formats_that_torch_lacks_are_refused(card: Path, format: str, ending: str) -> None:
    header = f'{{"a":{{"dtype":"{format}","shape":[4],"data_offsets":[0,4]}}}}'.encode()
    vouched(card, ending, len(header).to_bytes(8, "little") + header + bytes(4))
    refused(card, f"{NAME}{ending} is not a safetensors file")


@pytest.mark.parametrize(
    ("ending", "limit"), [(WEIGHTS, "LARGEST_BYTES"), (CALIBRATION, "LARGEST_CALIBRATION")]
)
@pytest.mark.parametrize("way", LOADERS)
def test_files_too_large_for_any_model_are_not_read(
    card: Path, way: str, ending: str, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, limit, 100)
    refused(card, f"{NAME}{ending} is larger than 0 [KM]iB, which none here is", way)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_refused(card: Path, bad: float) -> None:
    altered(card, WEIGHTS, lambda tensors: tensors["to_latents.weight"][0].fill_(bad))
    refused(card, "to_latents.weight holds values that are not finite numbers")


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64])
def test_weights_of_another_type_are_refused(card: Path, dtype: torch.dtype) -> None:
    bias = torch.zeros(12, dtype=dtype)
    altered(card, WEIGHTS, lambda tensors: tensors.update({"to_latents.bias": bias}))
    refused(card, "to_latents.bias holds values that are not finite numbers")


def test_weights_in_eighth_precision_are_numbers_too(card: Path) -> None:
    bias = torch.full((12,), 0.5).to(torch.float8_e4m3fn)
    altered(card, WEIGHTS, lambda tensors: tensors.update({"to_latents.bias": bias}))
    found = cast(nn.Module, LOADERS["named"](card).model).state_dict()
    assert torch.equal(found["to_latents.bias"], torch.full((12,), 0.5))


def test_weights_of_another_shape_are_refused(card: Path) -> None:
    altered(card, WEIGHTS, lambda tensors: tensors.update({"to_latents.bias": torch.zeros(13)}))
    refused(card, r"to_latents.bias has the shape \(13,\) instead of \(12,\)")


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (lambda tensors: tensors.update(extra=torch.zeros(1)), "extra"),
        (lambda tensors: tensors.update({"a\n\x1b[2J": torch.zeros(1)}), r"a \[2J"),
        (lambda tensors: tensors.update({"a" * 5000: torch.zeros(1)}), r"a* ?\.\.\."),
        (lambda tensors: tensors.pop("up.0.bias"), "up.0.bias"),
    ],
    ids=["more", "unprintable", "long", "less"],
)
def test_weights_of_another_architecture_are_refused(
    card: Path, change: Callable[[Tensors], object], first: str
) -> None:
    altered(card, WEIGHTS, change)
    refused(card, rf"first difference: {first}\)")


@pytest.mark.parametrize(
    "changed",
    [
        {"latents": -1},
        {"widths": []},
        {"widths": {}},
        {"widths": "ab"},
        {"image_size": 27},
        {"depth": 3},
        {"dep\nth": 3},
    ],
    ids=str,
)
def test_a_card_that_describes_no_network_is_refused(card: Path, changed: dict[str, object]) -> None:
    edit(card, model=SETTINGS | changed)
    refused(card, rf"card {NAME}.toml: \[model\] does not fit beta-vae")


def test_a_card_of_an_unknown_architecture_is_refused(card: Path) -> None:
    edit(card, kind="gan")
    refused(card, f"unknown model kind 'gan'; known: {', '.join(MODELS.names())}")


def save_codes(folder: Path, **changed: object) -> None:
    """Write a tiny VQ-VAE with its prior as `tiny`, with a card whose settings may be other ones."""
    figures = HeldOut((1.0,), (2.0,), (30.0,), (0.1,), perplexity=(5.0,), code_nll=(1.5,))
    card = Card("tiny", "vq-vae", "brain", "", tiny_codes.SETTINGS | changed, {}, "", {"brain/t1": figures})
    save_pretrained(tiny_codes.tiny_vq_vae(), card, {}, folder)


def test_a_vq_vae_and_its_prior_are_one_model(tmp_path: Path) -> None:
    save_codes(tmp_path)
    found, expected = load_pretrained("tiny", CPU, tmp_path), tiny_codes.tiny_vq_vae()
    assert isinstance(found.model, VqVae) and not found.model.training
    codes = expected.indices(images(2, 16).float())
    assert torch.equal(found.model.indices(images(2, 16).float()), codes)
    torch.testing.assert_close(found.model.prior.nll(codes.flatten(1)), expected.prior.nll(codes.flatten(1)))
    held_out = found.card.held_out["brain/t1"]
    assert (held_out.perplexity, held_out.code_nll) == ((5.0,), (1.5,))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"prior": {"codes": 7}}, "the prior knows 7 codes, its VQ-VAE has 12"),
        ({"codes": 7}, r"tiny.safetensors: codebook.vectors has the shape \(12, 5\) instead of \(7, 5\)"),
        ({"prior": {"width": 16, "layers": 3}}, "does not hold this architecture's weights"),
        ({"image_size": 256}, "the prior's grid has at most 1024 places, got 64x64"),
        ({"prior": {"width": 15}}, "width divisible by heads"),
        ({"prior": 3}, r"\[model\] does not fit vq-vae"),
        ({"prior": {"layers": 65_536}}, r"layers must hold whole numbers in \[0, 64\]"),
        ({"blocks": 65_536}, r"blocks must hold whole numbers in \[0, 64\]"),
        ({"widths": [4, 0]}, "widths must be above 0"),
        ({"s": 0.0}, "s must be at least 1e-06"),
        ({"scale": 0.0}, "scale must be at least 1e-06"),
    ],
)
def test_a_prior_that_does_not_fit_its_vq_vae_is_refused(
    tmp_path: Path, changed: dict[str, object], message: str
) -> None:
    save_codes(tmp_path, **changed)
    with pytest.raises(ValueError, match=message):
        load_pretrained("tiny", CPU, tmp_path)
