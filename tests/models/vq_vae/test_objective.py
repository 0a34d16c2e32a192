"""Both stages of a VQ-VAE's training: the codebook's averages in closed form, and what each stage changes."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from torch import Tensor, nn

from explorer.contracts import UNKNOWN, Batch, Conditions
from explorer.models.base import Objective, Share
from explorer.models.context_vae.damage import Damage
from explorer.models.vq_vae.code_prior import CodePrior
from explorer.models.vq_vae.codebook import Codebook
from explorer.models.vq_vae.codebook_averages import DEAD_SHARE, NEW_SHARE, CodebookAverages
from explorer.models.vq_vae.network import VqVae
from explorer.models.vq_vae.objective import CodesObjective, PriorObjective, VqVaeTraining, partly_hidden
from explorer.randomness import stream
from tests.support.linear_vae import images
from tests.support.tiny_codes import CONDITIONED, tiny_vq_vae

X = images(16, 16).float()
SETTINGS = VqVaeTraining(Share(samples=1, batch_size=1, learning_rate=1e-3))


def latents(count: int, seed: int) -> Tensor:
    """(count, 2, 4, 4)"""
    return torch.randn(count, 2, 4, 4, generator=torch.Generator().manual_seed(seed))


def flat(z: Tensor) -> Tensor:
    return z.permute(0, 2, 3, 1).reshape(-1, z.shape[1])


@pytest.fixture
def averages() -> CodebookAverages:
    made = CodebookAverages(Codebook(4, 2))
    made.start(latents(4, 0), stream(0, "start"))
    return made


def test_the_vectors_start_as_latents(averages: CodebookAverages) -> None:
    known = {tuple(row) for row in flat(latents(4, 0)).tolist()}
    assert {tuple(row) for row in averages.codebook.vectors.tolist()} <= known
    assert averages.counts.tolist() == pytest.approx([NEW_SHARE * 16] * 4)


def test_vectors_are_averaged_sums_over_averaged_counts(averages: CodebookAverages) -> None:
    counts, sums = averages.counts.clone(), averages.sums.clone()
    for step in range(1, 4):
        z = latents(4, step)
        indices = averages.codebook.nearest(z)
        averages.update(z, indices, stream(step, "restart"))
        chosen = torch.nn.functional.one_hot(indices.flatten(), 4).float()
        counts = 0.99 * counts + 0.01 * chosen.sum(0)
        sums = 0.99 * sums + 0.01 * chosen.T @ flat(z)
        torch.testing.assert_close(averages.codebook.vectors, sums / counts[:, None])


def test_vectors_settle_at_the_means_of_their_latents(averages: CodebookAverages) -> None:
    z = latents(4, 9)
    indices = torch.arange(64).view(4, 4, 4) % 4  # each code chosen by 16 latents
    for step in range(1500):
        averages.update(z, indices, stream(step, "restart"))
    means = torch.stack([flat(z)[indices.flatten() == code].mean(0) for code in range(4)])
    torch.testing.assert_close(averages.codebook.vectors, means, atol=1e-4, rtol=1e-3)


def test_a_dead_code_starts_anew_as_a_latent(averages: CodebookAverages) -> None:
    averages.counts[2] = DEAD_SHARE * 16 / 2
    z = latents(4, 5)
    averages.update(z, torch.zeros(4, 4, 4, dtype=torch.int64), stream(0, "restart"))
    assert float((flat(z) - averages.codebook.vectors[2]).abs().sum(1).min()) < 1e-6
    assert float(averages.counts[2]) == pytest.approx(NEW_SHARE * 16)


def changed(model: VqVae, objective: Objective) -> set[str]:
    """Names of the weights that a few steps change."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], 1e-3)
    for step in range(2):
        optimizer.zero_grad()
        objective.loss(X, stream(step, "loss")).descended.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}


def test_the_first_stage_leaves_the_prior_alone() -> None:
    model = tiny_vq_vae()
    found = changed(model, CodesObjective(model, SETTINGS))
    assert found == {name for name in model.state_dict() if not name.startswith("prior.")}


def test_the_second_stage_leaves_all_but_the_prior_alone() -> None:
    model = tiny_vq_vae()
    assert changed(model, PriorObjective(model, SETTINGS)) <= {
        name for name in model.state_dict() if name.startswith("prior.")
    }


def test_losses_are_those_of_their_formulas() -> None:
    model = tiny_vq_vae()
    prior_loss = PriorObjective(model, SETTINGS).loss(X, stream(0, "loss"))
    torch.testing.assert_close(prior_loss.shown, model.prior.nll(model.indices(X).flatten(1)).mean())
    objective = CodesObjective(model, SETTINGS)
    objective.averages.start(model.encode(X), stream(0, "start"))
    z, (x_hat, indices) = model.encode(X), model(X)
    error = (X - x_hat).abs().mean()
    commitment = (z - model.codebook.embed(indices)).square().mean()
    found = objective.loss(X, stream(0, "loss"))
    torch.testing.assert_close(found.shown, error.detach())
    torch.testing.assert_close(found.descended, 2.0 * error + 0.25 * commitment)


class Written(nn.Module):
    """Images whose pixels are their codes, and a prior over them."""

    def __init__(self, prior: CodePrior) -> None:
        super().__init__()
        self.prior = prior

    def indices(self, x: Tensor) -> Tensor:
        """Codes, (B, h, w), of images (B, 1, h, w)."""
        return x[:, 0].long()


def test_a_prior_learns_what_its_conditions_say_and_what_to_expect_without() -> None:
    """Every code of an image is its contrast: one of three, alike often."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        prior = CodePrior(3, 2, 2, width=16, layers=1, heads=2, **CONDITIONED)
    model = Written(prior)
    settings = dataclasses.replace(SETTINGS, hidden_share=0.5)
    objective = PriorObjective(model, settings)  # type: ignore[arg-type]
    optimizer = torch.optim.Adam(prior.parameters(), 1e-2)
    for step in range(300):
        contrast = torch.randint(3, (48,), generator=stream(step, "contrast"))
        x = contrast.float().view(-1, 1, 1, 1).expand(-1, 1, 2, 2)
        drawn = Batch(x, Conditions(contrast, torch.full_like(contrast, step % 5)))
        optimizer.zero_grad()
        objective.of_batch(drawn, stream(step, "hidden")).descended.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    prior.requires_grad_(False)
    codes, right = torch.arange(3)[:, None].expand(3, 4), torch.arange(3)
    position = torch.tensor([4, UNKNOWN, UNKNOWN])
    told = prior.nll(codes, Conditions(right, position))
    wrong = prior.nll(codes, Conditions((right + 1) % 3, position))
    unknown = prior.nll(codes, Conditions(torch.full((3,), UNKNOWN), position))
    assert float(told.max()) < 0.1 and float(wrong[:, 0].min()) > 2
    torch.testing.assert_close(unknown[:, 0], torch.full((3,), math.log(3)), atol=0.3, rtol=0)
    assert float(unknown[:, 1:].max()) < 0.1  # the first code tells the contrast


def test_a_share_of_the_conditions_is_hidden_each_and_both() -> None:
    given = Conditions(torch.ones(30_000).long(), torch.full((30_000,), 7))
    found = partly_hidden(given, 0.3, stream(0, "hidden"))
    lost = torch.stack([found.contrast == UNKNOWN, found.position == UNKNOWN])
    shares = [float(part.float().mean()) for part in (lost[0], lost[1], lost.all(0), lost.any(0))]
    assert shares == pytest.approx([0.2, 0.2, 0.1, 0.3], abs=0.01)
    assert set(found.contrast.tolist()) == {UNKNOWN, 1} and set(found.position.tolist()) == {UNKNOWN, 7}


@pytest.mark.parametrize(("share", "none_left"), [(0.0, False), (1.0, True)])
def test_none_or_all_of_the_images_may_lose_something(share: float, none_left: bool) -> None:
    given = Conditions(torch.zeros(1000).long(), torch.zeros(1000).long())
    found = partly_hidden(given, share, stream(0, "hidden"))
    whole = (found.contrast == 0) & (found.position == 0)
    assert not bool(whole.any()) if none_left else bool(whole.all())


DAMAGED = dataclasses.replace(SETTINGS, damage=Damage(blobs=0, noisy=1.0))


def test_damaged_images_must_come_out_whole() -> None:
    model = tiny_vq_vae()
    objective = CodesObjective(model, DAMAGED)
    objective.averages.go_on(model.encode(X))
    damage = DAMAGED.damage
    assert damage is not None
    seen = torch.cat([damage(X[:8], stream(3, "loss")), X[8:]])
    x_hat, indices = model(seen)
    error = (X - x_hat).abs().mean()
    commitment = (model.encode(seen) - model.codebook.embed(indices)).square().mean()
    found = objective.loss(X, stream(3, "loss"))
    torch.testing.assert_close(found.shown, error.detach())
    torch.testing.assert_close(found.descended, 2.0 * error + 0.25 * commitment)
    assert not torch.allclose(error, (X - model(X)[0]).abs().mean())


def test_the_prior_learns_the_codes_of_whole_images() -> None:
    model = tiny_vq_vae()
    found, plain = (PriorObjective(model, one).loss(X, stream(0, "loss")) for one in (DAMAGED, SETTINGS))
    assert torch.equal(found.shown, plain.shown)


def test_codes_may_go_on_from_those_that_there_are() -> None:
    model = tiny_vq_vae()
    before = model.codebook.vectors.clone()
    kept, new = (
        CodesObjective(tiny_vq_vae(), dataclasses.replace(SETTINGS, new_codebook=fresh))
        for fresh in (False, True)
    )
    for objective in (kept, new):
        objective.loss(X, stream(0, "loss"))
    moved = (kept.model.codebook.vectors - before).norm(dim=1)
    drawn = (new.model.codebook.vectors - before).norm(dim=1)
    assert float(moved.max()) < 0.1 * float(drawn.max())
    counts = kept.averages.counts
    assert float(counts.sum()) == pytest.approx(X.shape[0] * 16, rel=1e-4)  # of 4 x 4 codes an image


def test_a_card_warns_of_what_the_damage_is_like() -> None:
    assert VqVae.trained_against(SETTINGS) == {}
    assert set(VqVae.trained_against(DAMAGED)) == {"noise"}
