"""Where a scan comes from: the example, an upload, or a folder that the server's owner allowed.

The folder is named by the environment variable `EXPLORER_SCANS` of the server (several, separated as in
`PATH`), folders of masks of the same names by `EXPLORER_SCAN_MASKS`. A browser chooses among the files found
there; it cannot name a path.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.looking import server
from explorer.scans.placing.intensity import CT_WINDOWS
from explorer.scans.reading.example import example
from explorer.scans.reading.files import ScanFile, label
from explorer.scans.reading.folders import Entries, scans_in
from explorer.scans.reading.loading import load_brain, load_mask, load_scan
from explorer.ui.messages import plain
from explorer.ui.pages.scans import session
from explorer.ui.pages.scans.session import Own, upload_key
from explorer.ui.streamlit.uploads import MOST_FILES, MOST_MB

FOLDERS, MASKS = "EXPLORER_SCANS", "EXPLORER_SCAN_MASKS"
EXAMPLE, UPLOAD, SERVER = "Example", "Upload", "Server"
MR = "MR: none"


@dataclass(frozen=True)
class Files:
    """What is to be loaded.

    Attributes:
        scan: the scan.
        mask: of its anomalies, or None.
        brain: where the brain is, or None.
        volume: which one of a 4-D file, or None.
        window: of a CT, or empty.
    """

    scan: ScanFile
    mask: ScanFile | None = None
    brain: ScanFile | None = None
    volume: int | None = None
    window: str = ""


def load(files: Files) -> Own:
    """Read a scan with its masks; ValueError names the file, the problem and the remedy."""
    scan = load_scan(files.scan, files.volume)
    mask = None if files.mask is None else load_mask(files.mask, scan)
    brain = None if files.brain is None else load_brain(files.brain, scan)
    return Own(scan, mask, brain, files.window, files.volume)


def choose() -> Files | None:
    """Show the controls; what to load, in the one run in which the person asks for it.

    Raises:
        ValueError: where nothing was chosen, or the server's folder cannot be read.
    """
    kinds = [EXAMPLE, UPLOAD] + [SERVER] * bool(os.environ.get(FOLDERS))
    kind = st.segmented_control(
        "Scan from",
        kinds,
        default=EXAMPLE,
        required=True,
        key="own-source",
        help="Example: a synthetic FLAIR brain with two lesions and their mask. Upload: your own files; they "
        "stay in the memory of this session. Server: a folder that this server's owner opened.",
    )
    if kind == UPLOAD:
        return _upload()
    if kind == SERVER:
        return _from_server()
    if not st.button("Load the example", key="own-load", type="primary", width="stretch"):
        return None
    return Files(*example(server.dataset("brain/flair")))


def _upload() -> Files | None:
    kinds = ["nii", "gz", "png", "npy"]
    scan = st.file_uploader(
        "Scan",
        [*kinds, "zip"],
        key=upload_key("scan"),
        help="NIfTI (.nii, .nii.gz), a DICOM series in a .zip, PNG or NPY without pickles.",
    )
    mask = st.file_uploader(
        "Mask of anomalies, optional",
        kinds,
        key=upload_key("mask"),
        help="On the scan's grid; above 0.5 is anomalous. With it come ROC, AP, Dice and lesions found.",
    )
    brain = st.file_uploader(
        "Brain mask, optional",
        kinds,
        key=upload_key("brain"),
        help="On the scan's grid. Without it the brain is looked for, in the way chosen under Scoring.",
    )
    st.caption(
        f"A session holds {MOST_FILES} files and {MOST_MB} MB at most. What is beyond that ends in “413”: "
        "delete some files, then bring it again."
    )
    volume, window = _options()
    if not st.button("Load", key="own-load", type="primary", width="stretch"):
        return None
    if scan is None:
        raise ValueError("there is no scan yet; choose a file under Scan, then load it")
    beside = [None if one is None else _file(one) for one in (mask, brain)]
    return Files(_file(scan), beside[0], beside[1], volume, window)


def _from_server() -> Files | None:
    found = _entries()
    entries = found.scans
    chosen = st.selectbox(
        "File",
        range(len(entries)),
        format_func=lambda index: label(entries[index].scan.name) + (" + mask" * bool(entries[index].mask)),
        key="own-file",
        help="Scans in the folders that this server's owner opened, with the masks that lie beside them.",
    )
    for told in found.told:
        st.caption(plain(f"{told}."))
    volume, window = _options()
    if chosen is None or not st.button("Load", key="own-load", type="primary", width="stretch"):
        return None
    entry = entries[chosen]
    mask = None if entry.mask is None else ScanFile.at(entry.mask)
    return Files(ScanFile.at(entry.scan), mask, None, volume, window)


def _entries() -> Entries:
    """The scans of all allowed folders."""
    folders = [Path(part) for part in os.environ.get(FOLDERS, "").split(os.pathsep) if part]
    masks = [Path(part) for part in os.environ.get(MASKS, "").split(os.pathsep) if part]
    paired = [*masks, *[None] * len(folders)][: len(folders)]
    found = [scans_in(folder, beside) for folder, beside in zip(folders, paired, strict=True)]
    scans = (entry for one in found for entry in one.scans)
    return Entries(tuple(scans), tuple(told for one in found for told in one.told))


def _options() -> tuple[int | None, str]:
    left, right = st.columns(2)
    volume = left.number_input(
        "Volume",
        0,
        10_000,
        None,
        key="own-volume",
        placeholder="3-D",
        help="Which volume of a 4-D file, from 0; empty for 3-D files.",
    )
    window = right.selectbox(
        "CT window",
        (MR, *CT_WINDOWS),
        key="own-window",
        help="Hounsfield units that become black and white before the model, which was trained on MR.",
    )
    return volume, "" if window == MR else window


def _file(upload: Any) -> ScanFile:
    return ScanFile(upload.name, upload.getvalue())


def delete_button() -> None:
    """The button that deletes all that this session brought."""
    st.button(
        "Delete scan, models and results",
        key="own-delete",
        icon=":material/delete:",
        on_click=session.delete,
        width="stretch",
        help="At once, from the server's memory. Without it all goes when you close the page.",
    )
