"""What masks that mark nothing, everything, or what no pixel shows, leave of the figures; and the reason."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from explorer.scans.finding.finding import Finding
from explorer.scans.finding.measures import Measured, measure
from explorer.scans.finding.record import record_of
from explorer.scans.placing.placement import place_picture
from explorer.scans.placing.preparing import Prepared
from explorer.scans.writing.report import report_html
from tests.support.healthy_scans import brain, finding_of, job_of

SIDE = 280
PICTURE = Prepared(
    torch.zeros(1, 1, 28, 28),
    torch.ones(1, 1, 28, 28, dtype=torch.bool),
    place_picture((SIDE, SIDE, 1), 28),
    "none",
    1.0,
    "",
    (),
)
"""Ten pixels of the picture lie in one of the model: centres at 4.5, 14.5, ..."""
SCORES = torch.linspace(0, 1, 28 * 28).reshape(1, 1, 28, 28)
UNDEFINED = {"auroc", "average_precision", "best_dice", "dice"}


def marked(*boxes: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Squares: first row, first column, side."""
    mask = np.zeros((SIDE, SIDE, 1), bool)
    for row, column, side in boxes:
        mask[row : row + side, column : column + side] = True
    return mask


def measured(mask: NDArray[np.bool_]) -> Measured:
    return measure(SCORES, mask, PICTURE, 0.9)


def undefined(found: Measured) -> set[str]:
    return {name for name, value in found.figures.items() if value is None}


def test_a_mask_of_nothing_has_alarms_and_says_why_it_has_no_figures() -> None:
    found = measured(marked())
    assert undefined(found) == UNDEFINED
    assert found.undefined == "the mask marks nothing, so that nothing is anomalous"
    assert (found.detection.found, found.detection.total, found.detection.alarms) == (0, 0, 1)
    assert found.warnings == [] and found.unscored == 0


def test_a_mask_of_everything_says_that_nothing_is_healthy() -> None:
    found = measured(~marked())
    assert undefined(found) == {"auroc", "average_precision"} and found.figures["best_dice"] == 1
    assert found.undefined == "the mask marks all that was scored, so that nothing is healthy"


@pytest.mark.parametrize(
    ("boxes", "vanished", "told"),
    [
        ([(100, 100, 20)], 0, ""),
        ([(101, 101, 3)], 1, "The mask vanishes on the model's grid: no pixel has its centre there"),
        ([(101, 101, 3), (200, 200, 2)], 2, "The mask vanishes on the model's grid"),
        ([(100, 100, 20), (201, 201, 3)], 1, "Of the 2 parts of the mask 1 vanish on the model's grid"),
    ],
)
def test_parts_of_a_mask_that_no_pixel_shows_are_told(
    boxes: list[tuple[int, int, int]], vanished: int, told: str
) -> None:
    found = measured(marked(*boxes))
    assert found.vanished == vanished
    assert found.detection.total == len(boxes)
    assert [told in one for one in found.warnings] == [True] * bool(told)
    gone = vanished == len(boxes)
    assert (undefined(found) == UNDEFINED) is gone
    assert (
        found.undefined == "the mask shows on no pixel of the model's grid, so that nothing is anomalous"
    ) is gone


def test_a_mask_outside_what_was_scored_is_named_so() -> None:
    beside = dataclasses.replace(PICTURE, foregrounds=PICTURE.foregrounds & (torch.arange(28) < 14))
    found = measure(SCORES, marked((100, 200, 20)), beside, 0.9)
    assert found.undefined == "the mask lies outside what was scored, so that nothing is anomalous"
    assert found.vanished == 0 and found.unscored == 1


def with_mask(mask: NDArray[np.bool_], **more: Any) -> Finding:
    return dataclasses.replace(finding_of(job_of("intensity"), brain(9)), mask=mask, **more)


EMPTY = np.zeros((3, 28, 28), bool)
FULL = ~EMPTY


def test_record_and_report_say_why() -> None:
    finding = with_mask(EMPTY, labelled=False)
    record = json.loads(json.dumps(record_of(finding), allow_nan=False))
    assert set(record["figures"].values()) == {None}
    assert record["figures_undefined"] == "the mask marks nothing, so that nothing is anomalous"
    assert record["lesions"]["of"] == record["parts_of_mask_vanished"] == 0 and record["warnings"] == []
    assert "<td>AUROC</td><td>undefined: the mask marks nothing" in report_html(finding)
    assert record_of(with_mask(np.eye(28, dtype=bool)[None].repeat(3, 0)))["figures_undefined"] is None


@pytest.mark.parametrize(
    ("mask", "labelled", "told"),
    [
        (EMPTY, True, "The scan is labelled anomalous, but its mask marks nothing."),
        (EMPTY, False, ""),
        (FULL, True, ""),
        (FULL, False, "The scan is labelled healthy, but its mask marks something."),
        (FULL, None, ""),
    ],
)
def test_a_label_that_its_mask_contradicts_is_told(
    mask: NDArray[np.bool_], labelled: bool | None, told: str
) -> None:
    labels = [one for one in with_mask(mask, labelled=labelled).warnings if "labelled" in one]
    assert labels == ([told] if told else [])
