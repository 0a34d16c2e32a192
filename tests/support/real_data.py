"""Where real scans lie that users do not have; tests that need them skip where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

DATA = Path(os.environ.get("EXPLORER_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
