"""A VQ-VAE together with the autoregressive prior over its codes: one model of healthy images.

Naval Marimont and Tarroni: Anomaly detection through latent space restoration using vector quantized
variational autoencoders, 2020, arXiv 2012.06765: residual convolutions, discrete codes, and a prior in raster
order. Quantisation: see `codebook`; prior: see `code_prior`.

*Differs from the paper*: sizes are those of a training on a CPU; the prior is a small transformer, which also
takes images of which contrast or position are not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from explorer.evidence import CodeEvidence
from explorer.models.base import MODELS, Network, Stage
from explorer.models.layers.precision import at_least_float32
from explorer.models.vq_vae.code_prior import CodePrior
from explorer.models.vq_vae.codebook import Codebook, straight_through
from explorer.models.vq_vae.objective import CodesObjective, PriorObjective, VqVaeTraining

CONDITIONS = ("contrasts", "positions")
"""Settings of what a prior is conditioned on."""

MOST_BLOCKS = 64
"""Residual blocks on either side; a bound on the time that building takes."""


@MODELS.register("vq-vae")
class VqVae(Network):
    """Encoder to h x w codes, decoder to p(x|codes) = N(x_hat, s^2 I), and the prior p(codes).

    Args:
        image_size: height and width of the images, pixels; divisible by 2 once per width.
        widths: channels after each halving, first to last.
        codes: size of the codebook, K.
        dimension: of a code's vector, D.
        prior: settings of `CodePrior`; what it leaves out of codes, rows and columns is taken from here.
        blocks: residual blocks at the lowest resolution, on either side.
        s: standard deviation of p(x|codes).
        mean: the value subtracted from an image at the network's entrance and added at its exit.
        scale: the factor applied after that subtraction.

    Raises:
        ValueError: where sizes do not fit, or the prior knows other codes than the codebook holds.
    """

    evidence = CodeEvidence
    training_settings = VqVaeTraining
    example = {
        "image_size": 16, "widths": [4, 6], "codes": 12, "dimension": 5, "blocks": 1, "mean": 0.3,
        "scale": 2.0, "prior": {"width": 16, "layers": 2, "heads": 2, "contrasts": 3, "positions": 4},
    }  # fmt: skip
    parts = {"prior": CodePrior}
    beta_range = (1.0, 1.0)

    def __init__(
        self,
        image_size: int,
        widths: Sequence[int],
        codes: int,
        dimension: int,
        *,
        prior: Mapping[str, Any],
        blocks: int = 2,
        s: float = 0.5,
        mean: float = 0.0,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        if image_size % 2 ** len(widths):
            raise ValueError(f"image_size must be divisible by {2 ** len(widths)}, got {image_size}")
        if image_size < 1 or min(codes, dimension, *widths) < 1 or not 0 <= blocks <= MOST_BLOCKS:
            raise ValueError(
                f"image_size, codes, dimension and widths must be above 0 and blocks in [0, {MOST_BLOCKS}]"
            )
        if not s > 0 or scale == 0:
            raise ValueError(f"s must be above 0 and scale not 0, got {s} and {scale}")
        self.image_size = image_size
        self.s = s
        self.mean = mean
        self.scale = scale
        self.grid = image_size // 2 ** len(widths)
        pairs = list(zip((1, *widths[:-1]), widths, strict=True))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in pairs)
        self.inner = nn.Sequential(*(ResidualBlock(widths[-1]) for _ in range(blocks)))
        self.to_code = nn.Conv2d(widths[-1], dimension, 1)
        self.codebook = Codebook(codes, dimension)
        self.from_code = nn.Conv2d(dimension, widths[-1], 3, padding=1)
        self.outer = nn.Sequential(*(ResidualBlock(widths[-1]) for _ in range(blocks)))
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 4, 2, 1) for a, b in reversed(pairs))
        self.prior = CodePrior(**({"codes": codes, "rows": self.grid, "columns": self.grid} | dict(prior)))
        check_vocabulary(self.codebook, self.grid, self.prior)

    def encode(self, x: Tensor) -> Tensor:
        """Latents before quantisation, (B, D, h, w), at least float32, of images (B, 1, H, W)."""
        h = (x - self.mean) * self.scale
        for convolution in self.down:
            h = F.leaky_relu(convolution(h), 0.1)
        return at_least_float32(self.to_code(self.inner(h)))

    def decode(self, embedded: Tensor) -> Tensor:
        """Mean of p(x|codes), (B, 1, H, W), of the codes' vectors, (B, D, h, w)."""
        h = self.outer(self.from_code(embedded))
        for convolution in self.up[:-1]:
            h = F.leaky_relu(convolution(h), 0.1)
        return at_least_float32(self.up[-1](h)) / self.scale + self.mean

    def indices(self, x: Tensor) -> Tensor:
        """Codes, (B, h, w), int64, of images (B, 1, H, W)."""
        return self.codebook.nearest(self.encode(x))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Reconstruction, (B, 1, H, W), with gradients straight through the codes, and codes, (B, h, w)."""
        z = self.encode(x)
        indices = self.codebook.nearest(z.detach())
        return self.decode(straight_through(z, self.codebook.embed(indices))), indices

    def stages(self, settings: VqVaeTraining) -> Sequence[Stage]:
        """First the network with its codebook, then the prior over its codes."""
        return [
            Stage(lambda: CodesObjective(self, settings)),
            Stage(lambda: PriorObjective(self, settings), "prior", settings.prior),
        ]

    @classmethod
    def trained_against(cls, settings: VqVaeTraining) -> Mapping[str, str]:
        return {} if settings.damage is None else settings.damage.resembles

    @classmethod
    def without_additions(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Without the conditions of the prior, which begin as nothing."""
        kept = {name: value for name, value in settings["prior"].items() if name not in CONDITIONS}
        return {**settings, "prior": kept}


class ResidualBlock(nn.Module):
    """h + 1x1(relu(3x3(relu(h)))), as in van den Oord et al., 2017, arXiv 1711.00937, section 4.1."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(width, width, 3, padding=1)
        self.point = nn.Conv2d(width, width, 1)

    def forward(self, h: Tensor) -> Tensor:
        out: Tensor = h + self.point(F.relu(self.wide(F.relu(h))))
        return out


def check_vocabulary(codebook: Codebook, grid: int, prior: CodePrior) -> None:
    """Raise ValueError unless the prior is over the codes and the grid of this VQ-VAE."""
    if prior.codes != len(codebook):
        raise ValueError(
            f"the prior knows {prior.codes} codes, its VQ-VAE has {len(codebook)}; train it on this VQ-VAE"
        )
    if (prior.rows, prior.columns) != (grid, grid):
        raise ValueError(
            f"the prior is for {prior.rows} x {prior.columns} codes, its VQ-VAE gives {grid} x {grid}; "
            "train it on this VQ-VAE"
        )
