"""Nothing planted: what is anomalous in a slice is what its own mask says, where it brings one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.anomalies import ANOMALIES
from explorer.anomalies.none import NoAnomaly


@ANOMALIES.register("as-scanned")
@dataclass(frozen=True)
class AsScanned(NoAnomaly):
    """Leaves every slice as it is, as `none` does, under a name that fits slices that are not healthy."""

    summary: ClassVar[str] = "nothing is planted: what is anomalous is what the image's own mask says"
    formula: ClassVar[str] = "x"
