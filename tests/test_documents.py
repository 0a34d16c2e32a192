"""What the documents name exists: paths, pictures, modules, commands and their options."""

from __future__ import annotations

import argparse
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.commands.main import build_parser

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *("README.md", "deploy/README.md", "explorer/scans/README.md", "pretrained/README.md"),
    "tests/benchmarks/README.md",
]
FOLDERS = (".ci", ".streamlit", "deploy", "explorer", "pretrained", "tests")
FILES = (".css", ".conf", ".html", ".js", ".md", ".npz", ".png", ".py", ".service", ".toml", ".txt")

documents = pytest.mark.parametrize("document", DOCUMENTS)


def text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def code(document: str) -> Iterator[str]:
    """Indented lines, those that go on in the next joined to it, and code spans."""
    content = text(document)
    yield from re.findall(r"^ {4}(\S.*)$", content.replace("\\\n", " "), re.MULTILINE)
    yield from re.findall(r"`([^`]+)`", content)


def names_a_path(word: str) -> bool:
    """Whether a word of code is a path of this project: not of the system, and without blanks to fill in."""
    if word.startswith("/") or re.search(r"[$*<>{}]|\b[A-Z]{3,}\b", word.replace("README.md", "")):
        return False
    return word.partition("/")[0] in FOLDERS or word.endswith(FILES)


def commands(document: str) -> list[list[str]]:
    """The words after each `python -m`."""
    return [found.split() for line in code(document) for found in re.findall(r"python -m ([^;&]+)", line)]


def choices() -> dict[str, argparse.ArgumentParser]:
    """The commands of `python -m explorer` with their parsers."""
    return next(
        dict(action.choices or {})
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_bytes()) < 8192


@documents
def test_paths_in_code_exist(document: str) -> None:
    words = {word.rstrip(".,:;") for line in code(document) for word in re.split(r"[\s=]+", line)}
    places = (ROOT, (ROOT / document).parent)
    missing = [
        word for word in words if names_a_path(word) and not any((place / word).exists() for place in places)
    ]
    assert not missing


@documents
def test_links_and_pictures_exist(document: str) -> None:
    content = text(document)
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", content) if "://" not in target]
    for target in targets:
        path, _, anchor = target.partition("#")
        linked = (ROOT / document).parent / path
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings], target


@documents
def test_modules_and_commands_exist(document: str) -> None:
    for module, *words in commands(document):
        assert importlib.util.find_spec(module) is not None, module
        if module == "explorer":
            command, *rest = words
            assert command in choices()
            options = {word.partition("=")[0] for word in rest if word.startswith("--")}
            assert options <= set(choices()[command]._option_string_actions), (command, options)


def test_the_documents_name_commands_and_paths() -> None:
    assert {words[1] for words in commands("README.md") if words[0] == "explorer"} >= {
        "evaluate",
        "localize",
        "train",
    }
    assert names_a_path("explorer/no/such.py") and names_a_path("requirements.txt")
    assert not any(
        map(names_a_path, ("brain/flair", "/etc/nginx/x.conf", "RECIPE.toml", "map.nii.gz", "a/*.py"))
    )


def test_every_benchmark_has_its_figures() -> None:
    named = {module.rpartition(".")[2] for module, *_ in commands("tests/benchmarks/README.md")}
    assert named >= {path.stem for path in (ROOT / "tests/benchmarks").glob("*.py")}


def test_every_model_is_described() -> None:
    content = text("pretrained/README.md")
    assert all(f"`{path.stem}`" in content for path in (ROOT / "pretrained").glob("*.toml"))
