"""What the Explore page shows that nobody has touched.

All of it is always written to the page's address, so that an old address means what it meant when something
is added to a registry, or when something here is changed.
"""

from __future__ import annotations

from explorer.anomalies import ANOMALIES
from explorer.cards import Pretrained, models_for
from explorer.datasets import DATASETS, reference_of
from explorer.looking import server
from explorer.looking.state import State
from explorer.predictors import PREDICTORS as REGISTERED
from explorer.predictors import listed, predictors_for

DATASET = "brain/flair"
ANOMALY = "lesion"
SEED = 0
MODELS = {"brain": "beta-vae-brain", "fashion-mnist": "beta-vae-fashion-mnist"}
"""By family of datasets; the first in the alphabet for any other."""

BETA = 1.0
PREDICTORS = (
    *("intensity", "reconstruction-error", "code-surprise", "reconstruction-gradient", "kl-gradient"),
    *("elbo-gradient", "combination", "ensemble"),
)
"""Those of them that the model can do with are shown; where it can do with none, all that take one pass."""

COHORT_SIZES = (8, 16, 32, 64, 128, 200)
COHORT_SIZE = 16


def anomaly_of(dataset: str) -> str:
    """The anomaly that is shown with a dataset: the dataset's own choice, if it has one."""
    return DATASETS[dataset.partition("/")[0]].anomaly or ANOMALY


def model_of(dataset: str) -> str:
    """The model that is shown with a dataset.

    Raises:
        ValueError: where there is none.
    """
    fitting = models_for(dataset)
    if not fitting:
        raise ValueError(
            f"there is no model for {dataset}; choose another dataset, or make one with: "
            "python -m explorer train"
        )
    usual = MODELS.get(reference_of(dataset).partition("/")[0])
    return usual if usual in fitting else fitting[0]


def offered(pretrained: Pretrained, dataset: str, *, unread: bool = False) -> list[str]:
    """The predictors for a model, as they are listed.

    Those that need healthy scores are offered only where the model has some of this dataset.

    Args:
        pretrained: the model.
        dataset: the images' name.
        unread: whether the model's files cannot be read, so that it may have such scores.
    """
    known = unread or pretrained.healthy(dataset) is not None
    names = [
        name for name in predictors_for(pretrained.model) if known or not REGISTERED[name].needs_calibration
    ]
    return listed(names)


def shown_unasked(names: list[str]) -> list[str]:
    """Those of the offered predictors that are shown unasked."""
    usual = [name for name in names if name in PREDICTORS]
    return usual or [name for name in names if not REGISTERED[name].iterative]


def default_state() -> State:
    """The state of a page that nobody has touched."""
    model = model_of(DATASET)
    names = shown_unasked(offered(server.pretrained(model), DATASET))
    return State(
        dataset=DATASET,
        place=tuple(axis.start for axis in server.dataset(DATASET).axes("test")),
        anomaly=ANOMALIES[ANOMALY](),
        anomaly_name=ANOMALY,
        seed=SEED,
        model=model,
        beta=BETA,
        scoring_beta=BETA,
        predictors={name: REGISTERED[name]() for name in names},
        cohort_size=COHORT_SIZE,
    )
