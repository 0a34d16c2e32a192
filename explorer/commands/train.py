"""`train`: from a recipe to a model's files, with progress on the terminal."""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from explorer.cards.catalogue import FOLDER
from explorer.cards.weights import CARD
from explorer.commands.arguments import add_device
from explorer.contracts import Batches
from explorer.datasets import DATASETS
from explorer.devices import pick_device
from explorer.locks import alone
from explorer.models import MODELS
from explorer.training.finish import finish
from explorer.training.loop import Progress, build_model, train
from explorer.training.recipe import Recipe, read_recipe
from explorer.training.start import take_start


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser("train", help="make a model from a recipe")
    parser.add_argument("recipe", type=Path, metavar="RECIPE.toml")
    parser.add_argument("--output", type=Path, default=Path("runs"), metavar="DIR", help="default: runs")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in DIR")
    parser.add_argument(
        "--beta", type=float, metavar="B", help="train for this one beta instead of the range"
    )
    parser.add_argument(
        "--samples", type=int, metavar="N", help="see this many images instead of the recipe's"
    )
    parser.add_argument("--anatomies", type=Path, metavar="DIR", help="brain: folder of real segmentations")
    add_device(parser)
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads of the network")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Train, measure, calibrate and write the model's files.

    Raises:
        ValueError: for wrong input, naming what is wrong and the remedy.
    """
    recipe, output = recipe_from(arguments), arguments.output
    device = pick_device(arguments.device)
    if arguments.threads is not None:
        if arguments.threads < 1:
            raise ValueError(f"threads must be at least 1, got {arguments.threads}")
        torch.set_num_threads(arguments.threads)
    model = build_model(recipe)
    recipe = take_start(model, recipe)
    stages = [(stage, recipe.at(stage)) for stage in model.stages(recipe.training)]
    checkpoints = [output / f"{part.name}.checkpoint.safetensors" for _, part in stages]
    output.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        for place in (output / (recipe.name + CARD), *checkpoints):
            held.enter_context(alone(place))
        if not arguments.resume:
            _check_new(checkpoints)
        batches = _batches(recipe, output, arguments.anatomies)
        for (stage, part), checkpoint in zip(stages, checkpoints, strict=True):
            objective, resume = stage.objective(), arguments.resume
            _show(train(objective, part, batches, device=device, checkpoint=checkpoint, resume=resume), part)
        for name in finish(model, recipe, output, device):
            tqdm.write(f"calibrating on {name}", file=sys.stderr)
    print(
        f"wrote {output / recipe.name}.toml, its weights and its calibration; copy all three to "
        f"{FOLDER.name}/ to use them",
        file=sys.stderr,
    )


def recipe_from(arguments: argparse.Namespace) -> Recipe:
    """The recipe with what the arguments change of it."""
    recipe = read_recipe(arguments.recipe)
    if arguments.samples is not None:
        recipe = recipe.with_samples(arguments.samples)
    return recipe if arguments.beta is None else at_one_beta(recipe, arguments.beta)


def at_one_beta(recipe: Recipe, beta: float) -> Recipe:
    """The same training for a single beta; ValueError where the model knows none."""
    if not (beta > 0 and math.isfinite(beta)):
        raise ValueError(f"beta must be a finite number above 0, got {beta:g}")
    model = MODELS[recipe.kind].at_one_beta(recipe.model, beta)
    return dataclasses.replace(recipe, name=f"{recipe.name}-{beta:g}", model=model)


def _check_new(checkpoints: Iterable[Path]) -> None:
    """Raise ValueError where an earlier training got somewhere."""
    for checkpoint in checkpoints:
        if checkpoint.exists():
            raise ValueError(
                f"{checkpoint} exists; pass --resume to go on from it, or choose another --output"
            )


def _batches(recipe: Recipe, output: Path, anatomies: Path | None) -> Batches:
    """The images to learn from, with progress where making them takes long."""
    with tqdm(unit="slice", desc="deforming", leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return DATASETS[recipe.dataset].batches(recipe.images, output=output, given=anatomies, progress=show)


def _show(steps: Iterator[Progress], part: Recipe) -> None:
    """Take all steps of a stage, with progress."""
    with tqdm(total=part.steps, unit="step", desc=part.name) as bar:
        for progress in steps:
            bar.update(progress.step - bar.n)
            pace = f"loss {progress.loss:.4g}, {progress.images_per_second:.0f} images/s"
            bar.set_postfix_str(pace, refresh=False)
