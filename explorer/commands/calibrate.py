"""`calibrate`: healthy images scored anew for a model's card, for all predictors, or for some to be added."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from explorer.cards import card_of, model_names
from explorer.cards.catalogue import FOLDER, MODEL_FILES
from explorer.commands.arguments import add_device, add_predictors, settings_help
from explorer.devices import pick_device
from explorer.predictors import PREDICTORS
from explorer.settings import plugin_from
from explorer.training.finish import add_to_calibration, calibrate_again


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "calibrate",
        help="score healthy images anew for a model's card",
        epilog=settings_help("predictors", PREDICTORS),
    )
    parser.add_argument("model", metavar="MODEL", help="name, kind, or path of a card, e.g. beta-vae-brain")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, metavar="DIR", help="of a named model; default: pretrained"
    )
    add_predictors(
        parser, required=False, help="add this one, with its settings, to what is there; may be repeated"
    )
    add_device(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Rewrite a card's figures on healthy images and its calibration, or add to the latter."""
    folder, name = arguments.folder, arguments.model
    if name.endswith(MODEL_FILES):
        folder, name = Path(name).parent, Path(name).stem
    else:
        name = _name(name, folder)
    device = pick_device(arguments.device)
    predictors = [plugin_from(PREDICTORS, text) for text in arguments.predictor or ()]
    work = (
        add_to_calibration(name, folder, predictors, device)
        if predictors
        else calibrate_again(name, folder, device)
    )
    for dataset in work:
        tqdm.write(f"calibrating on {dataset}", file=sys.stderr)


def _name(text: str, folder: Path) -> str:
    """A model's name as it is, or that of the one model of a kind."""
    names = model_names(folder)
    of_kind = [name for name in names if text not in names and card_of(name, folder).kind == text]
    if len(of_kind) > 1:
        raise ValueError(f"{text!r} stands for several models; name one of {', '.join(of_kind)}")
    return of_kind[0] if of_kind else text
