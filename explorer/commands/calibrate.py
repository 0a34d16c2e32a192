"""`calibrate`: healthy images scored anew for a model's card, or healthy scans of one's own for a file.

For the card all predictors are scored, or some are added; see `calibrate_scans` for one's own.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from explorer.cards import card_of, model_names
from explorer.cards.catalogue import FOLDER, MODEL_FILES
from explorer.cards.weights import CARD
from explorer.commands import calibrate_scans
from explorer.commands.arguments import add_device, add_predictors, settings_help
from explorer.commands.brains import ways_help
from explorer.devices import pick_device
from explorer.locks import alone
from explorer.predictors import PREDICTORS
from explorer.settings import plugin_from
from explorer.training.finish import add_to_calibration, calibrate_again


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "calibrate",
        help="score healthy images anew for a model's card, or healthy scans of your own",
        epilog=f"{settings_help('predictors', PREDICTORS)}\n{ways_help()}",
    )
    parser.add_argument("model", metavar="MODEL", help="name, kind, or path of a card, e.g. beta-vae-brain")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="of a named model; default: pretrained")
    add_predictors(
        parser, required=False, help="add this one, with its settings, to what is there; may be repeated"
    )
    calibrate_scans.add(parser)
    add_device(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Score one's own scans, or rewrite a card's figures and its calibration, or add to the latter."""
    if arguments.scans is not None:
        calibrate_scans.run(arguments)
        return
    calibrate_scans.refuse_without(arguments)
    folder, name = arguments.folder or FOLDER, arguments.model
    if name.endswith(MODEL_FILES):
        folder, name = Path(name).parent, Path(name).stem
    else:
        name = _name(name, folder)
    device = pick_device(arguments.device)
    predictors = [plugin_from(PREDICTORS, text) for text in arguments.predictor or ()]
    card_of(name, folder)
    with alone(folder / (name + CARD)):
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
