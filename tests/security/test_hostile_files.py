"""Each hostile file gets a plain message that names it and the remedy, soon and in little memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.dicom import series
from explorer.scans.reading.files import ScanFile, label
from explorer.scans.reading.loading import load_scan
from tests.security.corpus import corpus

CORPUS = corpus()
SECONDS, BYTES = 2.0, 500e6
LOOKED_AT = {"noise.nii": 6.0}
"""Seconds for what may be a head until the network has looked at it closely."""


def check_message(error: ValueError, name: str) -> None:
    """One short printable line: the file's name, the problem, and after a semicolon the remedy."""
    message = str(error)
    assert message.startswith(label(name))
    assert message.isprintable() and len(message) < 400
    assert message.count(";") >= 1 and len(message.rpartition(";")[2].split()) >= 2


@pytest.mark.parametrize(
    ("name", "make"), [case[1:] for case in CORPUS], ids=[ascii(case[0]) for case in CORPUS]
)
def test_a_hostile_file_is_answered(
    name: str, make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ScanFile(name, make())
    began = time.thread_time()
    with pytest.raises(ValueError) as caught:
        prepare_volume(load_scan(file))
    assert time.thread_time() - began < LOOKED_AT.get(name, SECONDS)
    check_message(caught.value, name)
    monkeypatch.setattr(series, "MOST_READS", series.MOST_READS // 10)
    tracemalloc.start()  # in a run of its own, as it slows what makes small objects more than tenfold
    try:
        with pytest.raises(ValueError):
            prepare_volume(load_scan(file))
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 200
