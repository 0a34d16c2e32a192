"""Panels: the outline lies around the mask, and texts stay texts."""

from __future__ import annotations

import base64
import re

import numpy as np
from numpy.typing import NDArray

from explorer.looking.output.panels import Panel, closed, contour_path, grid

VALUES = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)


def mask_of(*pixels: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros((3, 4), bool)
    for row, column in pixels:
        mask[row, column] = True
    return mask


def panel(title: str = "Title", caption: str = "Caption") -> Panel:
    return Panel(title, caption, VALUES, 0.0, 2.0, "score")


def corners(path: str) -> list[tuple[float, float]]:
    """Points of a path, (x, y)."""
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_the_outline_of_one_pixel_is_a_diamond_around_its_centre() -> None:
    path = contour_path(mask_of((1, 2)))
    assert re.fullmatch(r"M[^MZ]+Z", path)
    assert set(corners(path)) == {(2.5, 1.0), (3.0, 1.5), (2.5, 2.0), (2.0, 1.5)}


def test_letters_stand_at_the_sides_of_every_panel_where_they_are_known() -> None:
    drawn = grid([panel(), panel()], mask_of(), ("R?", "L?"))
    for end, letter in (("left", "R?"), ("right", "L?")):
        assert drawn.count(f'<span class="xp-side" style="{end}:4px">{letter}</span>') == 2
    assert "xp-side" not in grid([panel()], mask_of())


def test_the_outline_of_a_full_mask_is_the_border_of_the_image() -> None:
    points = np.array(corners(contour_path(np.ones((3, 4), bool))))
    assert points.min(0).tolist() == [0.0, 0.0]
    assert points.max(0).tolist() == [4.0, 3.0]


def test_each_part_has_an_outline_and_an_empty_mask_none() -> None:
    assert contour_path(mask_of((0, 0), (2, 3))).count("Z") == 2
    assert contour_path(mask_of()) == ""
    assert "xp-over" not in grid([panel()], mask_of())


def test_small_gaps_are_closed_and_no_pixel_is_lost() -> None:
    checkered = np.indices((12, 12)).sum(0) % 2 == 0
    assert closed(checkered)[2:-2, 2:-2].all()
    corner = mask_of((0, 0), (2, 3))
    assert closed(corner)[corner].all()


def test_every_panel_has_the_outline() -> None:
    drawn = grid([panel(), panel()], mask_of((1, 2)))
    first, second = re.findall(r'class="xp-over" alt="" src="data:image/svg\+xml;base64,(.*?)"', drawn)
    assert first == second
    assert 'viewBox="0 0 4 3"' in base64.b64decode(first).decode()


def test_titles_and_captions_are_escaped() -> None:
    drawn = grid([panel('<b>"x"</b>', '"><script>alert(1)</script>')], mask_of())
    assert "<script>" not in drawn and "<b>" not in drawn
    assert "&lt;b&gt;&#34;x&#34;&lt;/b&gt;" in drawn
    assert drawn.count("&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;") == 2  # alt text and tooltip


def test_the_ends_of_the_bar_are_named() -> None:
    assert "<span>0</span><span>2</span>" in grid([panel()], mask_of())
