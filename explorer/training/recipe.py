"""Recipes: what to train on what, as TOML.

name = "beta-vae-brain"     # and the other settings of `Recipe`
[model]                     # settings of the network, as its constructor takes them
[training]                  # what the model's family asks for
[images]                    # what the dataset's family asks for
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from explorer.datasets import DATASETS
from explorer.models import MODELS
from explorer.models.base import Share, Stage
from explorer.settings import NoSettings, from_table, setting, shown
from explorer.training.network import check_network

PRECISIONS = ("float32", "bfloat16")
TABLES = ("model", "training", "images")
LONGEST_DATA = 2**16
"""Bytes of UTF-8, a quarter of a card."""
OPTIONAL = (*TABLES, "start", "start_sha256")
"""Left out of a recipe's description where they are empty."""


@dataclass(frozen=True, kw_only=True)
class Common(Share):
    """What every recipe says."""

    name: str = setting(MISSING, "name of the model that comes out")
    kind: str = setting(MISSING, "family of models")
    dataset: str = setting(MISSING, "family of datasets that the model is for")
    seed: int = setting(MISSING, "of weights, order and noise", minimum=0, maximum=2**63 - 1)
    precision: str = setting("float32", "of the matrix products alone", choices=PRECISIONS)
    start: str = setting(
        "", "trained model to begin from: its name or the path of its card; empty: fresh weights"
    )
    start_sha256: str = setting("", "of that model's weights; where it is given, no other weights are taken")
    data: str = setting("", "what the weights were trained on, with licence and citation, for the card")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}", self.name):
            raise ValueError(
                f"name must be letters, digits, dots and dashes, as it names files; got {shown(self.name)}"
            )
        if len(self.data.encode()) > LONGEST_DATA:
            raise ValueError(f"data must be at most {LONGEST_DATA} bytes, as cards hold no more")


@dataclass(frozen=True, kw_only=True)
class Recipe(Common):
    """All that decides a training.

    Attributes:
        model: the network's settings.
        training: of the type that the model's family names.
        images: of the type that the dataset's family names.
    """

    model: Mapping[str, Any]
    training: Any = field(default_factory=NoSettings)
    images: Any = field(default_factory=NoSettings)

    def at(self, stage: Stage) -> Recipe:
        """The recipe of one stage of this training."""
        named = dataclasses.replace(self, name=f"{self.name}.{stage.name}") if stage.name else self
        return named if stage.share is None else dataclasses.replace(named, **vars(stage.share))

    def with_samples(self, samples: int) -> Recipe:
        """The same training with so many images seen in each stage."""
        shares = {
            name: dataclasses.replace(value, samples=samples)
            for name, value in vars(self.training).items()
            if isinstance(value, Share)
        }
        return dataclasses.replace(
            self, samples=samples, training=dataclasses.replace(self.training, **shares)
        )


def described(recipe: Recipe) -> dict[str, Any]:
    """A recipe as a plain dictionary, without tables that are empty and a start that is not."""
    content = dataclasses.asdict(recipe, dict_factory=_without_none)
    return {name: value for name, value in content.items() if value or name not in OPTIONAL}


def _without_none(fields: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in fields if value is not None}


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        ValueError: naming the file, and the key that is unknown, missing or wrong.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ValueError(
            f"there is no recipe at {path}; recipes of the shipped models are in explorer/training/recipes/"
        ) from None
    except (ValueError, OSError, RecursionError) as error:
        raise ValueError(f"{path} is not a readable TOML recipe: {error}; it must be TOML in UTF-8") from None
    try:
        return recipe_of(content)
    except ValueError as error:
        raise ValueError(f"recipe {path}: {error}") from None


def recipe_of(content: Mapping[str, Any]) -> Recipe:
    """The recipe in the content of a file; ValueError names the key that is unknown, missing or wrong."""
    common = from_table(Common, content, besides=TABLES)
    network, source = MODELS[common.kind], DATASETS[common.dataset]
    made: dict[str, Callable[[Any], Any]] = {
        "model": partial(check_network, network),
        "training": partial(from_table, network.training_settings),
        "images": partial(from_table, source.training_settings),
    }
    tables = {}
    for name, make in made.items():
        try:
            tables[name] = make(content.get(name, {}))
        except ValueError as error:
            raise ValueError(f"[{name}] {error}") from None
    size = source(*source.options[:1]).image_size[0]
    if tables["model"]["image_size"] != size:
        given = tables["model"]["image_size"]
        raise ValueError(f"[model] image_size must be {size}, as images of {common.dataset} are, got {given}")
    return Recipe(**vars(common), **tables)
