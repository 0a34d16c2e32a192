"""Recipes: the shipped ones are read, wrong ones answered with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from torch import nn

import explorer.training
from explorer.training.loop import build_model
from explorer.training.recipe import read_recipe
from explorer.training.stages import stages_of

SHIPPED = sorted(Path(explorer.training.__file__).parent.glob("recipes/*.toml"))
GOOD = """\
name = "tiny"
kind = "beta-vae"
dataset = "brain"
pool = 12
samples = 100
batch_size = 8
learning_rate = 1e-3
seed = 1

[model]
image_size = 128
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "recipe.toml"
    found.write_text(GOOD, encoding="utf-8")
    return found


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_shipped_recipes_describe_a_network_and_their_data(shipped: Path) -> None:
    recipe = read_recipe(shipped)
    assert recipe.name == shipped.stem == f"{recipe.kind}-{recipe.dataset}"
    assert sum(stored_bytes(build_model(recipe))) < 25e6
    assert "arXiv" in recipe.data
    assert stages_of(recipe)[-1].recipe.steps > 1000


def stored_bytes(model: nn.Module) -> Iterator[int]:
    """Of each tensor in half precision."""
    return (2 * value.numel() for value in model.state_dict().values())


def test_a_recipe_is_read_and_its_steps_counted(path: Path) -> None:
    recipe = read_recipe(path)
    assert (recipe.name, recipe.learning_rate, recipe.steps, recipe.precision) == (
        "tiny",
        1e-3,
        12,
        "float32",
    )
    assert recipe.model == {"image_size": 128}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("samples = 100", "samples = 0", "samples must be a whole number of at least 1, got 0"),
        ("samples = 100", "samples = true", "samples must be a whole number of at least 1, got True"),
        ("batch_size = 8", 'batch_size = "8"', "batch_size must be a whole number of at least 1, got '8'"),
        ("1e-3", "nan", "learning_rate must be a finite number of at least 1e-12, got nan"),
        ("samples = 100", "samples = 1e3", "samples must be a whole number of at least 1, got 1000.0"),
        ("seed = 1", 'seed = "x"', "seed must be a whole number of at least 0, got 'x'"),
        ("pool = 12", "pool = 0", "pool must be at least 1"),
        ('"tiny"', '"../tiny"', "name must be letters"),
        ("seed = 1", "", "missing: seed"),
        ("seed = 1", "seed = 1\nsede = 2", "unknown: sede"),
        (
            "seed = 1",
            'seed = 1\nprecision = "int8"',
            "precision must be one of .*; got 'int8'",
        ),
        ("seed = 1", "seed = 1\nreal_share = 1.5", r"real_share must be in \[0, 1\], got 1.5"),
        ("seed = 1", 'seed = 1\nreal_share = "all"', "recipe"),
        ("seed = 1", "seed = 1\nbeta_lean = 1.0", "beta_lean must be below 1, got 1.0"),
        ("seed = 1", "seed = 1\nbeta_lean = -0.1", "beta_lean must be a finite number of at least 0"),
        ("[model]", "[prior]\nsamples = 1\n[model]", "prior must be left out for kind beta-vae"),
        ('"beta-vae"', '"vq-vae"', "prior must be a table of samples, batch_size, learning_rate"),
        ("seed = 1", "seed = ", "is not a readable TOML recipe"),
    ],
)
def test_what_is_wrong_is_named(path: Path, old: str, new: str, message: str) -> None:
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        read_recipe(path)
    assert str(path) in str(caught.value)


def test_unknown_and_missing_keys_are_named_together_with_the_known(path: Path) -> None:
    path.write_text('name = "tiny"\nepochs = 3\n', encoding="utf-8")
    with pytest.raises(ValueError, match="unknown: epochs; missing: .*seed.*; known: name, kind, dataset"):
        read_recipe(path)


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no recipe at .*none.toml"):
        read_recipe(tmp_path / "none.toml")


def test_a_recipe_that_is_no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="is not a readable TOML recipe"):
        read_recipe(path)
