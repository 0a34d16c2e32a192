"""`list`: all names, and the settings of plug-ins as the other commands take them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.anomalies import ANOMALIES
from explorer.datasets import dataset_names
from explorer.predictors import PREDICTORS
from explorer.registry import Registry
from explorer.settings import settings_of
from tests.support.commands import run, with_tiny_model
from tests.support.tiny import NAME


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_tiny_model(tmp_path, monkeypatch)


def test_list_names_all_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list --json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["datasets"] == list(dataset_names())
    assert found["anomalies"] == list(ANOMALIES.names())
    assert found["predictors"] == list(PREDICTORS.names())
    assert (found["models"], found["pretrained"]) == (["beta-vae", "context-vae", "vq-vae"], [NAME])


def test_list_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"datasets: {', '.join(dataset_names())}"
    assert f"pretrained: {NAME}" in lines


@pytest.mark.parametrize("kind", ["anomalies", "predictors"])
def test_settings_are_listed_with_default_and_rule(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    registries: dict[str, Registry[Any]] = {"anomalies": ANOMALIES, "predictors": PREDICTORS}
    registry = registries[kind]
    assert run("list --json") == 0
    found = json.loads(capsys.readouterr().out)["settings"][kind]
    assert list(found) == list(registry.names())
    for name, settings in found.items():
        assert list(settings) == [one.name for one in settings_of(registry[name])]
    some: dict[str, tuple[str, str, dict[str, Any]]] = {
        "anomalies": ("lesion", "sign", {"default": "brighter", "choices": ["brighter", "darker"]}),
        "predictors": ("reconstruction-error", "tolerance", {"default": 0, "minimum": 0, "maximum": 8}),
    }
    name, setting, expected = some[kind]
    assert found[name][setting].items() >= expected.items()
