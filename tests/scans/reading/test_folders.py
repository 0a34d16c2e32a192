"""Folders: which scan has which mask, and no way out of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.scans.reading.folders import Entry, scans_in


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_masks_have_the_names_of_their_scans(tmp_path: Path) -> None:
    scans, masks = tmp_path / "scans", tmp_path / "masks"
    touch(scans / "b.nii.gz", scans / "a.png", scans / "notes.txt", masks / "b.nii.gz", masks / "c.nii.gz")
    assert scans_in(scans, masks) == [Entry(scans / "a.png"), Entry(scans / "b.nii.gz", masks / "b.nii.gz")]
    assert scans_in(scans) == [Entry(scans / "a.png"), Entry(scans / "b.nii.gz")]


def test_the_layout_of_mood(tmp_path: Path) -> None:
    toy, labels = tmp_path / "toy", tmp_path / "toy_label"
    touch(toy / "toy_0.nii.gz", toy / "toy_1.nii.gz", labels / "pixel" / "toy_0.nii.gz")
    touch(labels / "sample" / "toy_0.nii.gz.txt", labels / "sample" / "toy_1.nii.gz.txt")
    (labels / "sample" / "toy_0.nii.gz.txt").write_text("1\n")
    (labels / "sample" / "toy_1.nii.gz.txt").write_text("0")
    assert scans_in(toy) == [
        Entry(toy / "toy_0.nii.gz", labels / "pixel" / "toy_0.nii.gz", True),
        Entry(toy / "toy_1.nii.gz", None, False),
    ]
    (labels / "sample" / "toy_1.nii.gz.txt").write_text("maybe")
    with pytest.raises(ValueError, match=r"toy_1.nii.gz.txt says 'maybe' where 0 or 1 is needed"):
        scans_in(toy)


def test_folders_without_scans_are_named(tmp_path: Path) -> None:
    touch(tmp_path / "notes.txt")
    with pytest.raises(ValueError, match="holds no scans; put files in it that end in .nii"):
        scans_in(tmp_path)
    for missing in (tmp_path / "none", tmp_path / "notes.txt"):
        with pytest.raises(ValueError, match="is no folder"):
            scans_in(missing)
        with pytest.raises(ValueError, match="is no folder; name the folder that holds the masks"):
            scans_in(tmp_path, missing)


@pytest.mark.parametrize("which", ["scans", "masks"])
def test_links_out_of_a_folder_are_not_followed(tmp_path: Path, which: str) -> None:
    touch(tmp_path / "scans" / "b.nii", tmp_path / "masks" / "b.nii", tmp_path / "secret")
    link = tmp_path / which / "b.nii"
    link.unlink()
    link.symlink_to(tmp_path / "secret")
    with pytest.raises(ValueError, match="b.nii is a link out of its folder; copy the file itself there"):
        scans_in(tmp_path / "scans", tmp_path / "masks")
