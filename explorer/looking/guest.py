"""A slice of a person's own scan in the place of a dataset's slice.

It lives in its session, with all that is computed of it: nothing of it enters a cache that sessions share,
and the address of the page says nothing of it.
"""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass, field

from torch import Tensor

from explorer.anomalies import Anomaly
from explorer.contracts import Case, Dataset, Slice
from explorer.looking.caches import SliceCaches
from explorer.randomness import stream


@dataclass(frozen=True, eq=False)
class Guest:
    """One slice on a model's grid.

    Attributes:
        source: image, foreground and name.
        mask: of its anomalies, (H, W), bool; nothing is True where none is known.
        family: datasets with which it can be compared, e.g. `brain`.
        sides: what is known of left and right: `known`, `assumed`, or empty where it is a picture.
        key: tells guests apart.
        caches: what was made of it.
    """

    source: Slice
    mask: Tensor
    family: str
    sides: str = ""
    key: str = field(default_factory=lambda: secrets.token_hex(8))
    caches: SliceCaches = field(default_factory=SliceCaches)

    def __repr__(self) -> str:
        return f"Guest({self.key})"

    def fits(self, dataset: Dataset) -> bool:
        """Whether it can stand in for slices of this dataset."""
        return dataset.name.partition("/")[0] == self.family and dataset.image_size == tuple(self.mask.shape)

    def planted(self, anomaly: Anomaly, seed: int, donor: Slice) -> Case:
        """The slice with an anomaly planted into it, as `explorer.anomalies.plant` does; both masks count.

        Args:
            anomaly: the family with its settings.
            seed: of the draw.
            donor: a healthy slice, for families that need one.
        """
        params = anomaly.draw(stream(seed, "anomaly", type(anomaly).__name__))
        case = anomaly.apply(self.source, params, donor if anomaly.needs_donor else None)
        return dataclasses.replace(case, mask=case.mask | self.mask)
