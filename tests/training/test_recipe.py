"""Recipes: the shipped ones are read, wrong ones answered with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from torch import nn

import explorer.training
from explorer.datasets import DATASETS
from explorer.datasets.brain.pool import BrainTraining
from explorer.models import MODELS
from explorer.models.beta_vae.objective import BetaVaeTraining
from explorer.models.context_vae.damage import Damage
from explorer.training.loop import build_model
from explorer.training.recipe import described, read_recipe

SHIPPED = sorted(Path(explorer.training.__file__).parent.glob("recipes/*.toml"))
GOOD = """\
name = "tiny"
kind = "beta-vae"
dataset = "brain"
samples = 100
batch_size = 8
learning_rate = 1e-3
seed = 1

[model]
image_size = 128
widths = [4, 4]
latents = 3
s = 0.5
beta_min = 0.01
beta_max = 10.0

[images]
pool = 12
"""


CODES = """\
name = "tiny"
kind = "vq-vae"
dataset = "fashion-mnist"
samples = 100
batch_size = 8
learning_rate = 1e-3
seed = 1
[model]
image_size = 28
widths = [4, 4]
codes = 8
dimension = 2
prior = {width = 4, layers = 1, heads = 1}
[training]
prior = {samples = 200, batch_size = 4, learning_rate = 1e-2}
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
    model = build_model(recipe)
    assert sum(stored_bytes(model)) < 25e6
    assert "arXiv" in recipe.data
    assert all(recipe.at(stage).steps > 1000 for stage in model.stages(recipe.training))


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
    assert recipe.model["image_size"] == 128
    assert recipe.images == BrainTraining(pool=12)
    assert recipe.training == BetaVaeTraining(beta_lean=0.0, gate_pace=20.0)
    assert described(recipe)["images"] == {"pool": 12, "real_share": 0.0}


def test_a_recipe_is_described_without_empty_tables(path: Path) -> None:
    path.write_text(CODES.replace("seed = 1", "seed = 0"), encoding="utf-8")
    found = described(read_recipe(path))
    assert "images" not in found and (found["seed"], found["data"]) == (0, "")
    share = {"samples": 200, "batch_size": 4, "learning_rate": 0.01}
    assert found["training"] == {"prior": share, "new_codebook": True, "hidden_share": 0.1}


def test_a_table_that_may_be_left_out_is_checked_where_it_is_given(path: Path) -> None:
    path.write_text(CODES + "[training.damage]\nblobs = 2\n", encoding="utf-8")
    recipe = read_recipe(path)
    assert recipe.training.damage == Damage(blobs=2)
    assert described(recipe)["training"]["damage"]["blobs"] == 2
    path.write_text(CODES + "[training.damage]\nblobs = -1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="damage: blobs must be in"):
        read_recipe(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("samples = 100", "samples = 0", "samples must be at least 1, got 0"),
        ("samples = 100", "samples = true", "samples must be a whole number, got True"),
        ("batch_size = 8", 'batch_size = "8"', "batch_size must be a whole number, got '8'"),
        ("1e-3", "nan", "learning_rate must be at least 1e-12, got nan"),
        ("1e-3", "inf", "learning_rate must be at least 1e-12, got inf"),
        ("samples = 100", "samples = 1e3", "samples must be a whole number, got 1000.0"),
        ("seed = 1", 'seed = "x"', "seed must be a whole number, got 'x'"),
        ('"tiny"', '"../tiny"', "name must be letters"),
        ('"tiny"', "3", "name must be a text, got 3"),
        ("seed = 1", "", "missing: seed"),
        ("seed = 1", "seed = 1\nsede = 2", "unknown: sede"),
        ("seed = 1", "seed = 1\npool = 2", "unknown: pool.*; known: .*, model, training, images"),
        ("seed = 1", 'seed = 1\nprecision = "int8"', "precision must be one of .*; got 'int8'"),
        ('"beta-vae"', '"gan"', f"unknown model kind 'gan'; known: {', '.join(MODELS.names())}"),
        ('"brain"', '"moon"', f"unknown dataset 'moon'; known: {', '.join(DATASETS.names())}"),
        ("latents = 3", "", r"\[model\] its keys are wrong \(missing: latents\); known: image_size, widths"),
        ("latents = 3", "latents = 3\ndepth = 1", r"\[model\] .* \(unknown: depth\)"),
        ("[model]", "model = 3\n[other]", r"unknown: other"),
        ("pool = 12", "pool = 0", r"\[images\] pool must be at least 1, got 0"),
        ("pool = 12", "", r"\[images\] its keys are wrong \(missing: pool\); known: pool, real_share"),
        ("pool = 12", "pool = 12\nreal_share = 1.5", r"\[images\] real_share must be in \[0, 1\], got 1.5"),
        ("pool = 12", 'pool = 12\nreal_share = "all"', "real_share must be a number, got 'all'"),
        ("[images]", "[training]\nbeta_lean = 1.0\n[images]", r"\[training\] beta_lean must be in \[0, 1\)"),
        ("[images]", "[training]\nprior = 1\n[images]", r"\[training\] .*unknown: prior.*; known: beta_lean"),
        ("seed = 1", "seed = ", "is not a readable TOML recipe"),
        ("seed = 1", f"seed = {2**64}", r"seed must be in \[0, 9.22337e\+18\], got 18446744073709551616"),
        ("seed = 1", f"seed = 1{'0' * 5000}", "is not a readable TOML recipe: Exceeds the limit"),
        ("1e-3", f"1{'0' * 400}", r"learning_rate must be at least 1e-12, got 10{79}\.\.\.$"),
        ("batch_size = 8", "batch_size = 4000000000", r"batch_size must be in \[1, 4096\], got 4000000000"),
        ("image_size = 128", "image_size = 64", r"\[model\] image_size must be 128, as images of brain are,"),
        ("image_size = 128", "image_size = 128.0", r"\[model\] image_size must be a whole number, got 128.0"),
        ("image_size = 128", "image_size = 126", r"\[model\] image_size must be divisible by 4, got 126"),
        ("[4, 4]", "[4.5]", r"\[model\] each of widths must be a whole number, got 4.5"),
        ("[4, 4]", "[-4, 4]", r"\[model\] each of widths must be in \[1, 65536\], got -4"),
        ("[4, 4]", "4", r"\[model\] widths must be a list of 1 to 16 numbers, got 4"),
        ("[4, 4]", "[]", r"\[model\] widths must be a list of 1 to 16 numbers, got \[\]"),
        ("latents = 3", "latents = 4096", r"\[model\] its sizes give weights of [\d,]+ MiB .* 64 can be"),
        ("latents = 3", "latents = true", r"\[model\] latents must be a whole number, got True"),
        ("s = 0.5", "s = nan", r"\[model\] s must be in \[-65536, 65536\], got nan"),
        ("s = 0.5", "s = 0", r"\[model\] s must be at least 1e-06"),
        ("seed = 1", f'seed = 1\ndata = "{"x" * 70000}"', "data must be at most 65536 bytes"),
    ],
)
def test_what_is_wrong_is_named(path: Path, old: str, new: str, message: str) -> None:
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        read_recipe(path)
    assert str(path) in str(caught.value)


def test_unknown_and_missing_keys_are_named_together_with_the_known(path: Path) -> None:
    path.write_text('name = "tiny"\nepochs = 3\n', encoding="utf-8")
    with pytest.raises(ValueError, match="unknown: epochs; missing: .*seed.*; known: samples, batch_size"):
        read_recipe(path)


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no recipe at .*none.toml"):
        read_recipe(tmp_path / "none.toml")


def test_a_byte_order_mark_is_passed_over(path: Path) -> None:
    plain = read_recipe(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert described(read_recipe(path)) == described(plain)
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(ValueError, match="is not a readable TOML recipe: .*; it must be TOML in UTF-8"):
        read_recipe(path)


def test_a_recipe_that_is_no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="is not a readable TOML recipe"):
        read_recipe(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("prior = {samples = 200, batch_size = 4, learning_rate = 1e-2}", "", "missing: prior"),
        ("{samples = 200, batch_size = 4, learning_rate = 1e-2}", "3", "prior: it must be a table, got 3"),
        ("samples = 200", "samples = 0", "prior: samples must be at least 1, got 0"),
        ("width = 4", "width = 4.5", r"\[model\] prior: width must be a whole number, got 4.5"),
        ("width = 4", "depth = 4", r"\[model\] prior: its keys are wrong \(unknown: depth\); known: codes"),
        ("{width = 4, layers = 1, heads = 1}", "3", r"\[model\] prior: it must be a table, got 3"),
        ("samples = 200, ", "", r"prior: its keys are wrong \(missing: samples\)"),
        ("learning_rate = 1e-2}", "learning_rate = 1e-2}\n[images]\npool = 3", r"\[images\] .*known: none"),
    ],
)
def test_what_is_wrong_in_a_table_of_a_family_is_named(path: Path, old: str, new: str, message: str) -> None:
    path.write_text(CODES.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        read_recipe(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_stages_have_shares_of_their_own(path: Path) -> None:
    path.write_text(CODES, encoding="utf-8")
    recipe = read_recipe(path)
    first, second = (recipe.at(stage) for stage in build_model(recipe).stages(recipe.training))
    assert first == recipe
    assert (second.name, second.samples, second.batch_size, second.learning_rate) == (
        "tiny.prior",
        200,
        4,
        0.01,
    )
    shorter = recipe.with_samples(40)
    steps = [shorter.at(stage).steps for stage in build_model(shorter).stages(shorter.training)]
    assert steps == [5, 10]
