"""`list`: the names that the other commands take, and the settings of plug-ins."""

from __future__ import annotations

import argparse
import json
from typing import Any

from explorer.anomalies import ANOMALIES
from explorer.cards import model_names
from explorer.commands.terminal import say
from explorer.datasets import dataset_names
from explorer.models import MODELS
from explorer.predictors import PREDICTORS
from explorer.registry import Registry
from explorer.settings import Setting, settings_of


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser("list", help="name datasets, anomalies, models and predictors")
    parser.add_argument("--json", action="store_true", help="as JSON, with the settings of plug-ins")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print every name that the other commands take."""
    names = {
        "datasets": dataset_names(),
        "anomalies": ANOMALIES.names(),
        "models": MODELS.names(),
        "pretrained": model_names(),
        "predictors": PREDICTORS.names(),
    }
    if arguments.json:
        settings = {"anomalies": described(ANOMALIES), "predictors": described(PREDICTORS)}
        say(json.dumps({**names, "settings": settings}, indent=2))
        return
    for kind, known in names.items():
        say(f"{kind}: {', '.join(known) or 'none'}")


def described(registry: Registry[Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """Settings by plug-in and name: default, help, and what it may be."""
    return {
        name: {one.name: _described(one) for one in settings_of(registry[name])} for name in registry.names()
    }


def _described(one: Setting) -> dict[str, Any]:
    found: dict[str, Any] = {"default": one.default, "help": one.help}
    found |= {key: getattr(one, key) for key in ("minimum", "maximum") if getattr(one, key) is not None}
    return found | ({"choices": list(one.choices)} if one.choices else {})
