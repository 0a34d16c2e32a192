"""Recipes: what to train on what, as TOML."""

from __future__ import annotations

import dataclasses
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PRECISIONS = ("float32", "bfloat16")
PRIOR_KEYS = ("samples", "batch_size", "learning_rate")


@dataclass(frozen=True)
class Recipe:
    """All that decides a training.

    Attributes:
        name: name of the model that comes out.
        kind: architecture, a name in `explorer.models.MODELS`.
        dataset: family the model is for, `fashion-mnist` or `brain`.
        model: the architecture's settings.
        samples: images seen in training.
        batch_size: images a step.
        learning_rate: of Adam, at its peak; warmed up over 2 % of the steps, then a cosine to 1 %.
        seed: of weights, order and noise.
        gate_pace: how many times faster than the rest the gates on beta learn; they are few, and far from
            their final values at the start.
        precision: `float32`, or `bfloat16` for the matrix products alone.
        pool: brain only: deformed slices to draw from.
        real_share: brain only: fraction of the pool that comes from real anatomies.
        beta_lean: `beta-vae` only: how far the training betas lean to the large end, in [0, 1).
        prior: `vq-vae` only: `samples`, `batch_size` and `learning_rate` of the second stage, in which the
            prior learns the codes.
        data: what the weights were trained on, with licence and citation, for the card.
    """

    name: str
    kind: str
    dataset: str
    model: Mapping[str, Any]
    samples: int
    batch_size: int
    learning_rate: float
    seed: int
    gate_pace: float = 20.0
    precision: str = "float32"
    pool: int = 0
    real_share: float = 0.0
    beta_lean: float = 0.0
    prior: Mapping[str, Any] = field(default_factory=dict)
    data: str = ""

    def __post_init__(self) -> None:
        for name in ("samples", "batch_size"):
            _check_number(name, getattr(self, name), whole=True, least=1)
        for name in ("learning_rate", "gate_pace"):
            _check_number(name, getattr(self, name), whole=False, least=1e-12)
        for name in ("seed", "pool"):
            _check_number(name, getattr(self, name), whole=True, least=0)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}", str(self.name)):
            raise ValueError(
                f"name must be letters, digits, dots and dashes, as it names files; got {self.name!r}"
            )
        if self.dataset == "brain" and self.pool < 1:
            raise ValueError("pool must be at least 1 for the brain, got 0")
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}; got {self.precision!r}")
        _check_number("real_share", self.real_share, whole=False, least=0)
        if self.real_share > 1:
            raise ValueError(f"real_share must be in [0, 1], got {self.real_share!r}")
        _check_number("beta_lean", self.beta_lean, whole=False, least=0)
        if self.beta_lean >= 1:
            raise ValueError(f"beta_lean must be below 1, got {self.beta_lean!r}")
        wanted = PRIOR_KEYS if self.kind == "vq-vae" else ()
        if not isinstance(self.prior, Mapping) or sorted(self.prior) != sorted(wanted):
            rule = f"a table of {', '.join(wanted)}" if wanted else "left out"
            raise ValueError(f"prior must be {rule} for kind {self.kind}, got {self.prior!r}")

    @property
    def steps(self) -> int:
        """Optimiser steps in all."""
        return max(self.samples // self.batch_size, 1)


def described(recipe: Recipe) -> dict[str, Any]:
    """A recipe as a plain dictionary, without the stages that it does not have."""
    content = dataclasses.asdict(recipe)
    return {name: value for name, value in content.items() if name != "prior" or value}


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        ValueError: naming the file, and the key that is unknown, missing or wrong.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(
            f"there is no recipe at {path}; recipes of the shipped models are in explorer/training/recipes/"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ValueError(f"{path} is not a readable TOML recipe: {error}") from None
    fields = {field.name: field for field in dataclasses.fields(Recipe)}
    unknown = sorted(set(content) - set(fields))
    optional = {
        name
        for name, field in fields.items()
        if not (field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING)
    }
    missing = sorted(set(fields) - optional - set(content))
    if unknown or missing:
        found = [f"unknown: {', '.join(unknown)}"] * bool(unknown) + [
            f"missing: {', '.join(missing)}"
        ] * bool(missing)
        raise ValueError(f"recipe {path} has wrong keys ({'; '.join(found)}); known: {', '.join(fields)}")
    try:
        return Recipe(**content)
    except (TypeError, ValueError) as error:
        raise ValueError(f"recipe {path}: {error}") from None


def _check_number(name: str, value: object, *, whole: bool, least: float) -> None:
    kind = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kind) or not least <= value < math.inf:
        rule = f"a whole number of at least {least:g}" if whole else f"a finite number of at least {least:g}"
        raise ValueError(f"{name} must be {rule}, got {value!r}")
