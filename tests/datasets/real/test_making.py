"""The file of real images is what its maker makes of the scans, where they are."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.datasets.real.files import FILE
from tests.making.real_images import SOURCES, Source, subject_from
from tests.support.real_data import DATA

QUICK = ("MS patient 2", "IXI606", "stroke patient")

pytestmark = pytest.mark.skipif(not (DATA / "open_ms").is_dir(), reason=f"{DATA} holds no real scans")


def same_as_in_the_file(label: str, source: Source) -> None:
    made = subject_from(DATA, source)
    with np.load(FILE, allow_pickle=False) as file:
        assert {name for name in file if name.startswith(f"{label}/")} == {f"{label}/{key}" for key in made}
        for key, values in made.items():
            assert np.array_equal(file[f"{label}/{key}"], values), key


@pytest.mark.parametrize("label", QUICK)
def test_the_file_holds_what_the_scans_give(label: str) -> None:
    same_as_in_the_file(label, SOURCES[label])


@pytest.mark.slow
@pytest.mark.parametrize("label", [label for label in SOURCES if label not in QUICK])
def test_so_it_does_for_all(label: str) -> None:
    same_as_in_the_file(label, SOURCES[label])
