"""The network of `beta-vae`, trained to answer damaged images with whole ones.

Zimmerer, Kohl, Petersen, Isensee and Maier-Hein: Context-encoding Variational Autoencoder for Unsupervised
Anomaly Detection, 2018, arXiv 1812.05941. *Differs from the paper*: conditioned on the training beta, and
another damage; see `damage`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.models.base import MODELS, Stage
from explorer.models.beta_vae import BetaVae
from explorer.models.context_vae.objective import ContextObjective, ContextVaeTraining


@MODELS.register("context-vae")
class ContextVae(BetaVae):
    """A `BetaVae` in all but its training, so that either may begin from the other's weights."""

    training_settings = ContextVaeTraining

    def stages(self, settings: Any) -> Sequence[Stage]:
        return [Stage(lambda: ContextObjective(self, settings))]

    @classmethod
    def trained_against(cls, settings: ContextVaeTraining) -> Mapping[str, str]:
        return settings.damage.resembles
