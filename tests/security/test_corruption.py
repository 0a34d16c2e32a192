"""Valid files with random damage are either read, to finite numbers, or answered; nothing else happens."""

from __future__ import annotations

import gzip
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.cards import load_own
from explorer.cards.weights import CALIBRATION, WEIGHTS
from explorer.evidence import observe
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from tests.security.making import EYE, SMALL, npy, png, small
from tests.security.test_hostile_files import check_message
from tests.support.dicoms import series, zipped
from tests.support.model_files import uploaded, vouched
from tests.support.tiny import NAME, save_tiny

VALID: dict[str, bytes] = {
    "scan.nii": small(),
    "scan.nii.gz": gzip.compress(small(), mtime=0),
    "picture.png": png(),
    "series.zip": zipped(series(SMALL, EYE), zipfile.ZIP_STORED),
    "array.npy": npy(np.arange(900, dtype=np.float32).reshape(30, 30)),
}
damages = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "zero", "repeat"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=6,
)
quick = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def damaged(content: bytes, damage: list[tuple[str, float, bytes]], reach: int) -> bytes:
    """`content` after each damage, most of them among the first `reach` bytes, where headers are."""
    for kind, share, noise in damage:
        at = int(share * min(len(content), reach))
        rest = content[at + len(noise) :]
        before, after = content[:at], content[at:]
        content = {
            "flip": before + noise + rest,
            "cut": content[: int(share * len(content))],
            "insert": before + noise + after,
            "zero": before + bytes(len(noise)) + rest,
            "repeat": before + content[: at + 1] + rest,
        }[kind]
    return content


@pytest.mark.parametrize("name", VALID)
@quick
@given(damage=damages, reach=st.sampled_from([60, 400, 10**9]))
def test_damaged_scans(name: str, damage: list[tuple[str, float, bytes]], reach: int) -> None:
    file = ScanFile(name, damaged(VALID[name], damage, reach))
    with warnings.catch_warnings(action="error"):
        try:
            scan = load_scan(file, None)
        except ValueError as error:
            check_message(error, name)
        else:
            assert scan.data.dtype == np.float32 and np.isfinite(scan.data).all()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    save_tiny(folder)
    return folder / f"{NAME}.toml"


@pytest.mark.parametrize("ending", [".toml", WEIGHTS, CALIBRATION])
@quick
@given(damage=damages, reach=st.sampled_from([500, 10**9]))
def test_damaged_models(own: Path, ending: str, damage: list[tuple[str, float, bytes]], reach: int) -> None:
    before = uploaded(own)
    content = damaged(before[NAME + ending], damage, reach)
    if ending == ".toml":
        own.write_bytes(content)
    else:  # as by one who can write both
        vouched(own, ending, content)
    try:
        found = load_own(own, torch.device("cpu"))
    except ValueError as error:
        assert NAME in str(error) and str(error).isprintable()
    else:
        evidence = observe(found.model, torch.zeros(1, 1, 28, 28), 1.0)
        assert evidence.x_hat.shape == (1, 1, 28, 28)
        for healthy in found.calibration.values():
            for name in healthy.quantiles:
                share = healthy.percentile(name, 1.0, evidence.x_hat)
                assert bool(((share >= 0) & (share <= 1)).all())
    finally:
        for name, old in before.items():
            (own.parent / name).write_bytes(old)
