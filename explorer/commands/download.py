"""`download`: a public dataset, into the user's cache."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tqdm import tqdm

from explorer.datasets.fashion_mnist.dataset import download_fashion_mnist


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser("download", help="fetch a public dataset into the user's cache")
    parser.add_argument("dataset", choices=["fashion-mnist"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Fetch Fashion-MNIST."""
    bars: dict[str, Any] = {}

    def show(name: str, done: int, expected: int | None) -> None:
        if name not in bars:
            bars[name] = tqdm(total=expected, unit="B", unit_scale=True, desc=name, disable=None)
        bars[name].update(done - bars[name].n)

    folder = download_fashion_mnist(show)
    for bar in bars.values():
        bar.close()
    print(f"Fashion-MNIST is in {folder}", file=sys.stderr)
