"""An autoregressive prior over a grid of codes: p(c) = prod_i p(c_i | c_<i, y) in raster order.

A causal transformer (Vaswani et al.: Attention is all you need, 2017, arXiv 1706.03762; normalised before
each part). It stands in for the PixelSNAIL-like prior of Naval Marimont and Tarroni, 2020, arXiv 2012.06765,
since what it knows of earlier codes can be kept: keys and values of a code never change when later codes do.

y is what is known of the image, contrast and slice position as in the released code of that paper, each an
embedding added at every place of the grid. One embedding of each stands for what is not known, so that any
image has a likelihood; it is learned from images whose conditions are hidden.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.contracts import UNKNOWN, Conditions
from explorer.models.layers.precision import at_least_float32

MOST_LAYERS = 64
"""Of the transformer; a bound on the time that building takes."""

MOST_PLACES = 1024
"""Of a grid; each place looks at all others."""


class CodePrior(nn.Module):
    """log p(c_i | c_<i, y) of every code on a grid.

    Args:
        codes: size of the vocabulary, K.
        rows: of the grid.
        columns: of the grid.
        width: channels, divisible by `heads`.
        layers: of the transformer.
        heads: of the attention.
        contrasts: how many contrasts it is told apart by; 0: it is not conditioned on them.
        positions: the same for positions of slices.

    Raises:
        ValueError: where a number is below 1, one of the last two below 0, there are too many layers or
            places, or `heads` does not divide `width`.
    """

    def __init__(
        self,
        codes: int,
        rows: int,
        columns: int,
        *,
        width: int = 128,
        layers: int = 6,
        heads: int = 2,
        contrasts: int = 0,
        positions: int = 0,
    ) -> None:
        super().__init__()
        if layers > MOST_LAYERS:
            raise ValueError(f"layers of the prior must be at most {MOST_LAYERS}, got {layers}")
        if min(codes, rows, columns, width, layers, heads) < 1 or width % heads:
            raise ValueError(
                "the prior's settings must be at least 1 and width divisible by heads; "
                f"got width {width}, layers {layers}, heads {heads}"
            )
        if rows * columns > MOST_PLACES:
            raise ValueError(f"the prior's grid has at most {MOST_PLACES} places, got {rows}x{columns}")
        if min(contrasts, positions) < 0:
            raise ValueError(
                f"contrasts and positions of the prior must be at least 0, got {contrasts} and {positions}"
            )
        self.codes, self.rows, self.columns, self.heads = codes, rows, columns, heads
        self.embedding = nn.Embedding(codes + 1, width)  # the last stands before the first code
        self.row = nn.Embedding(rows, width)
        self.column = nn.Embedding(columns, width)
        self.contrast = Condition("contrast", contrasts, width) if contrasts else None
        self.position = Condition("position", positions, width) if positions else None
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, codes)
        for table in (self.embedding, self.row, self.column):
            nn.init.normal_(table.weight, std=0.05)

    @property
    def length(self) -> int:
        """Codes on a grid, n."""
        return self.rows * self.columns

    def forward(self, codes: Tensor, conditions: Conditions | None = None) -> Tensor:
        """Logits of every position given the codes before it, (B, n, K), for codes (B, n), int64.

        Raises:
            ValueError: where a condition is beyond those that the prior knows.
        """
        start = torch.full_like(codes[:, :1], self.codes)
        positions = torch.arange(self.length, device=codes.device)
        given = self._given(conditions or Conditions.unknown(len(codes)))
        h = self._embed(torch.cat([start, codes[:, :-1]], 1), positions, given)
        for layer in self.layers:
            h = layer(h)
        return self._logits(h)

    def nll(self, codes: Tensor, conditions: Conditions | None = None) -> Tensor:
        """-log p(c_i | c_<i, y), nats, (B, n), at least 0, for codes (B, n)."""
        return F.cross_entropy(self(codes, conditions).transpose(1, 2), codes, reduction="none")

    def memory(self, count: int, conditions: Conditions | None = None) -> Memory:
        """An empty memory for `count` grids of such images."""
        like = self.head.weight
        shape = (len(self.layers), count, self.heads, self.length, like.shape[1] // self.heads)
        given = self._given(conditions or Conditions.unknown(count))
        return Memory(like.new_zeros(shape), like.new_zeros(shape), given)

    def advance(self, memory: Memory, codes: Tensor, first: Tensor, count: int) -> Tensor:
        """Logits of the next `count` positions of each grid; only these are computed.

        Args:
            memory: of the same grids; what it holds before `first` must come from the same codes. Filled in
                place for the positions computed.
            codes: (R, n), int64.
            first: each grid's first position, (R,), int64.
            count: positions a grid; those past the end repeat the last one.

        Returns:
            (R, count, K).
        """
        steps = torch.arange(count, device=codes.device)
        positions = (first[:, None] + steps).clamp(max=self.length - 1)  # (R, count)
        before = codes.gather(1, (positions - 1).clamp(min=0)).masked_fill(positions == 0, self.codes)
        seen = int(positions.max()) + 1
        visible = (torch.arange(seen, device=codes.device) <= positions[:, :, None])[:, None]
        h = self._embed(before, positions, memory.given)
        for keys, values, layer in zip(memory.keys, memory.values, self.layers, strict=True):
            h = cast(Layer, layer).advance(h, keys, values, positions, visible)
        return self._logits(h)

    def _given(self, conditions: Conditions) -> Tensor:
        """What the conditions add at every place of a grid, (B, 1, width)."""
        like = self.head.weight
        total = like.new_zeros(len(conditions), 1, like.shape[1])
        for table, index in ((self.contrast, conditions.contrast), (self.position, conditions.position)):
            total = total if table is None else total + table(index)[:, None]
        return total

    def _embed(self, before: Tensor, positions: Tensor, given: Tensor) -> Tensor:
        row, column = positions // self.columns, positions % self.columns
        embedded: Tensor = self.embedding(before) + self.row(row) + self.column(column) + given
        return embedded

    def _logits(self, h: Tensor) -> Tensor:
        return at_least_float32(self.head(self.norm(h)))


class Condition(nn.Module):
    """An embedding of each value that a condition may have, and one for not knowing it; all 0 at the start.

    Args:
        name: for messages.
        count: of values, from 0.
        width: of the embeddings.
    """

    def __init__(self, name: str, count: int, width: int) -> None:
        super().__init__()
        self.name, self.count = name, count
        self.table = nn.Parameter(torch.zeros(count + 1, width))

    def forward(self, index: Tensor) -> Tensor:
        """(B, width), for indices (B,), int64, `UNKNOWN` among them."""
        if len(index) and not UNKNOWN <= int(index.min()) <= int(index.max()) < self.count:
            raise ValueError(
                f"{self.name} must be in [0, {self.count - 1}] for this prior, or {UNKNOWN} where it is not "
                f"known; got {int(index.min())} to {int(index.max())}"
            )
        return F.embedding((index - UNKNOWN).to(self.table.device), self.table)


@dataclass(frozen=True, eq=False)
class Memory:
    """What is kept of grids.

    Attributes:
        keys: (layers, R, heads, n, d).
        values: the same.
        given: what is added for the images' conditions, (R, 1, width).
    """

    keys: Tensor
    values: Tensor
    given: Tensor

    def of(self, grids: Tensor) -> Memory:
        """A copy for the grids with these indices, which may repeat."""
        return Memory(self.keys[:, grids], self.values[:, grids], self.given[grids])


class Layer(nn.Module):
    """Causal self-attention and two dense maps, each added to its input."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.to_qkv = nn.Linear(width, 3 * width)
        self.from_heads = nn.Linear(width, width)
        self.norm_dense = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, h: Tensor) -> Tensor:
        """All positions at once, (B, n, width)."""
        q, k, v = (self._split(part) for part in self.to_qkv(self.norm_attention(h)).chunk(3, dim=2))
        steps = torch.arange(h.shape[1], device=h.device)
        return self._rest(h, attend(q, k, v, steps <= steps[:, None]))

    def advance(self, h: Tensor, keys: Tensor, values: Tensor, positions: Tensor, visible: Tensor) -> Tensor:
        """Some positions, (R, m, width), beside the remembered (R, heads, n, d), which are filled in place.

        Args:
            h: of the positions.
            keys: of this layer.
            values: of this layer.
            positions: (R, m), int64.
            visible: whether a position may look at each of the first positions, (R, 1, m, seen), bool.
        """
        q, k, v = (self._split(part) for part in self.to_qkv(self.norm_attention(h)).chunk(3, dim=2))
        grids = torch.arange(len(h), device=h.device)[:, None]
        keys[grids, :, positions] = k.transpose(1, 2)
        values[grids, :, positions] = v.transpose(1, 2)
        seen = visible.shape[-1]
        return self._rest(h, attend(q, keys[:, :, :seen], values[:, :, :seen], visible))

    def _split(self, part: Tensor) -> Tensor:
        """(B, n, width) -> (B, heads, n, width / heads)"""
        return part.view(*part.shape[:2], self.heads, -1).transpose(1, 2)

    def _rest(self, h: Tensor, attended: Tensor) -> Tensor:
        h = h + self.from_heads(attended.transpose(1, 2).flatten(2))
        out: Tensor = h + self.narrow(F.gelu(self.widen(self.norm_dense(h))))
        return out


def attend(q: Tensor, k: Tensor, v: Tensor, visible: Tensor) -> Tensor:
    """softmax(q k / sqrt(d)) v over the visible keys; on a CPU faster to train than torch's fused kernel.

    Args:
        q: (B, heads, m, d).
        k: (B, heads, n, d).
        v: (B, heads, n, d).
        visible: whether a position may look at a key, (m, n) or (B, 1, m, n), bool.

    Returns:
        (B, heads, m, d).
    """
    weights = (q / math.sqrt(q.shape[-1])) @ k.transpose(-1, -2)
    hidden = torch.zeros(visible.shape, dtype=weights.dtype, device=q.device).masked_fill(~visible, -math.inf)
    attended: Tensor = torch.softmax(weights + hidden, -1).to(v.dtype) @ v
    return attended
