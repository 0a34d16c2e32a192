"""Folders: which scan has which mask, no way out of them, and nothing dropped in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.scans.reading.folders import Entry, entries_at, is_folder_of_scans, scans_in
from tests.support.dicoms import series
from tests.support.phantoms import ras_affine

SLICES = series(np.arange(4 * 5 * 3, dtype="i2").reshape(4, 5, 3), ras_affine())


def touch(*paths: Path, content: bytes = b"x") -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_masks_have_the_names_of_their_scans(tmp_path: Path) -> None:
    scans, masks = tmp_path / "scans", tmp_path / "masks"
    touch(scans / "b.nii.gz", scans / "a.png", scans / "notes.txt", masks / "b.nii.gz", masks / "c.nii.gz")
    found = scans_in(scans, masks)
    assert found.scans == (Entry(scans / "a.png"), Entry(scans / "b.nii.gz", masks / "b.nii.gz"))
    others = "scans: left out notes.txt (not .nii, .nii.gz, .png, .npy, .zip; a DICOM series wants a folder "
    assert found.told == (
        f"{others}of its own)",
        "masks: 1 of 2 scans have a mask there, not so a.png",
        "masks: left out c.nii.gz (named as no scan)",
    )
    alone = scans_in(scans)
    assert alone.scans == (Entry(scans / "a.png"), Entry(scans / "b.nii.gz"))
    assert alone.told == found.told[:1]


def test_where_all_is_taken_nothing_is_said(tmp_path: Path) -> None:
    touch(*(tmp_path / folder / f"{name}.nii" for folder in ("scans", "masks", "brains") for name in "ab"))
    found = scans_in(tmp_path / "scans", tmp_path / "masks", tmp_path / "brains")
    assert found.told == ()
    assert [(one.mask, one.brain) for one in found.scans] == [
        (tmp_path / "masks" / f"{name}.nii", tmp_path / "brains" / f"{name}.nii") for name in "ab"
    ]


def test_a_mask_may_have_another_ending(tmp_path: Path) -> None:
    scans, masks = tmp_path / "scans", tmp_path / "masks"
    touch(scans / "a.zip", scans / "b.nii", scans / "b.png", masks / "a.nii.gz", masks / "b.nii")
    assert [one.mask for one in scans_in(scans, masks).scans] == [masks / "a.nii.gz", masks / "b.nii", None]
    touch(masks / "a.npy")
    with pytest.raises(ValueError, match=r"masks holds several masks of a.zip \(a.nii.gz and a.npy\)"):
        scans_in(scans, masks)


@pytest.mark.parametrize("which", ["masks", "brains"])
@pytest.mark.parametrize("single", [False, True])
def test_a_folder_of_masks_of_which_none_is_of_a_scan_is_refused(
    tmp_path: Path, which: str, single: bool
) -> None:
    scans, others = tmp_path / "scans", tmp_path / "others"
    touch(scans / "a.nii", others / "a_seg.nii", others / ".a.nii")
    scan = scans / "a.nii" if single else scans
    wanted = r"^others holds no mask of a.nii, but a_seg.nii; give each mask the name of its scan$"
    with pytest.raises(ValueError, match=wanted):
        entries_at(scan, **{which: others})
    (others / "a_seg.nii").unlink()
    with pytest.raises(ValueError, match="holds no mask of a.nii, but nothing that a mask can be"):
        entries_at(scan, **{which: others})
    touch(others / "a.nii.gz")
    (entry,) = entries_at(scan, **{which: others}).scans
    assert (entry.mask, entry.brain)[which == "brains"] == others / "a.nii.gz"


def test_one_brain_mask_may_be_of_all(tmp_path: Path) -> None:
    touch(tmp_path / "scans" / "a.nii", tmp_path / "scans" / "b.nii", tmp_path / "brain.nii")
    found = scans_in(tmp_path / "scans", brains=tmp_path / "brain.nii")
    assert {one.brain for one in found.scans} == {tmp_path / "brain.nii"}


def test_the_layout_of_mood(tmp_path: Path) -> None:
    toy, labels = tmp_path / "toy", tmp_path / "toy_label"
    touch(toy / "toy_0.nii.gz", toy / "toy_1.nii.gz", labels / "pixel" / "toy_0.nii.gz")
    touch(labels / "sample" / "toy_0.nii.gz.txt", labels / "sample" / "toy_1.nii.gz.txt")
    (labels / "sample" / "toy_0.nii.gz.txt").write_text("1\n")
    (labels / "sample" / "toy_1.nii.gz.txt").write_text("0")
    touch(labels / "sample" / "toy_9.nii.gz.txt")
    found = scans_in(toy)
    assert found.scans == (
        Entry(toy / "toy_0.nii.gz", labels / "pixel" / "toy_0.nii.gz", True),
        Entry(toy / "toy_1.nii.gz", None, False),
    )
    assert found.told == (
        "pixel: 1 of 2 scans have a mask there, not so toy_1.nii.gz",
        "sample: left out toy_9.nii.gz.txt (named as no scan)",
    )
    (labels / "sample" / "toy_1.nii.gz.txt").write_text("maybe")
    with pytest.raises(ValueError, match=r"toy_1.nii.gz.txt says 'maybe' where 0 or 1 is needed"):
        scans_in(toy)


def test_folders_without_scans_are_named_with_what_they_hold(tmp_path: Path) -> None:
    touch(tmp_path / "notes.txt", tmp_path / "sub-01" / "a.nii")
    with pytest.raises(
        ValueError, match=r"holds no scans \(left out: .*put files in it that end in .nii"
    ) as no:
        scans_in(tmp_path)
    assert "sub-01 (a folder within, not looked into" in str(no.value) and "notes.txt (" in str(no.value)
    for missing in (tmp_path / "none", tmp_path / "notes.txt"):
        with pytest.raises(ValueError, match="is no folder"):
            scans_in(missing)
        with pytest.raises(ValueError, match="is no folder; name the folder that holds the masks"):
            scans_in(tmp_path, missing)


def test_files_that_the_system_hides_are_no_scans(tmp_path: Path) -> None:
    touch(tmp_path / "a.nii", *(tmp_path / name for name in ("._a.nii", ".DS_Store", ".b.nii.gz")))
    found = scans_in(tmp_path)
    assert [one.scan.name for one in found.scans] == ["a.nii"]
    assert found.told == (f"{tmp_path.name}: left out .DS_Store, ._a.nii and .b.nii.gz (hidden)",)


@pytest.mark.parametrize("which", ["scans", "masks"])
def test_links_out_of_a_folder_are_not_followed_and_the_rest_is_read(tmp_path: Path, which: str) -> None:
    touch(*(tmp_path / folder / f"{name}.nii" for folder in ("scans", "masks") for name in "ab"))
    touch(tmp_path / "secret")
    link = tmp_path / which / "b.nii"
    link.unlink()
    link.symlink_to(tmp_path / "secret")
    found = scans_in(tmp_path / "scans", tmp_path / "masks")
    told = f"{which}: left out b.nii (out of the folder by a link; copy the file itself there)"
    assert told in found.told
    assert found.scans[0] == Entry(tmp_path / "scans" / "a.nii", tmp_path / "masks" / "a.nii")
    assert link not in {path for one in found.scans for path in (one.scan, one.mask)}


def test_a_link_within_a_folder_is_followed_and_one_to_nothing_is_named(tmp_path: Path) -> None:
    touch(tmp_path / "a.nii")
    (tmp_path / "b.nii").symlink_to(tmp_path / "a.nii")
    (tmp_path / "c.nii").symlink_to(tmp_path / "none")
    (tmp_path / "d.nii").symlink_to(tmp_path / "d.nii")
    found = scans_in(tmp_path)
    assert [one.scan.name for one in found.scans] == ["a.nii", "b.nii"]
    assert found.told == (f"{tmp_path.name}: left out c.nii and d.nii (a link to nothing)",)


@pytest.mark.parametrize(
    ("beside", "slices", "folder"),
    [
        ([], 3, False),
        (["preview.png"], 3, False),
        (["preview.png", "notes.txt", ".DS_Store"], 3, False),
        ([f"{n}.png" for n in range(9)], 3, False),
        (["same.nii.gz"], 3, False),
        (["a.nii", "b.nii", "c.npy"], 3, True),
        (["a.nii"], 1, True),
        (["preview.png"], 1, True),
        (["a.nii"], 0, True),
        (["notes.txt"], 0, True),
    ],
)
def test_a_stray_file_makes_no_folder_of_scans_of_a_series(
    tmp_path: Path, beside: list[str], slices: int, folder: bool
) -> None:
    touch(*(tmp_path / name for name in beside))
    for number in range(slices):
        touch(tmp_path / f"IM{number}", content=SLICES[number])
    assert is_folder_of_scans(tmp_path) is folder
    if not folder:
        assert entries_at(tmp_path).scans == (Entry(tmp_path),)


def test_slices_that_stray_among_scans_are_named(tmp_path: Path) -> None:
    touch(tmp_path / "a.nii", tmp_path / "b.nii")
    touch(tmp_path / "IM0", content=SLICES[0])
    assert "left out IM0 (not .nii, .nii.gz, .png, .npy, .zip; a DICOM series" in scans_in(tmp_path).told[0]
