"""A random network in place of the shipped ones, and a state of the page that uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.anomalies import ANOMALIES
from explorer.cards import catalogue
from explorer.looking import caches, server
from explorer.looking.state import State
from explorer.predictors import PREDICTORS, predictors_for, quick_predictors_for
from tests.support.tiny import NAME, save_tiny
from tests.support.tiny_codes import NAME as CODES
from tests.support.tiny_codes import save_tiny_codes

TABLES: caches.Recent[NDArray[np.float64]] = caches.Recent(64)
"""Healthy quantiles of the tiny network, the same in all tests."""


@pytest.fixture
def tiny_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tiny network, and caches of its own."""
    save_tiny(tmp_path)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    monkeypatch.setattr(caches, "COHORTS", caches.Recent(4))
    monkeypatch.setattr(caches, "QUANTILES", TABLES)
    monkeypatch.setattr(caches, "SLICES", caches.SliceCaches(packets=caches.Recent(2)))
    server.pretrained.cache_clear()
    yield
    server.pretrained.cache_clear()


@pytest.fixture
def codes(tiny_model: None, tmp_path: Path) -> State:
    """The same slice to a tiny VQ-VAE, with all its predictors."""
    save_tiny_codes(tmp_path)
    predictors = {name: PREDICTORS[name]() for name in predictors_for(server.pretrained(CODES).model)}
    return State("fashion-mnist", (1, 3), ANOMALIES["lesion"](), "lesion", 5, CODES, 1.0, 1.0, predictors, 8)


@pytest.fixture
def state(tiny_model: None) -> State:
    names = quick_predictors_for(server.pretrained(NAME).model)
    predictors = {name: PREDICTORS[name]() for name in names}
    return State("fashion-mnist", (1, 3), ANOMALIES["lesion"](), "lesion", 5, NAME, 0.5, 0.5, predictors, 8)
