"""Each preset opens, and what its title and sentence say is true of its figures as they are computed here."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.lessons.claims import Claim, filled_in
from explorer.lessons.preset import Preset, presets, read_preset
from tests.lessons.test_course import MARGIN


def named(preset: Preset) -> str:
    return preset.name


@pytest.mark.parametrize("preset", presets(), ids=named)
def test_what_it_says_is_true(preset: Preset) -> None:
    figures = preset.figures()
    assert preset.claims
    assert {
        claim: Claim(claim).margin(figures)
        for claim in preset.claims
        if Claim(claim).margin(figures) < MARGIN
    } == {}
    assert "{" not in filled_in(preset.text, figures)


@pytest.mark.parametrize("preset", presets(), ids=named)
def test_its_anomaly_fits_its_slice(preset: Preset) -> None:
    (own, *_) = preset.figures().looked.values()
    assert own.scene.misfit == ""
    assert own.lesion.any() or own.state.anomaly_name == "none"


def test_there_are_six_to_eight_with_one_sentence_each() -> None:
    assert 6 <= len(presets()) <= 8
    for preset in presets():
        assert preset.text.endswith(".") and preset.text.count(". ") == 0


def test_a_long_title_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "1-long.toml"
    path.write_text('title = "one two three four five six seven"\ntext = "A."\n')
    with pytest.raises(ValueError, match=r"preset 1-long.toml: title must have at most 6 words, got 7"):
        read_preset(path)
