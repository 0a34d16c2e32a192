"""The two losses of a VQ-VAE with a prior: first of the network and its codebook, then of the prior.

Naval Marimont and Tarroni, 2020, arXiv 2012.06765: mean L1 plus the commitment term of van den Oord et al.,
2017, arXiv 1711.00937, equation 3, whose codebook term is replaced by `CodebookAverages`; then the mean
negative log-likelihood of the codes.

*Differs from the paper*: some images may be encoded damaged and must come out whole, after Zimmerer et al.,
Context-encoding Variational Autoencoder for Unsupervised Anomaly Detection, 2018, arXiv 1812.05941. The prior
learns the codes of undamaged images alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.contracts import UNKNOWN, Batch, Conditions
from explorer.models.base import Loss, Objective, Share
from explorer.models.context_vae.damage import Damage
from explorer.models.vq_vae.codebook import straight_through
from explorer.models.vq_vae.codebook_averages import CodebookAverages
from explorer.settings import check_settings, setting

if TYPE_CHECKING:  # the network names these objectives
    from explorer.models.vq_vae.network import VqVae

COMMITMENT = 0.25


@dataclass(frozen=True)
class VqVaeTraining:
    """What a recipe says under `[training]`.

    Attributes:
        prior: of the second stage, in which the prior learns the codes.
        damage: of half of the images of the first stage, which must come out whole; None: none.
    """

    prior: Share
    damage: Damage | None = None
    new_codebook: bool = setting(
        True,
        "begin with latents of the first batch as codes; false: with the codes of the weights that the "
        "training starts from",
    )
    hidden_share: float = setting(
        0.1,
        "share of the images of the second stage of which the prior is not told contrast, position or both, "
        "so that it learns what to expect where they are not known",
        minimum=0,
        maximum=1,
    )

    def __post_init__(self) -> None:
        check_settings(self)


class CodesObjective(Objective):
    """mean |x - x_hat| + 0.25 mean |z - e|^2, intensities as the network scales them; shows mean |x - x_hat|.

    Trains all but the prior. Where there is damage, half of the images are encoded damaged; x stays whole.
    """

    def __init__(self, model: VqVae, settings: VqVaeTraining) -> None:
        model.requires_grad_(True)
        model.prior.requires_grad_(False)
        self.model: VqVae = model
        self.settings = settings
        self.averages = CodebookAverages(model.codebook)

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        z = self.model.encode(self._seen(x, generator))
        if not self.averages.started and self.settings.new_codebook:
            self.averages.start(z.detach(), generator)
        elif not self.averages.started:
            self.averages.go_on(z)
        indices = self.model.codebook.nearest(z.detach())
        embedded = self.model.codebook.embed(indices)
        error = (x - self.model.decode(straight_through(z, embedded))).abs().mean()
        commitment = (z - embedded).square().mean()
        self.averages.update(z, indices, generator)
        return Loss(self.model.scale * error + COMMITMENT * commitment, error.detach())

    def _seen(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """The images as they are encoded."""
        if self.settings.damage is None:
            return x
        half = len(x) // 2
        with torch.autocast(x.device.type, enabled=False):
            return torch.cat([self.settings.damage(x[:half], generator), x[half:]])

    def state(self) -> dict[str, Tensor]:
        return {"counts": self.averages.counts, "sums": self.averages.sums}

    def load(self, state: Mapping[str, Tensor]) -> None:
        like = self.averages.codebook.vectors
        self.averages.counts, self.averages.sums = state["counts"].to(like), state["sums"].to(like)


class PriorObjective(Objective):
    """Mean -log p(c_i | c_<i, y), nats a code, over the codes of images; trains the prior alone."""

    def __init__(self, model: VqVae, settings: VqVaeTraining) -> None:
        model.requires_grad_(False)
        model.prior.requires_grad_(True)
        self.model: VqVae = model
        self.settings = settings

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        return self.of_batch(Batch(x, Conditions.unknown(len(x))), generator)

    def of_batch(self, batch: Batch, generator: torch.Generator) -> Loss:
        given = partly_hidden(batch.conditions, self.settings.hidden_share, generator)
        with torch.no_grad():
            codes = self.model.indices(batch.images).flatten(1)
        nll = F.cross_entropy(self.model.prior(codes, given).transpose(1, 2), codes)
        return Loss(nll, nll.detach())


def partly_hidden(conditions: Conditions, share: float, generator: torch.Generator) -> Conditions:
    """The conditions; `share` of the images lose their contrast, their position or both, a third each."""
    place = 3 * torch.rand(len(conditions), generator=generator)
    no_contrast, no_position = place < 2 * share, (place >= share) & (place < 3 * share)
    return Conditions(
        conditions.contrast.masked_fill(no_contrast, UNKNOWN),
        conditions.position.masked_fill(no_position, UNKNOWN),
    )
