"""Figures of lessons against their definitions, on a slice as the page shows it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from explorer.lessons.figures import Figures, Looked
from explorer.lessons.states import state_of
from explorer.looking.view import look

TABLE = {"place": [3, 32], "predictors": ["intensity", "reconstruction-error", "elbo-gradient"]}


@pytest.fixture(scope="module")
def figures() -> Figures:
    healthy = Looked(state_of({**TABLE, "anomaly": "none"}))
    return Figures({"": Looked(state_of(TABLE)), "healthy": healthy})


def test_errors_are_means_over_their_pixels(figures: Figures) -> None:
    looked = figures.looked[""]
    case = looked.view.case
    error = np.abs(case.image.numpy() - looked.view.x_hat)
    mask, brain = case.mask.numpy(), case.source.foreground.numpy()
    assert figures["error"] == pytest.approx(error[brain & ~mask].mean(), rel=1e-5)
    assert figures["error_in_lesion"] == pytest.approx(error[brain & mask].mean(), rel=1e-5)
    assert figures["share"] == pytest.approx(mask[brain].mean())
    both = 0.2 * figures["error_at_edges"] + 0.8 * figures["error_elsewhere"]
    assert figures["error"] == pytest.approx(both, rel=0.02)


def test_figures_of_maps_agree_with_scikit_learn(figures: Figures) -> None:
    looked, name = figures.looked[""], "elbo-gradient"
    scores, mask = looked.view.maps[name], looked.view.case.mask.numpy()
    brain = looked.view.case.source.foreground.numpy()
    assert figures[f"ap:{name}"] == pytest.approx(
        average_precision_score(mask[brain], scores[brain]), abs=2e-4
    )
    assert figures[f"auroc:{name}"] == pytest.approx(roc_auc_score(mask[brain], scores[brain]), abs=1e-4)
    everywhere = roc_auc_score(mask.ravel(), scores.ravel())
    assert figures[f"auroc_with_background:{name}"] == pytest.approx(everywhere, abs=1e-4)
    above = scores[brain] >= figures[f"threshold:{name}"]
    assert figures[f"dice_at_threshold:{name}"] == pytest.approx(f1_score(mask[brain], above), abs=5e-3)
    assert figures[f"best_dice:{name}"] >= figures[f"dice_at_threshold:{name}"]


def test_shares_above_are_of_healthy_pixels(figures: Figures) -> None:
    looked, name = figures.looked["healthy"], "reconstruction-error"
    scores = looked.view.maps[name][looked.view.case.source.foreground.numpy()]
    assert figures[f"healthy.highest:{name}"] == pytest.approx(scores.max())
    assert figures[f"healthy.above_half:{name}"] == pytest.approx((scores > scores.max() / 2).mean())
    assert 0 <= figures[f"healthy.above_threshold:{name}"] < 0.05


def test_terms_are_those_of_the_page(figures: Figures) -> None:
    shown = look(figures.looked[""].scene)
    assert (figures["rec"], figures["kl"], figures["elbo"]) == (shown.rec, shown.kl, shown.elbo)
    assert figures["elbo"] == pytest.approx(figures["rec"] + figures["beta"] * figures["kl"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("weight", "'weight' is no figure; known: beta, rec, kl"),
        ("ap", "'ap' is no figure"),
        ("large.kl", "states: healthy"),
        ("ap:kl-gradient", "kl-gradient is none of its maps: intensity"),
        ("healthy.ap:intensity", "'healthy.ap:intensity' is not defined in this slice"),
        ("healthy.error_in_lesion", "is not defined"),
    ],
)
def test_a_figure_that_there_is_not_is_named(figures: Figures, name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        figures[name]
