"""The command line: finds the command and answers wrong input.

Results go to standard output, progress and messages to standard error. Wrong input is answered by one line
and exit code 2.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.commands import calibrate, download, evaluate, list, localize, train
from explorer.commands.arguments import Parser
from explorer.commands.terminal import complain, lenient

COMMANDS = (list, evaluate, localize, train, calibrate, download)
"""A module a command: `add` puts it into the parser and sets `run`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, 2 for wrong input, 130 when interrupted."""
    with lenient():
        try:
            parsed = build_parser().parse_args(arguments)
            parsed.run(parsed)
        except (ValueError, OSError) as error:
            complain(error)
            return 2
        except KeyboardInterrupt:
            complain("stopped")
            return 130
    return 0


def build_parser() -> Parser:
    """The parser of all commands; each sets `run`."""
    parser = Parser(prog="python -m explorer", description="Unsupervised anomaly localization with VAEs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        command.add(commands)
    return parser
