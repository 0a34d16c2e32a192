"""DICOM series made on the spot: a volume and its affine as the files that a scanner would send."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID

from explorer.scans.reading.files import ScanFile

EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
MR = "1.2.840.10008.5.1.4.1.1.4"
PATIENT = "Doe^Jane"


def dicom_bytes(
    pixels: NDArray[Any], place: Mapping[str, Any], syntax: str = EXPLICIT, **fields: Any
) -> bytes:
    """A file of one slice; `fields` replace its elements, None takes them out."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(fields.pop("kind", MR))
    meta.MediaStorageSOPInstanceUID = UID("1.2.3.4")
    meta.TransferSyntaxUID = UID(syntax)
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.PatientName = PATIENT
    dataset.PatientBirthDate = "19700101"
    elements: dict[str, Any] = {
        "SeriesInstanceUID": "1.2.3",
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 8 * pixels.dtype.itemsize,
        "BitsStored": 8 * pixels.dtype.itemsize,
        "HighBit": 8 * pixels.dtype.itemsize - 1,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
        **place,
        "PixelData": pixels.astype(pixels.dtype.newbyteorder(">" if syntax == BIG else "<")).tobytes(),
        **fields,
    }
    for key, value in elements.items():
        if value is not None:
            setattr(dataset, key, value)
    if "PixelData" in dataset:
        compressed = syntax not in (EXPLICIT, IMPLICIT, BIG, DEFLATED)
        if compressed:  # `PixelData` is a codestream, or stands for one
            dataset.PixelData = encapsulate([dataset.PixelData])
        dataset["PixelData"].VR = "OB" if compressed else "OW"
        dataset["PixelData"].is_undefined_length = compressed
    stream = io.BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


def series(
    data: NDArray[Any],
    affine: NDArray[np.float64],
    syntax: str = EXPLICIT,
    encode: Callable[[NDArray[Any]], bytes] | None = None,
    **fields: Any,
) -> list[bytes]:
    """The slices of a volume (integers) along its last axis, as its affine (RAS) places them.

    Args:
        data: (I, J, K).
        affine: (4, 4).
        syntax: of the files.
        encode: makes the codestream of a slice, (rows, columns), for compressed syntaxes.
        fields: replace elements of all slices; None takes them out.
    """
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    sizes = np.linalg.norm(lps[:3, :3], axis=0)
    axes = (lps[:3, :2] / sizes[:2]).T.ravel()
    return [
        dicom_bytes(
            np.ascontiguousarray(data[:, :, k].T),
            {
                "PixelSpacing": [float(sizes[1]), float(sizes[0])],
                "ImageOrientationPatient": [float(np.round(value, 10)) for value in axes],
                "ImagePositionPatient": [
                    float(np.round(value, 8)) for value in (lps @ np.array([0, 0, k, 1.0]))[:3]
                ],
            },
            syntax,
            **(fields if encode is None else {"PixelData": encode(data[:, :, k].T), **fields}),
        )
        for k in range(data.shape[2])
    ]


def zipped(files: Sequence[bytes] | Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A .zip of files, named by number in a folder with a patient's name unless they have names."""
    named = (
        files if isinstance(files, Mapping) else {f"{PATIENT}/IM{n:04d}": one for n, one in enumerate(files)}
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in named.items():
            archive.writestr(zipfile.ZipInfo(name), content, method, 1)  # of the same date always
    return stream.getvalue()


def zip_file(files: Sequence[bytes] | Mapping[str, bytes]) -> ScanFile:
    return ScanFile("series.zip", zipped(files))
