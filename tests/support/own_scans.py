"""The page "Own scans" without a browser: opened, given a scan, asked for scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from explorer.ui.controls import held
from explorer.ui.pages.scans import session
from tests.support.packets import handed
from tests.support.phantoms import head, nifti_bytes, ras_affine

SCRIPT = "from explorer.ui.pages.scans.page import page\npage(lambda address: None)"
DATA = head(ras_affine())
SCAN = nifti_bytes(DATA, ras_affine())
MASK = nifti_bytes((DATA > 150).astype(np.uint8), ras_affine())


def opened(address: Mapping[str, Any] | None = None) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=120)
    for name, values in (address or {}).items():
        app.query_params[name] = values
    return app.run()


def uploader(app: AppTest, name: str) -> Any:
    return next(one for one in app.get("file_uploader") if str(one.key).startswith(f"own-{name}-"))


def loaded(content: bytes = SCAN, name: str = "scan.nii", *, mask: bytes | None = None) -> AppTest:
    """The page with an uploaded scan, not yet scored."""
    app = opened()
    app.button_group(key="own-source").set_value("Upload").run()
    uploader(app, "scan").upload(name, content)
    if mask is not None:
        uploader(app, "mask").upload("mask.nii", mask)
    return app.button(key="own-load").click().run()


def scored(app: AppTest, predictor: str = "intensity") -> AppTest:
    app.selectbox(key="own-predictor").set_value(predictor).run()
    return app.button(key="own-start").click().run()


def fine(app: AppTest) -> AppTest:
    assert [one.value for one in app.error] == [] and [one.message for one in app.exception] == []
    return app


def error(app: AppTest) -> str:
    assert not app.exception
    (found,) = [one.value for one in app.error]
    return found.replace("\\", "")


def text(app: AppTest) -> str:
    return "\n".join(one.value for one in [*app.markdown, *app.caption, *app.info])


def warned(app: AppTest) -> str:
    return "\n".join(one.value for one in app.warning)


def own(app: AppTest) -> session.Own:
    found: session.Own = app.session_state[held.SCAN]
    return found


def settings(app: AppTest) -> dict[str, Any]:
    """The last settings that the planes were handed."""
    return [one for one in handed(app, "explorer-planes-feed") if isinstance(one, dict)][-1]
