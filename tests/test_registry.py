"""The registry: names, discovery, and what it says when something is amiss."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.registry import Registry

PACKAGE = "plugins_under_test"
BROKEN = f"fruit module {PACKAGE}.b cannot be imported: No module named 'no_such_module'"
REGISTER = "from plugins_under_test import FRUITS\nFRUITS.register({name!r})({name!r})\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of an importable package whose modules may register in `FRUITS`."""
    package = tmp_path / PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text(
        "from explorer.registry import Registry\nFRUITS = Registry('fruit', __name__)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield package
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def fruits() -> Registry[str]:
    """The registry of the package; imports nothing but the package itself."""
    found: Registry[str] = __import__(PACKAGE).FRUITS
    return found


def test_modules_are_discovered_in_alphabetical_order(folder: Path) -> None:
    for module, name in (("b", "plum"), ("a", "pear"), ("c", "fig")):
        (folder / f"{module}.py").write_text(REGISTER.format(name=name))
    assert fruits().names() == ("fig", "pear", "plum")
    assert fruits()["plum"] == "plum"


def test_contains_knows_names_and_nothing_else(folder: Path) -> None:
    (folder / "a.py").write_text(REGISTER.format(name="pear"))
    assert "pear" in fruits()
    assert "brick" not in fruits()


def test_unknown_name_is_answered_with_the_known_ones(folder: Path) -> None:
    (folder / "a.py").write_text(REGISTER.format(name="plum") + "FRUITS.register('fig')('fig')\n")
    with pytest.raises(ValueError, match=r"^unknown fruit 'brick'; known: fig, plum$"):
        fruits()["brick"]


def test_a_name_cannot_be_taken_twice(folder: Path) -> None:
    registry = fruits()
    registry.register("pear")("pear")
    with pytest.raises(ValueError, match="fruit 'pear' is registered twice"):
        registry.register("pear")("another")
    assert registry["pear"] == "pear"


def test_register_returns_the_plugin() -> None:
    plugin = object()
    assert Registry[object]("thing", "nowhere").register("it")(plugin) is plugin


def test_a_broken_module_surfaces_every_time(folder: Path) -> None:
    (folder / "a.py").write_text(REGISTER.format(name="pear"))
    (folder / "b.py").write_text("import no_such_module\n")
    for _ in range(2):
        with pytest.raises(ImportError, match=BROKEN) as caught:
            fruits().names()
        assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_a_mended_module_is_found(folder: Path) -> None:
    (folder / "a.py").write_text(REGISTER.format(name="pear"))
    (folder / "b.py").write_text("import no_such_module\n")
    with pytest.raises(ImportError, match=BROKEN):
        fruits().names()
    (folder / "b.py").write_text(REGISTER.format(name="plum"))
    assert fruits().names() == ("pear", "plum")


def test_a_module_that_fails_after_it_registered_says_the_same_again(folder: Path) -> None:
    (folder / "a.py").write_text(REGISTER.format(name="pear"))
    (folder / "b.py").write_text(
        f"from {PACKAGE} import FRUITS, c\n@FRUITS.register('plum')\nclass Plum: ...\nimport no_such_module\n"
    )
    (folder / "c.py").write_text(f"from {PACKAGE} import FRUITS\n@FRUITS.register('fig')\nclass Fig: ...\n")
    for _ in range(2):
        with pytest.raises(ImportError, match=BROKEN):
            fruits().names()
    (folder / "b.py").write_text(REGISTER.format(name="plum"))
    assert fruits().names() == ("fig", "pear", "plum")


def test_two_modules_of_one_name_are_told(folder: Path) -> None:
    for module in ("a", "b"):
        (folder / f"{module}.py").write_text(REGISTER.format(name="pear"))
    with pytest.raises(ImportError, match=rf"{PACKAGE}.b cannot .*: fruit 'pear' is registered twice"):
        fruits().names()


def test_a_plugin_may_be_a_folder(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "__init__.py").write_text(f"from {PACKAGE}.a import inner\n")
    (folder / "a" / "inner.py").write_text(REGISTER.format(name="red-pear-2"))
    assert fruits().names() == ("red-pear-2",)


@pytest.mark.parametrize(
    "name", ["", "Pear", "red_pear", "red pear", "-pear", "pear-", "red--pear", "p\u00e4r"]
)
def test_names_are_small_letters_digits_and_dashes(name: str) -> None:
    with pytest.raises(ValueError, match=f"^the name of a thing must be small letters .*, got {name!r}$"):
        Registry[object]("thing", "nowhere").register(name)


def test_a_module_may_ask_while_it_is_imported(folder: Path) -> None:
    (folder / "a.py").write_text(REGISTER.format(name="pear"))
    (folder / "b.py").write_text("from plugins_under_test import FRUITS\nSEEN = FRUITS.names()\n")
    assert fruits().names() == ("pear",)
    assert sys.modules[f"{PACKAGE}.b"].SEEN == ("pear",)


def test_threads_that_ask_meanwhile_see_every_name(folder: Path) -> None:
    (folder / "a.py").write_text("import time\ntime.sleep(0.2)\n" + REGISTER.format(name="pear"))
    registry, seen = fruits(), []
    threads = [threading.Thread(target=lambda: seen.append(registry.names())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert seen == [("pear",)] * 4
