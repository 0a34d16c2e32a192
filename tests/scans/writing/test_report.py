"""The page on a finding: slices that stand for their neighbours, the mask's outline, and all figures told."""

from __future__ import annotations

import base64
import dataclasses
import io
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from explorer.evaluation.histogram import ScoreHistogram
from explorer.predictors import PREDICTORS
from explorer.scans.finding.finding import Finding
from explorer.scans.finding.record import record_of
from explorer.scans.writing.curves import SIDE, drawings
from explorer.scans.writing.report import GREEN, ORANGE, most_anomalous, painted, report_html
from tests.support.findings import SLICES, finding_of, healthy


def with_mask() -> Finding:
    """The healthy slices with the brightest corner of one marked."""
    mask = np.zeros((SLICES, 128, 128), bool)
    mask[3, 50:60, 70:85] = True
    return finding_of(PREDICTORS["intensity"](), mask=mask)


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        ([1.0, 2.0, 3.0, 2.0, 1.0], [2]),
        ([5.0, 1.0, 1.0, 1.0, 6.0], [4, 0]),
        ([5.0, 4.0, 4.5, 4.4, 6.0, 0.0], [4, 0]),  # 4.5 stands beside both
        ([5.0, 1.0, 1.0, 6.0], [3]),  # three slices away is beside, four is not
        ([-3.0, -2.0, -1.0], [2]),
        ([None, 1.0, None, None, None, 2.0], [5, 1]),
        ([1.0] * 5, [0]),
        ([float(index % 4 == 0) * (9 - index / 4) for index in range(40)], [0, 4, 8, 12, 16, 20]),
    ],
)
def test_a_slice_stands_for_those_beside_it(profile: list[float | None], shown: list[int]) -> None:
    assert most_anomalous(profile) == shown


def test_pixels_are_painted_from_the_threshold_on_and_the_mask_is_outlined() -> None:
    image = np.full((6, 6), 0.5, np.float32)
    scores = np.zeros((6, 6), np.float32)
    scores[5, 5], scores[0, 5] = 1.0, 0.99
    mask = np.zeros((6, 6), bool)
    mask[2, 2] = True
    found = painted(image, scores, 1.0, mask)
    grey = [128, 128, 128]
    assert found[5, 5].tolist() == [round(0.5 * 127.5 + 0.5 * part) for part in ORANGE]
    assert found[0, 5].tolist() == found[2, 2].tolist() == grey
    outline = {tuple(place) for place in np.argwhere((found == GREEN).all(-1)).tolist()}
    assert outline == {(1, 2), (3, 2), (2, 1), (2, 3)}


def pictures(page: str) -> list[NDArray[np.uint8]]:
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    return [np.array(Image.open(io.BytesIO(base64.b64decode(one)))) for one in found]


def test_the_page_tells_what_the_record_holds() -> None:
    finding = with_mask()
    record, page = record_of(finding), report_html(finding)
    assert f"<td>{record['lesions']['found']} of 1</td>" in page
    assert f"<tr><td>False alarms</td><td>{record['lesions']['false_alarms']}</td></tr>" in page
    for title, key in (("AUROC", "auroc"), ("Average precision", "average_precision")):
        assert f"<tr><td>{title}</td><td>{record['figures'][key]:.3f}</td></tr>" in page
    assert f"<td>Dice at the threshold</td><td>{record['figures']['dice']:.3f}</td>" in page
    threshold = record["threshold"]
    assert f"{threshold['score']:.4g}: {threshold['meaning']}." in page
    assert "The outline is that of the given mask." in page
    assert page.count("<tr><td>") >= 1 and page.count("<figure>") == len(pictures(page))


def test_curves_stand_where_there_is_a_mask_and_pass_through_the_figures() -> None:
    finding = with_mask()
    assert finding.measured is not None
    (first, second) = drawings(finding.measured.histogram)
    x, y = np.array([pair.split() for pair in first.path[1:].split("L")], float).T / SIDE
    assert (x[0], y[0], x[-1], y[-1]) == (0, 1, 1, 0)
    assert np.trapezoid(1 - y, x) == pytest.approx(finding.measured.figures["auroc"], abs=2e-3)
    page = report_html(finding)
    assert first.path in page and second.path in page
    assert "<svg" not in report_html(dataclasses.replace(finding, mask=None))
    assert drawings(ScoreHistogram.empty()) == []


def test_pictures_are_radiological_and_show_the_outline() -> None:
    finding = with_mask()
    shown = most_anomalous(finding.profile)
    found = pictures(report_html(finding))
    image = np.round(255 * healthy()[1].images[shown[0], 0].numpy()).astype(np.uint8)
    assert np.abs(found[0][:, :128, 0].astype(int) - image[:, ::-1]).max() <= 1
    assert finding.mask is not None
    changed = dataclasses.replace(finding, mask=np.roll(finding.mask, shown[0] - 3, axis=0))
    first = pictures(report_html(changed))[0]
    outline = (first == GREEN).all(-1)
    assert not outline[:, :128].any()
    rows, columns = np.nonzero(outline[:, 128:])
    assert (rows.min(), rows.max()) == (49, 60)
    assert (127 - columns.max(), 127 - columns.min()) == (69, 85)


def test_a_page_without_healthy_scores_says_so_and_one_without_places_too() -> None:
    finding = finding_of(PREDICTORS["intensity"](), contrast="")
    page = report_html(finding)
    assert f'<p class="caution">{finding.caution}</p>' in page and "The outline" not in page
    assert "<td>-</td>" in page
    assert "None reaches the threshold." in report_html(finding.at(2.0))


def test_names_are_shown_and_never_interpreted() -> None:
    finding = with_mask()
    scan = dataclasses.replace(finding.scan, name="<img src=x>.nii", oriented=False)
    page = report_html(dataclasses.replace(finding, scan=scan))
    assert "&lt;img src=x&gt;.nii" in page and "<img src=x" not in page
    assert "Left and right are not known" in page
