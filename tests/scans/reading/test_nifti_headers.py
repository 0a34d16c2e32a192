"""Headers that the standard defines are read as it says; what was put right, or is doubtful, is told."""

from __future__ import annotations

import gzip
from typing import Any

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.loading import load_scan
from explorer.scans.reading.scan import Scan
from explorer.scans.writing.export import map_bytes
from tests.support.phantoms import head, nifti_bytes, oblique_affine, ras_affine, scan_file

AFFINE = oblique_affine((17.0, -12.0, 9.0))
MIRRORED = AFFINE @ np.diag([1.0, 1.0, -1.0, 1.0])
DATA = np.random.default_rng(1).integers(0, 100, (5, 6, 7)).astype(np.int16)


def read(affine: NDArray[np.float64] = AFFINE, **fields: Any) -> Scan:
    return load_scan(scan_file(nifti_bytes(DATA, affine, **fields)))


def fields_of(affine: NDArray[np.float64] = AFFINE) -> Any:
    return nibabel.nifti1.Nifti1Header(nifti_bytes(DATA, affine)[:348])  # type: ignore[no-untyped-call]


def off(scan: Scan, affine: NDArray[np.float64]) -> float:
    assert scan.affine is not None
    return float(np.abs(scan.affine - affine).max())


def pixdim(affine: NDArray[np.float64] = AFFINE, **changed: float) -> list[float]:
    sizes = [float(size) for size in fields_of(affine)["pixdim"]]
    for place, size in changed.items():
        sizes[int(place[1:])] = size
    return sizes


@pytest.mark.parametrize(
    ("affine", "sign", "told"), [(AFFINE, 0, True), (AFFINE, 3, True), (AFFINE, 1, False)]
)
def test_a_qform_alone_needs_no_sign(affine: NDArray[np.float64], sign: float, told: bool) -> None:
    """pixdim[0] = 0 counts as 1."""
    scan = read(affine, sform_code=0, pixdim=pixdim(_0=sign))
    assert off(scan, affine) < 1e-5 and scan.oriented
    assert [f"The header says {sign:g} where 1 or -1" in note for note in scan.notes] == [True] * told


def test_a_negative_sign_of_any_size_turns_the_third_axis() -> None:
    scan = read(MIRRORED, sform_code=0, pixdim=pixdim(MIRRORED, _0=-2))
    assert off(scan, MIRRORED) < 1e-5


@pytest.mark.parametrize("places", [[1], [2], [3], [1, 2, 3]])
@pytest.mark.parametrize("code", [0, 1])
def test_sizes_of_voxels_count_without_their_sign(places: list[int], code: int) -> None:
    plain = read(sform_code=0, qform_code=code)
    changed: dict[str, Any] = {f"_{place}": -pixdim()[place] for place in places}
    scan = read(sform_code=0, qform_code=code, pixdim=pixdim(**changed))
    assert plain.affine is not None and off(scan, plain.affine) == 0
    assert any("taken without their signs" in note for note in scan.notes)


@pytest.mark.parametrize("axis", ["quatern_b", "quatern_c", "quatern_d"])
@pytest.mark.parametrize("length", [1 + 1e-6, 1.00001, 1.0009])
def test_a_quaternion_a_rounding_error_too_long_is_half_a_turn(axis: str, length: float) -> None:
    turn: dict[str, Any] = {"quatern_b": 0.0, "quatern_c": 0.0, "quatern_d": 0.0} | {axis: length}
    expected = np.diag([-1.0, -1, -1, 1])
    place = "bcd".index(axis[-1])
    expected[place, place] = 1
    expected[:3, :3] *= np.array(pixdim()[1:4])
    scan = read(sform_code=0, **turn)
    assert scan.affine is not None and np.abs((scan.affine - expected)[:3, :3]).max() < 1e-5
    assert any("quaternion, of length 1.00" in note for note in scan.notes) == (length > 1.000005)


def test_a_quaternion_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="affine with numbers that are not finite"):
        read(sform_code=0, quatern_b=1.002, quatern_c=0, quatern_d=0)


ZEROS: dict[str, Any] = {"srow_x": [0] * 4, "srow_y": [0] * 4, "srow_z": [0] * 4}


def test_an_sform_of_zeros_is_none() -> None:
    scan = read(**ZEROS)
    assert off(scan, AFFINE) < 1e-5 and scan.oriented
    assert scan.notes == ("The file's sform is all zeros: it was left out.",)
    neither = read(qform_code=0, **ZEROS)
    assert not neither.oriented and "left and right may be swapped" in neither.notes[-1]


@pytest.mark.parametrize(
    "fields",
    [
        {"sform_code": 0, "pixdim": pixdim(_0=0)},
        {"sform_code": 0, "pixdim": pixdim(_1=-pixdim()[1])},
        {"sform_code": 0, "quatern_b": 1.0005, "quatern_c": 0, "quatern_d": 0},
        ZEROS,
    ],
    ids=["sign", "sizes", "quaternion", "zeros"],
)
def test_a_map_lies_where_its_scan_was_read_for_every_reader(fields: dict[str, Any]) -> None:
    scan = read(**fields)
    back = nibabel.nifti1.Nifti1Image.from_bytes(map_bytes(scan, scan.data, ".nii"))
    assert off(scan, back.affine) < 1e-5


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("extended", [b"\0\0\0\0", b""], ids=["at 352", "at 348"])
def test_data_whose_start_is_left_out_follow_the_header(packed: bool, extended: bytes) -> None:
    content = nifti_bytes(DATA, AFFINE, vox_offset=0)
    content = content[:348] + extended + content[352:]
    scan = load_scan(scan_file(gzip.compress(content) if packed else content))
    assert np.array_equal(scan.data, DATA)
    assert scan.notes == (
        f"The header does not say where its data start: they were read from byte {348 + len(extended)}.",
    )


def test_the_start_of_nifti_2_is_another() -> None:
    image = nibabel.nifti2.Nifti2Image(DATA, AFFINE)  # type: ignore[no-untyped-call]
    content = image.to_bytes()
    header = nibabel.nifti2.Nifti2Header(content[:540], check=False)  # type: ignore[no-untyped-call]
    header["vox_offset"] = 0
    scan = load_scan(scan_file(bytes(header.binaryblock) + content[540:]))
    assert np.array_equal(scan.data, DATA) and "from byte 544" in scan.notes[0]


@pytest.mark.parametrize("dtype", ["u1", "i2", "f8"])
def test_how_long_a_number_is_follows_from_its_type(dtype: str) -> None:
    scan = load_scan(scan_file(nifti_bytes(DATA.astype(dtype), AFFINE, bitpix=0)))
    assert np.array_equal(scan.data, DATA)
    assert f"{8 * np.dtype(dtype).itemsize} bits, by its type" in scan.notes[0]


def moved(by: float, axis: int = 0) -> dict[str, Any]:
    """The rows of an sform that lies so many voxels off."""
    affine = AFFINE.copy()
    affine[:3, 3] += by * affine[:3, axis]
    return {f"srow_{name}": affine[row].tolist() for row, name in enumerate("xyz")}


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_two_places_up_to_a_voxel_apart_are_one(axis: int) -> None:
    assert read(**moved(0.99, axis)).warnings == ()
    scan = read(**moved(1.01, axis))
    apart = 1.01 * np.linalg.norm(AFFINE[:3, axis])
    assert len(scan.warnings) == 1
    assert f"(sform and qform) disagree by up to {apart:.3g} mm: left and right depend" in scan.warnings[0]
    assert "mirror" not in scan.warnings[0]
    assert off(scan, np.array([*moved(1.01, axis).values(), [0, 0, 0, 1]])) < 1e-4


def test_two_places_of_which_one_is_a_mirror_image() -> None:
    rows: dict[str, Any] = {f"srow_{name}": MIRRORED[row].tolist() for row, name in enumerate("xyz")}
    assert "one is the mirror image of the other: left and right" in read(**rows).warnings[0]


def test_that_places_disagree_is_seen_with_the_scan() -> None:
    affine = ras_affine()
    shifted = affine.copy()
    shifted[0, 3] += 10
    content = nifti_bytes(head(affine), affine, srow_x=shifted[0].tolist())
    prepared = prepare_volume(load_scan(scan_file(content)))
    assert any("disagree by up to 10 mm" in told for told in prepared.warnings)


@pytest.mark.parametrize(
    "broken",
    [{"quatern_b": 5.0}, {"pixdim": pixdim(_2=0)}, {"qoffset_x": float("nan")}],
    ids=["quaternion", "size", "offset"],
)
def test_a_broken_qform_beside_a_good_sform_is_told(broken: dict[str, Any]) -> None:
    scan = read(**broken)
    assert off(scan, AFFINE) < 1e-5 and scan.warnings == ()
    assert scan.notes == ("The file's qform is damaged: its sform was taken.",)


@pytest.mark.parametrize(
    ("code", "unit"), [(1, "metres"), (3, "micrometres"), (0, "no unit, so mm was taken")]
)
def test_a_unit_is_named_where_it_is_why_a_scan_is_refused(code: int, unit: str) -> None:
    factor = 1.0 if code else 1000.0
    affine = np.diag([2 * factor, 2 * factor, 2 * factor, 1.0])
    problem = rf"has voxels of .* mm \(its header names {unit}\); .*; correct the unit, or set"
    with pytest.raises(ValueError, match=problem):
        read(affine, xyzt_units=code)
    with pytest.raises(ValueError, match="has voxels of 2e") as caught:
        read(np.diag([2000.0, 2000, 2000, 1]), xyzt_units=2)
    assert "unit" not in str(caught.value)
