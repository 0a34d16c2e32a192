"""One latent restoration of one image, code by code: what the prior expected, what it drew, what was decoded.

Naval Marimont and Tarroni, 2020, arXiv 2012.06765; the walk is `restoration.restore`. Since a code
that was decided never changes again, the grid after the first i positions is that of the end up to i and that
of the image after it, and what the prior said at i is what it says of the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.evidence.codes import CodeEvidence
from explorer.evidence.restoration import restore, uniform_noise

AT_ONCE = 8
"""Grids that go through the prior and the decoder together."""


@dataclass(frozen=True, eq=False)
class Walk:
    """A restoration of n = h w codes in raster order, out of a vocabulary of K; on the CPU.

    Attributes:
        latents: size of the latent vector before it was replaced by a code's, |z|, (h, w).
        codes: of the image, (h, w), int64.
        restored: at the end of the walk, (h, w), int64.
        probabilities: what the prior said at each position when the walk came there, (n, K).
        noise: the numbers in [0, 1) that decide what is drawn, (n,).
        threshold: nats above which a code was drawn anew.
        positions: how many positions were decided in each of F states, ascending from 0, (F,).
        surprise: -log p of each code in each state, (F, h, w), nats.
        images: decoded states, (F, H, W).
        calls: passes of the prior that the walk took.
    """

    latents: Tensor
    codes: Tensor
    restored: Tensor
    probabilities: Tensor
    noise: Tensor
    threshold: float
    positions: Tensor
    surprise: Tensor
    images: Tensor
    calls: int

    @property
    def drawn(self) -> Tensor:
        """Which codes were over the threshold and so drawn anew, (h, w); perhaps the same ones again."""
        flat = self.codes.flatten()[:, None]
        return (-self.probabilities.gather(1, flat)[:, 0].log() > self.threshold).view_as(self.codes)


def walk(
    evidence: CodeEvidence, threshold: float, *, number: int, seed: int, most: int
) -> Iterator[tuple[float, Walk | None]]:
    """Restore once; yields the share of the work done after each part of it, and in the end the walk.

    Args:
        evidence: on one image.
        threshold: nats above which a code is drawn anew, above 0.
        number: which of the restorations of `uniform_noise`, from 0.
        seed: of the noise.
        most: states that are decoded, at least 2; where more codes change, evenly spaced ones.

    Raises:
        ValueError: where there is not one image, or the threshold is not above 0.
    """
    if len(evidence.x) != 1:
        raise ValueError(f"a walk is watched on one image, got {len(evidence.x)}; pass them one by one")
    model, indices = evidence.model, evidence.indices
    codes, noise = indices.flatten(1), uniform_noise(number + 1, model.prior.length, seed)[number:]
    for step in restore(model.prior, codes, threshold, noise, evidence.conditions):
        last = step
        yield 0.5 * step.share, None
    restored = last.codes[0]  # (1, n)
    with torch.no_grad():
        latents = model.encode(evidence.x).norm(dim=1)[0]
        probabilities = torch.softmax(model.prior(restored, evidence.conditions)[0].double(), 1)
    positions = _positions(codes[0], restored[0], most)
    parts: list[tuple[Tensor, Tensor]] = []
    for done, chosen in enumerate(torch.split(positions, AT_ONCE)):
        parts.append(_looked_at(evidence, _states(codes, restored, chosen)))
        yield min(0.5 + 0.5 * (done + 1) * AT_ONCE / len(positions), 1.0), None
    surprise, images = (torch.cat(part).cpu() for part in zip(*parts, strict=True))
    yield (
        1.0,
        Walk(
            latents=latents.cpu(),
            codes=indices[0].cpu(),
            restored=restored.view_as(indices[0]).cpu(),
            probabilities=probabilities.cpu(),
            noise=noise[0],
            threshold=threshold,
            positions=positions.cpu(),
            surprise=surprise,
            images=images,
            calls=last.calls,
        ),
    )


def _positions(codes: Tensor, restored: Tensor, most: int) -> Tensor:
    """How many positions were decided: none, those up to each change, all; at most `most` numbers, (F,)."""
    changes = ((codes != restored).nonzero()[:, 0] + 1).tolist()
    every = torch.tensor(sorted({0, *changes, len(codes)}), device=codes.device)
    if len(every) <= most:
        return every
    return every[torch.linspace(0, len(every) - 1, most, device=every.device).round().long()]


def _states(codes: Tensor, restored: Tensor, positions: Tensor) -> Tensor:
    """The grids when so many positions were decided, (F, n), of codes (1, n) before and after."""
    decided = torch.arange(codes.shape[1], device=codes.device) < positions[:, None]
    return torch.where(decided, restored, codes)


def _looked_at(evidence: CodeEvidence, states: Tensor) -> tuple[Tensor, Tensor]:
    """Surprise, (F, h, w), and decoded image, (F, H, W), of grids (F, n)."""
    grids = states.view(-1, *evidence.indices.shape[1:])
    alike = evidence.conditions.rows(torch.zeros(len(states), dtype=torch.int64))
    with torch.no_grad():
        surprise = evidence.model.prior.nll(states, alike).view(grids.shape)
    return surprise, evidence.decoded(grids)[:, 0]
