"""Latent restoration: unlikely codes are replaced by samples of the prior, fast and exact.

Naval Marimont and Tarroni, 2020, arXiv 2012.06765: walk the codes in raster order; where
-log p(c_i | current c_<i) exceeds a threshold, replace c_i by a sample of the prior at temperature 1; later
positions see the replaced codes. The released code runs the prior over all codes of all copies for each
position. The same codes come out of less work:

- a pass is valid up to and including the first position over the threshold, so the walk jumps from one such
  position to the next;
- keys and values of the codes before it are kept, and a pass looks only some positions ahead;
- copies of an image are one grid until they draw different codes;
- finished grids leave the batch.

The noise is one uniform number for each copy and position, inverted through the cumulated probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.contracts import CodePrior, Conditions, PriorMemory
from explorer.randomness import stream


@dataclass(frozen=True, eq=False)
class Restoration:
    """Where a restoration stands.

    Attributes:
        codes: of every copy, replaced so far, (B, S, n), int64.
        calls: passes of the prior.
        computed: positions computed in them, over all grids.
        share: of the raster that the slowest grid has walked, in [0, 1].
    """

    codes: Tensor
    calls: int
    computed: int
    share: float


@dataclass(frozen=True, eq=False)
class Branches:
    """Grids that are not finished; each stands for the copies that have drawn the same codes.

    Attributes:
        codes: (R, n), int64.
        first: the first position not decided yet, (R,), int64.
        copies: indices of the copies that each branch stands for, R lists.
        memory: of the prior, for positions before `first`.
    """

    codes: Tensor
    first: Tensor
    copies: list[list[int]]
    memory: PriorMemory


def uniform_noise(copies: int, length: int, seed: int) -> Tensor:
    """One uniform number in [0, 1) for each copy and position, (S, n), float64; the same for every image."""
    return torch.stack(
        [
            torch.rand(length, generator=stream(seed, "restoration", s), dtype=torch.float64)
            for s in range(copies)
        ]
    )


def draw(logits: Tensor, uniform: Tensor) -> Tensor:
    """Codes with the probabilities softmax(logits), by inversion.

    Args:
        logits: (N, K), on any device.
        uniform: in [0, 1), (N,), float64, on the CPU, where the sums are taken.

    Returns:
        Codes, (N,), int64, on the device of `logits`.
    """
    cumulated = torch.softmax(logits.cpu().double(), 1).cumsum(1)
    return (cumulated <= uniform[:, None]).sum(1).clamp(max=logits.shape[1] - 1).to(logits.device)


def restore(
    prior: CodePrior,
    codes: Tensor,
    threshold: Tensor | float,
    noise: Tensor,
    conditions: Conditions | None = None,
) -> Iterator[Restoration]:
    """Restore each grid once for each row of noise; yields after every pass of the prior.

    At most n passes are needed, one a position where every code is replaced.

    Args:
        prior: over the codes, on their device.
        codes: (B, n), int64.
        threshold: nats above which a code is replaced, above 0, one or (B,).
        noise: uniform in [0, 1), (S, n), float64, on the CPU; `uniform_noise`.
        conditions: what is known of the images, for a prior that asks for it; None: nothing.

    Raises:
        ValueError: where shapes do not fit, a code is unknown to the prior, or a threshold is not above 0.
    """
    limits = _checked(prior, codes, threshold, noise)
    images, copies = len(codes), len(noise)
    uniform = noise.repeat(images, 1)  # (B S, n)
    result = codes.repeat_interleave(copies, 0)
    groups = [list(range(b * copies, (b + 1) * copies)) for b in range(images)]
    branches = Branches(codes, codes.new_zeros(images), groups, prior.memory(images, conditions))
    calls = computed = 0
    ahead = prior.length
    while branches.copies:
        owners = torch.tensor([group[0] // copies for group in branches.copies], device=codes.device)
        logits, hit, found = _look_ahead(prior, branches, limits[owners], ahead)
        calls, computed = calls + 1, computed + ahead * len(branches.copies)
        advanced = torch.where(found, hit - branches.first + 1, ahead).double().mean()
        branches = _split(branches, logits, hit, found, uniform)
        branches = _leave(branches, result, prior.length)
        ahead = min(int(1.5 * float(advanced)) + 1, prior.length)
        walked = min(branches.first.tolist(), default=prior.length) / prior.length
        yield Restoration(_current(branches, result).view(images, copies, -1), calls, computed, walked)


def _look_ahead(
    prior: CodePrior, branches: Branches, limits: Tensor, ahead: int
) -> tuple[Tensor, Tensor, Tensor]:
    """One pass: logits at each branch's first code over its limit, (R, K), its position, and if there is one.

    Where there is none, the position is the last that was looked at.
    """
    with torch.no_grad():
        logits = prior.advance(branches.memory, branches.codes, branches.first, ahead)  # (R, m, K)
    steps = torch.arange(ahead, device=branches.codes.device)
    positions = (branches.first[:, None] + steps).clamp(max=prior.length - 1)
    current = branches.codes.gather(1, positions)
    nll = F.cross_entropy(logits.transpose(1, 2), current, reduction="none")  # (R, m)
    over = nll > limits[:, None].to(nll)
    found = over.any(1)
    step = torch.where(found, over.int().argmax(1), ahead - 1)
    rows = torch.arange(len(step), device=step.device)
    return logits[rows, step], positions[rows, step], found


def _split(branches: Branches, logits: Tensor, hit: Tensor, found: Tensor, uniform: Tensor) -> Branches:
    """Replace the code at `hit` of each branch where one was found; copies with different codes part."""
    member = torch.tensor([c for group in branches.copies for c in group], device=hit.device)
    parent = torch.repeat_interleave(
        torch.arange(len(hit), device=hit.device),
        torch.tensor([len(group) for group in branches.copies], device=hit.device),
    )
    place = hit[parent]
    old = branches.codes[parent, place]
    drawn = draw(logits[parent], uniform[member.cpu(), place.cpu()])
    new = torch.where(found[parent], drawn, old)
    pairs, child = torch.unique(torch.stack([parent, new], 1), dim=0, return_inverse=True)
    parents, fresh = pairs[:, 0], pairs[:, 1]
    groups: list[list[int]] = [[] for _ in range(len(pairs))]
    for copy, branch in zip(member.tolist(), child.tolist(), strict=True):
        groups[branch].append(copy)
    codes = branches.codes[parents].scatter(1, hit[parents][:, None], fresh[:, None])
    parted = len(pairs) > len(hit)
    memory = branches.memory.of(parents) if parted else branches.memory
    return Branches(codes, hit[parents] + 1, groups, memory)


def _leave(branches: Branches, result: Tensor, length: int) -> Branches:
    """Enter finished grids into `result`, in place, and go on with the others."""
    going = branches.first < length
    if bool(going.all()):
        return branches
    for branch in (~going).nonzero()[:, 0].tolist():
        result[branches.copies[branch]] = branches.codes[branch]
    rows = going.nonzero()[:, 0]
    kept = [branches.copies[branch] for branch in rows.tolist()]
    return Branches(branches.codes[rows], branches.first[rows], kept, branches.memory.of(rows))


def _current(branches: Branches, result: Tensor) -> Tensor:
    """Finished and unfinished grids of all copies, (B S, n)."""
    current = result.clone()
    for group, codes in zip(branches.copies, branches.codes, strict=True):
        current[group] = codes
    return current


def _checked(prior: CodePrior, codes: Tensor, threshold: Tensor | float, noise: Tensor) -> Tensor:
    """The thresholds, (B,); ValueError where an argument breaks its rule."""
    if codes.ndim != 2 or codes.shape[1] != prior.length or noise.shape[1:] != codes.shape[1:]:
        raise ValueError(
            f"codes must be (B, {prior.length}) and noise (S, {prior.length}) for this prior; "
            f"got {tuple(codes.shape)} and {tuple(noise.shape)}"
        )
    if len(codes) and not 0 <= int(codes.min()) <= int(codes.max()) < prior.codes:
        raise ValueError(
            f"codes must be in [0, {prior.codes - 1}] for this prior, got {int(codes.min())} to "
            f"{int(codes.max())}; use the prior that was trained on this VQ-VAE"
        )
    limits = torch.as_tensor(threshold, device=codes.device).expand(len(codes))
    if not bool((limits > 0).all()):
        raise ValueError(
            f"threshold must be above 0 nats, got {float(limits.min()):g}: every code would be replaced and "
            "nothing of the image kept; raise it"
        )
    return limits
