"""The page "Own scans" and its report show what strangers wrote into names and cards, and no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.cards import save_pretrained
from explorer.scans.reading.files import label
from explorer.scans.writing.export import record_text
from explorer.scans.writing.report import report_html
from tests.security.making import png
from tests.support.foreign_texts import FOREIGN, forged, meant, unseen
from tests.support.own_scans import error, fine, loaded, own, scored, uploader
from tests.support.tiny import NAME, tiny_calibration, tiny_card, tiny_vae

NAMES = {kind: text for kind, text in FOREIGN.items() if text.isprintable() and len(text) <= 100}


def shown(app: AppTest) -> list[str]:
    """All that the page shows as Markdown."""
    elements = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return [one.value for one in elements]


def with_model(app: AppTest, folder: Path, text: str) -> AppTest:
    """The page after a model was added whose card and calibration hold a text wherever they hold any."""
    network = tiny_vae()
    card = replace(tiny_card(), data=text, trained_against={"noise": text}, recipe={text[:50]: text})
    save_pretrained(network, card, {text: tiny_calibration(network)}, folder)
    files = [(path.name, path.read_bytes(), "") for path in sorted(folder.iterdir())]
    uploader(app, "model").set_value(files)
    return app.button(key="own-add-model").click().run()


@pytest.mark.parametrize("kind", NAMES)
def test_names_of_files_and_of_healthy_data_are_only_shown(kind: str, tmp_path: Path) -> None:
    text = NAMES[kind].replace(":", ".")  # which ends the name of the data in a calibration
    app = fine(with_model(loaded(png(), f"{text}.png"), tmp_path, text))
    app.selectbox(key="own-model").set_value(f"own: {NAME}").run()
    app.selectbox(key=f"own-contrast-{own(app).key}").set_value(text).run()
    fine(scored(app, "kl-gradient"))
    texts = shown(app)
    assert [one for one in texts if meant(one)] == []
    assert any(text[:40] in one.replace("\\", "") for one in texts)
    result = own(app).result
    assert result is not None and result.finding.whose
    page, record = report_html(result.finding), record_text(result.finding)
    assert forged(page) == [] and unseen(page) == [] and unseen(record) == []


@pytest.mark.parametrize("kind", ["control", "bidi", "long"])
def test_names_that_cannot_be_read_are_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    app = loaded(png(), f"{FOREIGN[kind]}.png")
    assert any(label(f"{FOREIGN[kind]}.png")[:20] in one.replace("\\", "") for one in shown(fine(app)))
    assert [letter for one in shown(app) for letter in unseen(one)] == []
    said = error(with_model(app, tmp_path, FOREIGN[kind]))
    assert "names of data must be printable" in said and unseen(said) == [] and len(said) < 1000
