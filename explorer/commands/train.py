"""`train`: from a recipe to a model's files, with progress on the terminal."""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from explorer.cards.catalogue import FOLDER
from explorer.commands.arguments import add_device
from explorer.datasets import DATASETS
from explorer.devices import pick_device
from explorer.models import MODELS
from explorer.training.finish import finish
from explorer.training.loop import build_model, train
from explorer.training.recipe import Recipe, read_recipe


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
    """Train, measure, calibrate and write the model's files."""
    made = train_recipe(
        arguments.recipe,
        arguments.output,
        resume=arguments.resume,
        beta=arguments.beta,
        samples=arguments.samples,
        anatomies=arguments.anatomies,
        device=pick_device(arguments.device),
        threads=arguments.threads,
    )
    print(
        f"wrote {made}, its weights and its calibration; copy all three to {FOLDER.name}/ to use them",
        file=sys.stderr,
    )


def train_recipe(
    path: Path,
    output: Path,
    *,
    resume: bool,
    beta: float | None,
    samples: int | None,
    anatomies: Path | None,
    device: torch.device,
    threads: int | None,
) -> Path:
    """Train what the recipe at `path` describes and return the path of the card.

    Args:
        path: the recipe.
        output: folder for checkpoint, card and weights.
        resume: go on from the checkpoint in `output`.
        beta: train for this one beta only; None for the recipe's range.
        samples: images to see in each stage of training; None for the recipe's numbers.
        anatomies: folder of real segmentations, for brain recipes that want them.
        device: where to train.
        threads: CPU threads, or None for torch's choice.

    Raises:
        ValueError: for wrong input, naming what is wrong and the remedy.
    """
    recipe = read_recipe(path)
    if samples is not None:
        recipe = recipe.with_samples(samples)
    if beta is not None:
        recipe = at_one_beta(recipe, beta)
    if threads is not None:
        if threads < 1:
            raise ValueError(f"threads must be at least 1, got {threads}")
        torch.set_num_threads(threads)
    model = build_model(recipe)
    stages = [(stage, recipe.at(stage)) for stage in model.stages(recipe.training)]
    checkpoints = [output / f"{part.name}.checkpoint.safetensors" for _, part in stages]
    for checkpoint in checkpoints:
        if checkpoint.exists() and not resume:
            raise ValueError(
                f"{checkpoint} exists; pass --resume to go on from it, or choose another --output"
            )
    output.mkdir(parents=True, exist_ok=True)
    with tqdm(unit="slice", desc="deforming", leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        batches = DATASETS[recipe.dataset].batches(
            recipe.images, output=output, given=anatomies, progress=show
        )
    for (stage, part), checkpoint in zip(stages, checkpoints, strict=True):
        with tqdm(total=part.steps, unit="step", desc=part.name) as bar:
            for progress in train(
                stage.objective(), part, batches, device=device, checkpoint=checkpoint, resume=resume
            ):
                bar.update(progress.step - bar.n)
                bar.set_postfix_str(
                    f"loss {progress.loss:.4g}, {progress.images_per_second:.0f} images/s", refresh=False
                )
    for name in finish(model, recipe, output, device):
        tqdm.write(f"calibrating on {name}")
    return output / f"{recipe.name}.toml"


def at_one_beta(recipe: Recipe, beta: float) -> Recipe:
    """The same training for a single beta; ValueError where the model knows none."""
    if not (beta > 0 and math.isfinite(beta)):
        raise ValueError(f"beta must be a finite number above 0, got {beta:g}")
    model = MODELS[recipe.kind].at_one_beta(recipe.model, beta)
    return dataclasses.replace(recipe, name=f"{recipe.name}-{beta:g}", model=model)
