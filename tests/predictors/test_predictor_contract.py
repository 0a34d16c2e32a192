"""What holds for every registered predictor, on every kind of network that it fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from unittest.mock import Mock

import pytest
import torch
from torch import Tensor, nn

from explorer.contracts import Model, VaeOutput
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration
from explorer.evidence import CodeEvidence, VaeEvidence, observe
from explorer.models.beta_vae.network import BetaVae
from explorer.predictors import PREDICTORS, score
from explorer.randomness import stream
from explorer.settings import plugin_from, settings_of
from tests.support.linear_vae import BETAS, images
from tests.support.tiny_codes import tiny_vq_vae

SEVEN = (
    *("intensity", "reconstruction-error", "reconstruction-gradient", "kl-gradient", "elbo-gradient"),
    *("combination", "ensemble"),
)
BETA = BETAS.float()
X = images(8, 16).float()
MEMBERS_OF_ALL = "ensemble:rule=tail,members=intensity,reconstruction-error"
SETTINGS = (
    *("intensity:mode=dark,sigma=1", "intensity:mode=deviation,sigma=0.5"),
    "reconstruction-error:form=squared,sign=darker,tolerance=2,sigma=2",
    *("ensemble:rule=tail", "ensemble:rule=product", MEMBERS_OF_ALL),
)
"""Predictors whose settings change what they do."""
PAIRS = [
    (kind, text)
    for kind, parts in (("beta-vae", VaeEvidence.PARTS), ("vq-vae", CodeEvidence.PARTS))
    for text in (*PREDICTORS.names(), *SETTINGS)
    if set(plugin_from(PREDICTORS, text).parts) <= parts
]
"""Kinds of models and the predictors that fit them."""


class Counted(BetaVae):
    """Counts its forward passes."""

    calls = 0

    def forward(self, x: Tensor, beta: Tensor) -> VaeOutput:
        self.calls += 1
        return super().forward(x, beta)


@pytest.fixture(scope="module")
def model() -> Counted:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = Counted(16, (4, 8), 6, s=0.5, beta_min=0.01, beta_max=10.0)
        for gate in (module for name, module in network.named_modules() if name.endswith("outer")):
            assert isinstance(gate, nn.Linear)
            nn.init.normal_(gate.weight)
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def calibration(model: Counted) -> Calibration:
    healthy = images(6, 16, seed=4).float()
    return calibrate(model, healthy, torch.ones_like(healthy, dtype=torch.bool), [0.01, 0.3, 10.0])


Known = Callable[[str], tuple[nn.Module, Tensor, Calibration]]


@pytest.fixture(scope="module")
def known(model: Counted, calibration: Calibration) -> Known:
    """By kind: a model, a beta for each of its images, and its calibration."""
    codes, healthy = tiny_vq_vae(), images(6, 16, seed=4).float()
    counted = torch.ones_like(healthy, dtype=torch.bool)
    found = {
        "beta-vae": (model, BETA, calibration),
        "vq-vae": (codes, torch.ones(8), calibrate(codes, healthy, counted, [1.0])),
    }
    return found.__getitem__


def test_each_predictor_fits_some_model() -> None:
    assert {text for _, text in PAIRS} == {*PREDICTORS.names(), *SETTINGS}
    assert set(SEVEN) <= {name for kind, name in PAIRS if kind == "beta-vae"}
    restoring = {"code-surprise", "latent-restoration", "energy-projection"}
    assert {*restoring, MEMBERS_OF_ALL} <= {name for kind, name in PAIRS if kind == "vq-vae"}
    assert "ensemble:rule=tail" not in {name for kind, name in PAIRS if kind == "vq-vae"}


@pytest.mark.parametrize(("kind", "name"), PAIRS)
def test_maps_are_finite_scores_of_every_pixel(kind: str, name: str, known: Known) -> None:
    model, beta, calibration = known(kind)
    before, weights = X.clone(), {key: w.clone() for key, w in model.state_dict().items()}
    predictor = plugin_from(PREDICTORS, name)
    maps = list(predictor.maps(observe(cast(Model, model), X, beta), calibration))
    assert len(maps) > 1 if predictor.iterative else len(maps) == 1
    for scored in maps:
        assert scored.values.shape == X.shape and scored.values.dtype == torch.float32
        assert bool(scored.values.isfinite().all()) and float(scored.values.min()) >= 0
        assert not scored.values.requires_grad
        assert scored.restored is None or (scored.restored.shape == X.shape and scored.step > 0)
        assert all(curve.shape == (8,) and bool(curve.isfinite().all()) for curve in scored.curves.values())
    assert torch.equal(X, before) and not model.training
    assert all(torch.equal(w, weights[key]) for key, w in model.state_dict().items())


@pytest.mark.parametrize(("kind", "name"), PAIRS)
def test_a_scan_of_one_slice_is_that_slice(kind: str, name: str, known: Known) -> None:
    network, beta, calibration = known(kind)
    predictor, model = plugin_from(PREDICTORS, name), cast(Model, network)
    for i in range(2):
        evidence = observe(model, X[[i]], beta[[i]])
        alone = predictor.across_slices(score(predictor.slicewise, evidence, calibration))
        torch.testing.assert_close(alone, score(predictor, evidence, calibration))


@pytest.mark.parametrize("name", PREDICTORS.names())
def test_what_was_not_scored_stays_so(name: str) -> None:
    maps = torch.rand(5, 1, 16, 16, generator=stream(0, "maps"))
    maps[[0, 4]] = torch.nan
    before = maps.clone()
    found = PREDICTORS[name]().across_slices(maps)
    assert torch.equal(found.isnan(), maps.isnan())
    torch.testing.assert_close(maps, before, equal_nan=True, rtol=0, atol=0)


@pytest.mark.parametrize(("kind", "name"), PAIRS)
def test_an_image_does_not_depend_on_its_neighbours(kind: str, name: str, known: Known) -> None:
    network, beta, calibration = known(kind)
    predictor, model = plugin_from(PREDICTORS, name), cast(Model, network)
    batch = score(predictor, observe(model, X, beta), calibration)
    singles = [score(predictor, observe(model, X[[i]], beta[[i]]), calibration) for i in range(len(X))]
    torch.testing.assert_close(batch, torch.cat(singles), rtol=1e-4, atol=1e-5)


def test_noisy_copies_do_not_depend_on_neighbours(model: Counted) -> None:
    predictor = PREDICTORS["kl-gradient"](copies=3)  # type: ignore[call-arg]
    batch = score(predictor, VaeEvidence(model, X, BETA))
    singles = [score(predictor, VaeEvidence(model, X[[i]], BETA[[i]])) for i in reversed(range(len(X)))]
    torch.testing.assert_close(batch, torch.cat(singles[::-1]), rtol=1e-4, atol=1e-6)


def test_all_seven_share_one_forward_and_two_backward_passes(
    model: Counted, calibration: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    backward = Mock(wraps=torch.autograd.grad)
    monkeypatch.setattr(torch.autograd, "grad", backward)
    model.calls = 0
    evidence = VaeEvidence(model, X, BETA)
    for name in SEVEN:
        score(PREDICTORS[name](), evidence, calibration)
    assert (model.calls, backward.call_count) == (1, 2)


def test_only_the_elbo_gradient_follows_the_scoring_beta(model: Counted, calibration: Calibration) -> None:
    evidence = VaeEvidence(model, X, BETA)
    later = evidence.rescored(20.0)
    changed = {
        name
        for name in SEVEN
        if not torch.equal(
            score(PREDICTORS[name](), evidence, calibration), score(PREDICTORS[name](), later, calibration)
        )
    }
    assert changed == {"elbo-gradient"}


@pytest.mark.parametrize("name", PREDICTORS.names())
def test_predictors_describe_themselves(name: str) -> None:
    predictor = PREDICTORS[name]
    assert predictor.title and predictor.source and predictor.formula
    assert predictor.summary[0].islower() and "\n" not in predictor.summary
    assert all(described.help for described in settings_of(predictor))
    assert hash(predictor()) == hash(predictor()) and predictor() == predictor()
    assert [PREDICTORS[other].title for other in PREDICTORS.names()].count(predictor.title) == 1


@pytest.mark.parametrize(("kind", "name"), PAIRS)
def test_maps_change_with_the_scoring_beta_where_they_say_so(kind: str, name: str, known: Known) -> None:
    network, beta, calibration = known(kind)
    evidence, predictor = observe(cast(Model, network), X, beta), plugin_from(PREDICTORS, name)
    one, other = (score(predictor, evidence.rescored(weight), calibration) for weight in (0.5, 20.0))
    assert torch.equal(one, other) != predictor.uses_scoring_beta
