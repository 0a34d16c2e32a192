"""From a scan's voxels to a model's images and back, both by one affine and linear interpolation.

A model sees axial planes: seen from above, the front on top, the left of the image the left of the person.
The affine of the scan says where that is, so oblique scans are sliced along the person's axes, not along
their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from explorer.datasets.brain.anatomy import CENTRE_MM, LOWEST_MM, SIZE, SLICES, SPACING

TEMPLATE_ML = 1875.6
TEMPLATE_CENTRE_MM = (0.0, -21.876, 9.834)
"""Volume and centre of the brain on which the models were trained (`anatomy.template_anatomy`)."""

SCALES = (0.8, 1.35)
"""Factors by which a brain may be scaled to the template's volume."""

_EMPTY = 1e-9


@dataclass(frozen=True, eq=False)
class Placement:
    """Where each pixel of a model's images lies in a scan.

    Attributes:
        matrix: from (slice, row, column) to voxel indices as stored, homogeneous, (4, 4), float64.
        scan_shape: (I, J, K).
        model_shape: (slices, rows, columns).
        factor: how much larger the model sees the brain than it is.
        pixel_mm: size of a model's voxel in the scan, mm; None for a picture.
    """

    matrix: NDArray[np.float64]
    scan_shape: tuple[int, ...]
    model_shape: tuple[int, int, int]
    factor: float
    pixel_mm: float | None

    @property
    def heights_known(self) -> bool:
        """Whether a slice's number says where in a brain it lies.

        Not so in a picture, and in a brain that was not scaled, as part of it is probably missing.
        """
        return self.pixel_mm is not None and self.factor != 1

    def plane(self, voxel: NDArray[np.float64]) -> int:
        """The number of a voxel's axial plane: its index along the stored axis that runs upwards."""
        steps = np.linalg.inv(self.matrix)[:3, :3]
        upwards = np.abs(steps[0]) / np.linalg.norm(steps, axis=0)
        return round(float(voxel[int(upwards.argmax())]))

    def plane_of(self, index: int) -> int:
        """The number of the plane in which the middle of an image lies."""
        _, rows, columns = self.model_shape
        return self.plane(self.matrix[:3] @ np.array([index, (rows - 1) / 2, (columns - 1) / 2, 1.0]))

    def to_model(self, data: NDArray[np.float32]) -> NDArray[np.float32]:
        """A scan's intensities on the model's grid, (slices, rows, columns), float32; 0 outside the scan.

        Where voxels are much finer than pixels, they are averaged first to about half a pixel.
        """
        averaged, matrix = _averaged(data, self.matrix)
        found = _resample(averaged, matrix, self.model_shape, order=1)
        for image, inside in zip(found, _inside(matrix, self.model_shape, averaged.shape), strict=True):
            image[~inside[0]] = 0
        return found

    def mask_to_model(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The same for a mask, by nearest neighbour."""
        found: NDArray[np.bool_] = self.labels_to_model(mask.astype(np.uint8)) > 0
        return found

    def labels_to_model(self, labels: NDArray[np.integer]) -> NDArray[np.float32]:
        """The same for the numbers of parts, below 2**24, by nearest neighbour."""
        found = _resample(labels, self.matrix, self.model_shape, order=0)
        for image, inside in zip(found, _inside(self.matrix, self.model_shape, labels.shape), strict=True):
            image[~inside[0]] = 0
        return found

    def to_scan(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Maps on the model's grid, (slices, rows, columns), on that of the scan, float32.

        A voxel gets NaN where the nearest pixel is NaN or the images do not reach; what is NaN lends nothing
        to its neighbours.
        """
        known = ~np.isnan(values)
        inverse = _inverse(self.matrix)
        if not known.any():
            return np.full(self.scan_shape, np.nan, np.float32)
        found = _resample(spread(values), inverse, self.scan_shape, order=1)
        for plane, (inside, pixels) in zip(
            found, _inside(inverse, self.scan_shape, values.shape), strict=True
        ):
            plane[~(inside & known[pixels])] = np.nan
        return found


def spread(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values of which at least one is not NaN, the others being those of the nearest that is not."""
    unknown = np.isnan(values)
    if not unknown.any():
        return values
    nearest = ndimage.distance_transform_edt(unknown, return_distances=False, return_indices=True)
    found: NDArray[np.float32] = values[tuple(nearest)]
    return found


def place_volume(
    affine: NDArray[np.float64], shape: tuple[int, ...], brain: NDArray[np.bool_]
) -> tuple[Placement, tuple[str, ...]]:
    """Move a brain so that its centre, and scale it so that its volume, are the template's; no rotation.

    So were the real anatomies in the models' training. A brain that would have to be scaled by less than
    0.8 or more than 1.35 is probably not all there: it is moved only.

    Args:
        affine: of the scan, voxels to mm (RAS), (4, 4).
        shape: of the scan.
        brain: where it is, shape of the scan.

    Returns:
        The placement, and sentences on what was done.
    """
    volume = float(np.count_nonzero(brain)) * abs(float(np.linalg.det(affine[:3, :3]))) / 1000
    factor = (TEMPLATE_ML / volume) ** (1 / 3)
    done = f"and scaled by {factor:.3f}."
    if not SCALES[0] <= factor <= SCALES[1]:
        factor, done = 1.0, "but not scaled: its size suggests that part of it is missing."
    note = f"The brain of {volume:,.0f} ml was moved to the template's centre {done}"
    centre = affine[:3, :3] @ centre_of(brain) + affine[:3, 3]
    to_world = np.eye(4)
    to_world[:3, :3] /= factor
    to_world[:3, 3] = centre - np.array(TEMPLATE_CENTRE_MM) / factor
    matrix = np.linalg.inv(affine) @ to_world @ model_affine()
    return Placement(matrix, shape, (SLICES, SIZE, SIZE), factor, SPACING / factor), (note,)


def place_picture(shape: tuple[int, ...], image_size: int) -> Placement:
    """Fit a picture, (rows, columns, 1), into a square image: its longer side fills it, centred."""
    rows, columns = shape[:2]
    step = max(rows, columns) / image_size
    matrix = np.zeros((4, 4))
    matrix[0, 1] = matrix[1, 2] = step
    matrix[2, 0] = matrix[3, 3] = 1.0
    matrix[:2, 3] = (np.array([rows, columns]) - 1) / 2 - step * (image_size - 1) / 2
    return Placement(matrix, shape, (1, image_size, image_size), 1.0, None)


def model_affine() -> NDArray[np.float64]:
    """From (slice, row, column) of the brain models' images to mm in the template's space, (4, 4)."""
    affine = np.zeros((4, 4))
    half = (SIZE - 1) / 2 * SPACING
    affine[0, 2], affine[1, 1], affine[2, 0], affine[3, 3] = SPACING, -SPACING, SPACING, 1.0
    affine[:3, 3] = CENTRE_MM[0] - half, CENTRE_MM[1] + half, LOWEST_MM
    return affine


def centre_of(mask: NDArray[np.generic]) -> NDArray[np.float64]:
    """Mean index of the voxels of a mask, from its projections onto the axes."""
    axes = range(mask.ndim)
    counts = [mask.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes]
    return np.array([float(np.arange(len(c)) @ c) / float(c.sum()) for c in counts])


def _averaged(
    data: NDArray[np.float32], matrix: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Blocks of voxels averaged where a pixel spans many, and the matrix that leads to the blocks."""
    spans = np.abs(matrix[:3, :3]).max(axis=1)  # voxels to a pixel, along each stored axis
    counts = [min(max(1, round(span / 2)), size) for span, size in zip(spans, data.shape, strict=True)]
    if max(counts) == 1:
        return data, matrix
    whole = [size // count * count for size, count in zip(data.shape, counts, strict=True)]
    for axis, count in enumerate(counts):
        data = np.take(data, range(whole[axis]), axis) if whole[axis] < data.shape[axis] else data
        split = (*data.shape[:axis], -1, count, *data.shape[axis + 1 :])
        data = data.reshape(split).mean(axis + 1, dtype=np.float32)
    blocks = np.diag([*(1 / np.array(counts)), 1.0])
    blocks[:3, 3] = -(np.array(counts) - 1) / 2 / np.array(counts)
    return data, blocks @ matrix


def _resample(
    data: NDArray[np.generic], matrix: NDArray[np.float64], shape: tuple[int, ...], *, order: int
) -> NDArray[np.float32]:
    """`data` at `matrix` times each index of `shape`, float32; beyond the edges, what the edges have."""
    found: NDArray[np.float32] = ndimage.affine_transform(
        data,
        matrix[:3, :3],
        matrix[:3, 3],
        output_shape=shape,
        output=np.float32,
        order=order,
        mode="nearest",
    )
    return found


def _inside(
    matrix: NDArray[np.float64], shape: tuple[int, ...], source: tuple[int, ...]
) -> Iterator[tuple[NDArray[np.bool_], tuple[NDArray[np.int64], ...]]]:
    """For each plane of `shape`: what lies within `source`, and the nearest place there."""
    rows, columns = np.arange(shape[1])[:, None], np.arange(shape[2])[None]
    for plane in range(shape[0]):
        places = [row[0] * plane + row[1] * rows + row[2] * columns + row[3] for row in matrix[:3]]
        inside, nearest = np.ones(shape[1:], dtype=bool), []
        for place, size in zip(places, source, strict=True):
            inside &= (place >= -0.5) & (place <= size - 0.5)
            nearest.append(np.clip(np.rint(place), 0, size - 1).astype(np.int64))
        yield inside, tuple(nearest)


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse, with zeros where rounding left next to nothing, so that edges stay edges."""
    inverse = np.linalg.inv(matrix)
    return np.where(np.abs(inverse) < _EMPTY, 0.0, inverse)
