"""Arguments that commands share: plug-ins with their settings, models, devices."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import torch

from explorer.cards import Pretrained, load_own, load_pretrained, model_called
from explorer.cards.catalogue import MODEL_FILES
from explorer.predictors import PREDICTORS, Predictor
from explorer.registry import Registry
from explorer.settings import Setting, settings_of


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, and keeps the lines of its epilogue."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; see: {self.prog} --help")


def add_device(parser: argparse.ArgumentParser) -> None:
    """The argument `--device`."""
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")


def add_betas(parser: argparse.ArgumentParser) -> None:
    """The arguments `--beta` and `--scoring-beta`."""
    parser.add_argument("--beta", type=float, default=1.0, metavar="B", help="training beta (default: 1)")
    parser.add_argument(
        "--scoring-beta", type=float, metavar="B", help="KL weight in the ELBO map (default: beta)"
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """The argument `--model`."""
    parser.add_argument(
        "--model",
        default="beta-vae",
        metavar="M",
        help="name, kind, or path of a card (default: beta-vae)",
    )


def add_predictors(
    parser: argparse.ArgumentParser,
    *,
    required: bool = True,
    help: str = "with settings that differ from its defaults, see below; may be repeated",
) -> None:
    """The argument `--predictor`."""
    parser.add_argument(
        "--predictor", action="append", required=required, metavar="P[:key=value,...]", help=help
    )


def told_apart(predictors: Iterable[Predictor]) -> dict[str, Predictor]:
    """Predictors by keys: their names, numbered from the second of a name on; equal ones count once."""
    found: dict[str, Predictor] = {}
    for predictor in predictors:
        if predictor in found.values():
            continue
        name = key = PREDICTORS.name_of(type(predictor))
        number = 1
        while key in found:
            number += 1
            key = f"{name}-{number}"
        found[key] = predictor
    return found


def model_from(text: str, dataset: str, device: torch.device) -> Pretrained:
    """The model that a person means: by its name, by a kind (then the dataset's usual one), or by a path.

    Raises:
        ValueError: where there is none, or its files are damaged.
    """
    if text.endswith(MODEL_FILES):
        return load_own(Path(text), device)
    return load_pretrained(model_called(text, dataset), device)


def settings_help(title: str, registry: Registry[Any]) -> str:
    """What each plug-in can be set to, a line a setting, for a command's help."""
    lines = [f"{title} and their settings:"]
    for name in registry.names():
        lines.append(f"  {name}")
        lines += [f"    {setting_line(described)}" for described in settings_of(registry[name])]
    return "\n".join(lines)


def setting_line(described: Setting) -> str:
    """A setting with its range and its default.

    >>> setting_line(Setting("tolerance", 0, "pixels", minimum=0, maximum=8, kind=int))
    'tolerance=0..8 (default 0): pixels'
    """
    if described.choices:
        rule = "|".join(map(str, described.choices))
    elif described.kind is bool:
        rule = "true|false"
    elif described.minimum is not None or described.maximum is not None:
        ends = ("" if end is None else f"{end:g}" for end in (described.minimum, described.maximum))
        rule = "..".join(ends)
    else:
        rule = "TEXT" if described.kind is str else "NUMBER"
    default = described.default
    shown = "none" if default is None else str(default).lower() if described.kind is bool else str(default)
    return f"{described.name}={rule} (default {shown or 'empty'}): {described.help}"
