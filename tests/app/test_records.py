"""The page and the command say the same of a scan, key by key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.commands.main import main
from explorer.scans.writing.export import record_text
from explorer.scans.writing.report import report_html
from tests.support.own_scans import MASK, SCAN, fine, loaded, own, text

NAME = "sub-1_FLAIR.nii"


@pytest.mark.parametrize("scoring", ["as training β", "10"])
def test_page_and_command_give_the_same_record_and_report(
    scoring: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = loaded(name=NAME, mask=MASK)
    app.selectbox(key="own-scoring-beta").set_value(scoring).run()
    fine(app.button(key="own-start").click().run())
    result = own(app).result
    assert result is not None and result.finding.name == "elbo-gradient"
    by_page = json.loads(record_text(result.finding))

    (tmp_path / NAME).write_bytes(SCAN)
    (tmp_path / "mask.nii").write_bytes(MASK)
    monkeypatch.chdir(tmp_path)
    line = f"localize {NAME} --output map.nii --mask mask.nii --report --contrast flair"
    beta = str(result.finding.job.scoring.scoring_beta)
    assert main([*line.split(), "--predictor", "elbo-gradient", "--scoring-beta", beta]) == 0
    by_command = json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))

    assert by_page.keys() == by_command.keys()
    for key in by_page:
        assert by_page[key] == by_command[key], key
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert page == report_html(result.finding)
    fits = scoring == "as training β"
    assert by_command["calibration"]["fits"] is fits
    caution = result.finding.caution
    assert bool(caution) is not fits
    if caution:
        assert f"explorer: {caution}" in capsys.readouterr().err
        assert caution in page and caution in text(app).replace("\\", "") and caution in by_command["notes"]
