"""The watched walk is the plain raster walk, and each of its states is what that walk had at the time."""

from __future__ import annotations

import pytest
import torch

from explorer.contracts import Conditions
from explorer.evidence import CodeEvidence
from explorer.evidence.restoration import draw, uniform_noise
from explorer.evidence.walk import Walk, walk
from explorer.models.vq_vae.network import VqVae
from tests.support.linear_vae import images
from tests.support.tiny_codes import conditioned_vq_vae, plain_walk, tiny_vq_vae

X = images(2, 16)
THRESHOLD = 2.0


@pytest.fixture(scope="module")
def model() -> VqVae:
    return tiny_vq_vae().double()


@pytest.fixture(scope="module")
def evidence(model: VqVae) -> CodeEvidence:
    return CodeEvidence(model, X[:1])


@pytest.fixture(scope="module")
def conditioned() -> CodeEvidence:
    """An image of which contrast and position are known, before a prior that asks for both."""
    model = conditioned_vq_vae().double()
    return CodeEvidence(model, X[:1], conditions=Conditions(torch.tensor([2]), torch.tensor([4])))


def walked(evidence: CodeEvidence, threshold: float = THRESHOLD, number: int = 2, most: int = 99) -> Walk:
    *_, (share, found) = walk(evidence, threshold, number=number, seed=4, most=most)
    assert share == 1.0 and found is not None
    return found


def test_it_ends_where_the_plain_walk_ends(model: VqVae, evidence: CodeEvidence) -> None:
    noise = uniform_noise(3, model.prior.length, 4)
    plain = plain_walk(model.prior, evidence.indices.flatten(1), torch.tensor([THRESHOLD]).double(), noise)
    for number in range(3):
        found = walked(evidence, number=number)
        assert found.restored.flatten().equal(plain[0, number])
        assert found.codes.equal(evidence.indices[0]) and not found.restored.equal(found.codes)


def test_it_knows_what_is_known_of_the_image(conditioned: CodeEvidence) -> None:
    prior, codes = conditioned.model.prior, conditioned.indices.flatten(1)
    noise, limit = uniform_noise(3, prior.length, 4), torch.tensor([THRESHOLD]).double()
    found, plain = walked(conditioned), plain_walk(prior, codes, limit, noise, conditioned.conditions)
    assert found.restored.flatten().equal(plain[0, 2])
    torch.testing.assert_close(found.surprise[0], conditioned.code_nll[0])
    end = prior.nll(found.restored.flatten()[None], conditioned.conditions)
    torch.testing.assert_close(found.surprise[-1].flatten(), end[0])


@pytest.mark.parametrize("which", ["evidence", "conditioned"])
def test_each_position_shows_what_decided_it(which: str, request: pytest.FixtureRequest) -> None:
    found = walked(request.getfixturevalue(which))
    again = draw(found.probabilities.log(), found.noise).view_as(found.codes)
    assert found.restored.equal(torch.where(found.drawn, again, found.codes))
    assert 0 < int(found.drawn.sum()) < found.codes.numel()
    torch.testing.assert_close(found.probabilities.sum(1), torch.ones(found.codes.numel()).double())


def test_states_lead_from_the_image_to_the_end_one_change_each(model: VqVae, evidence: CodeEvidence) -> None:
    found = walked(evidence)
    changed = (found.codes != found.restored).flatten().nonzero()[:, 0]
    assert found.positions.tolist() == sorted({0, *(changed + 1).tolist(), found.codes.numel()})
    torch.testing.assert_close(found.images[0], evidence.x_hat[0, 0])
    torch.testing.assert_close(found.surprise[0], evidence.code_nll[0])
    end = found.restored[None]
    torch.testing.assert_close(found.images[-1], model.decode(model.codebook.embed(end))[0, 0])
    torch.testing.assert_close(found.surprise[-1].flatten(), model.prior.nll(end.flatten(1))[0])
    middle = len(changed) // 2
    state = torch.where(
        torch.arange(found.codes.numel()) < found.positions[middle],
        found.restored.flatten(),
        found.codes.flatten(),
    )
    torch.testing.assert_close(found.surprise[middle].flatten(), model.prior.nll(state[None])[0])


def test_states_are_thinned_to_as_many_as_asked_for(evidence: CodeEvidence) -> None:
    every, few = walked(evidence), walked(evidence, most=3)
    assert len(every.positions) > 3 == len(few.positions) == len(few.images)
    assert few.positions[[0, -1]].equal(every.positions[[0, -1]])


def test_nothing_over_the_threshold_leaves_the_image_as_it_is(evidence: CodeEvidence) -> None:
    found = walked(evidence, threshold=1e6)
    assert (
        found.positions.tolist() == [0, found.codes.numel()]
        and not bool(found.drawn.any())
        and found.calls == 1
    )


def test_progress_rises_and_the_caller_may_stop(evidence: CodeEvidence) -> None:
    shares = [share for share, _ in walk(evidence, THRESHOLD, number=0, seed=0, most=20)]
    assert shares == sorted(shares) and shares[0] < 0.5 and shares[-1] == 1.0
    assert next(walk(evidence, THRESHOLD, number=0, seed=0, most=20))[1] is None


def test_the_second_half_of_the_progress_counts_states(
    evidence: CodeEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.evidence.walk.AT_ONCE", 2)
    *steps, (_, found) = walk(evidence, THRESHOLD, number=0, seed=0, most=5)
    assert found is not None and len(found.positions) == 5
    assert [share for share, _ in steps][-3:] == pytest.approx([0.5 + 0.5 * 2 / 5, 0.5 + 0.5 * 4 / 5, 1.0])
    assert steps[-4][0] <= 0.5


def test_wrong_input_is_named(model: VqVae, evidence: CodeEvidence) -> None:
    with pytest.raises(ValueError, match="watched on one image, got 2"):
        next(walk(CodeEvidence(model, X), 1.0, number=0, seed=0, most=9))
    with pytest.raises(
        ValueError, match="every code would be replaced and nothing of the image kept; raise it"
    ):
        next(walk(evidence, 0.0, number=0, seed=0, most=9))
