"""`download`: a public dataset, into the user's cache."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from explorer.datasets import DATASETS


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser("download", help="fetch a public dataset into the user's cache")
    parser.add_argument("dataset", metavar="DATASET", help="e.g. fashion-mnist")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Fetch the files of a dataset."""
    folder = DATASETS[arguments.dataset].download()
    print(f"{arguments.dataset} is in {folder}", file=sys.stderr)
