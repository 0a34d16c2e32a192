"""The page "Own scans" without a browser: loading, scoring, measuring, own models, deletion, mistakes."""

from __future__ import annotations

import gc
import gzip
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import nibabel
import numpy as np
import pytest

from explorer.looking import caches, server
from explorer.predictors import PREDICTORS, quick_predictors_for
from explorer.scans.finding.record import record_of
from explorer.scans.scoring.queue import Progress, State
from explorer.scans.scoring.scoring import ScoredScan
from explorer.scans.writing.export import GEOMETRY
from explorer.scans.writing.report import report_html
from explorer.ui.controls import held
from explorer.ui.pages.scans import session
from explorer.ui.pages.scans.exports import map_file, stem_of
from explorer.ui.pages.scans.page import _follow, _progress_text
from tests.security.making import npy, png
from tests.support.own_scans import (
    DATA,
    MASK,
    SCAN,
    error,
    fine,
    loaded,
    opened,
    own,
    scored,
    settings,
    text,
    uploader,
    warned,
)
from tests.support.packets import handed
from tests.support.phantoms import nifti_bytes, ras_affine


def test_an_uploaded_scan_is_shown_and_says_where_its_brain_comes_from() -> None:
    app = fine(loaded())
    assert "**scan.nii** · 46 x 58 x 42 voxels of 4 x 3.6 x 4.4 mm" in text(app)
    assert "brain of 1,497 ml by **what is not zero**" in text(app)
    packets = [one for one in handed(app, "explorer-planes-feed") if isinstance(one, bytes)]
    assert [packet[:4] for packet in packets] == [b"XPK1"]
    uploader(app, "brain").upload("brain.nii", nifti_bytes((DATA > 0).astype(np.uint8), ras_affine()))
    assert "brain of 1,497 ml by **your mask**" in text(fine(app.button(key="own-load").click().run()))


def test_a_scan_is_scored_and_measured_against_its_mask() -> None:
    app = fine(scored(loaded(mask=MASK)))
    numbers = {one.label: one.value for one in app.metric}
    assert float(numbers["AUROC"]) > 0.99 and float(numbers["AP"]) > 0.85
    assert numbers["Lesions found"] == "1 / 1"
    told = settings(app)
    result = own(app).result
    assert result is not None and told["threshold"] == result.finding.threshold.score
    assert len(told["profile"]) == len(result.finding.values)
    assert told["places"][0]["peak"] == pytest.approx(float(np.nanmax(result.finding.values)))
    highest = int(np.nanargmax(np.array(told["profile"], dtype=float)))
    assert highest in told["anomalous"]


def test_healthy_percentiles_are_of_the_contrast_that_the_name_speaks_of() -> None:
    app = fine(scored(loaded(name="sub-1_FLAIR.nii")))
    told = settings(app)
    assert app.selectbox(key=f"own-contrast-{own(app).key}").value == "brain/flair"
    assert told["healthy"] is not None and told["places"][0]["healthy"] == 1.0
    healthy = server.pretrained("beta-vae-brain").calibration["brain/flair"]
    wanted = float(healthy.quantile("intensity", 1.0, 0.99))
    assert told["threshold"] == pytest.approx(wanted)
    app.selectbox(key=f"own-contrast-{own(app).key}").set_value("unknown").run()
    told = settings(fine(scored(app)))
    assert told["healthy"] is None and told["places"][0]["healthy"] is None


def test_a_scan_before_codes_has_a_score_as_a_whole() -> None:
    app = loaded(name="sub-1_FLAIR.nii")
    app.selectbox(key="own-model").set_value("vq-vae-brain").run()
    assert "Sample score" not in text(app)
    app = fine(scored(app, "code-surprise"))
    result = own(app).result
    assert result is not None and result.finding.sample is not None
    assert f"Sample score of the whole scan: {result.finding.sample.sentence}." in text(app).replace("\\", "")


def test_the_planes_move_threshold_and_slice_within_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    app = fine(scored(loaded()))
    found = own(app)
    assert found.result is not None
    monkeypatch.setattr(session, "current", lambda: found)
    before = len(settings(app)["places"])
    for change in (
        {"threshold": float("nan")},
        {"threshold": "1"},
        {"slice": -1},
        {"slice": 10**6},
        {"slice": True, "plane": 3},
        {"slice": 30, "plane": 10**6},
        {"slice": 30},
    ):
        threshold = found.result.finding.threshold.score
        _follow(change)
        assert found.result.finding.threshold.score == threshold and found.shown is None
    _follow({"threshold": 99})
    assert before > 0 and settings(fine(app.run()))["places"] == []
    _follow({"slice": 30, "plane": 33, "radiological": True})
    app = fine(app.run())
    assert "All maps of slice 33" in [one.value for one in app.header]
    assert "The right of the person is on the left" in text(app)
    shown = "".join(one.proto.body for one in app.get("html"))
    quick = quick_predictors_for(found.result.finding.job.scoring.model)
    assert shown.count("<figure") == 3 + sum(not PREDICTORS[name].needs_calibration for name in quick)


def test_what_is_taken_away_is_the_map_on_the_scans_grid() -> None:
    app = fine(scored(loaded(gzip.compress(SCAN), "scan.nii.gz", mask=MASK)))
    found = own(app)
    assert found.result is not None
    back = nibabel.nifti1.Nifti1Image.from_bytes(gzip.decompress(map_file(found.result.finding)))
    original = nibabel.nifti1.Nifti1Image.from_bytes(SCAN)
    assert back.shape == original.shape and np.array_equal(back.affine, original.affine)
    assert all(np.array_equal(back.header[key], original.header[key]) for key in GEOMETRY)
    peak = np.unravel_index(np.nanargmax(np.asarray(back.dataobj)), back.shape)
    assert DATA[peak] > 200
    record = record_of(found.result.finding)
    assert record["model"]["sha256"] == server.pretrained("beta-vae-brain").card.sha256
    assert (
        record["threshold"]["score"] == found.result.finding.threshold.score
        and record["lesions"]["found"] == 1
    )
    page = report_html(found.result.finding)
    assert "not a medical device" in page and "scan.nii.gz" in page
    labels = [one.proto.label for one in app.get("download_button")]
    assert labels == ["Map (NIfTI)", "Record (JSON)", "Report (HTML)"]


def test_a_healthy_scans_empty_mask_leaves_figures_undefined_and_says_why() -> None:
    app = fine(scored(loaded(mask=nifti_bytes((0 * DATA).astype(np.uint8), ras_affine()))))
    numbers = {one.label: one.value for one in app.metric}
    assert {numbers[name] for name in ("AUROC", "AP", "Dice at threshold", "Best Dice")} == {"–"}
    assert numbers["Lesions found"] == "0 / 0"
    assert "– is undefined: the mask marks nothing, so that nothing is anomalous." in text(app)


def test_a_photograph_is_scored_with_a_warning_that_its_scores_mean_nothing() -> None:
    steel = 120 + 20 * np.sin(np.arange(200) / 7)[None] + np.random.default_rng(0).random((200, 200))
    app = fine(scored(loaded(npy(steel), "steel.npy")))
    said = [one.value.replace("\\", "") for one in app.warning]
    assert said[0].startswith("The picture is no slice of what the model knows: it is not dark at its edges")
    assert said[1].startswith("The network does not know such pictures: the reconstruction term of this one")
    assert all(one.endswith("Its scores mean nothing.") for one in said[:2])


def test_a_brain_mask_of_a_picture_is_refused_and_not_dropped() -> None:
    app = loaded()
    uploader(app, "scan").upload("a.png", png())
    uploader(app, "brain").upload("brain.png", png())
    assert "a.png is a picture, of which all is scored" in error(app.button(key="own-load").click().run())


def test_a_picture_is_scored_too() -> None:
    app = fine(scored(loaded(png(), "picture.png")))
    assert "40 x 30 pixels" in text(app) and own(app).result is not None
    assert app.get("download_button")[0].proto.label == "Map (NPY)"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (SCAN[:3000], "cut.nii", "cut.nii"),
        (b"nonsense", "a.png", "a.png is not a PNG file; save it as PNG"),
        (npy(np.array([object()]), allow_pickle=True), "a.npy", "holds Python objects, which may run code"),
        (SCAN, "../<b>x</b>![p](http://127.0.0.1:9/p).nii", ""),
    ],
)
def test_a_broken_file_is_named_and_the_page_goes_on(content: bytes, name: str, message: str) -> None:
    app = loaded()
    key = own(app).key
    uploader(app, "scan").upload(name, content)
    app.button(key="own-load").click().run()
    if not message:
        assert "](http://" not in "".join(one.value for one in app.markdown)
        return
    assert message in error(app)
    assert own(app).key == key and "**scan.nii**" in text(app)
    fine(scored(app))


def test_without_a_file_or_healthy_scores_the_page_says_what_to_do() -> None:
    app = opened()
    app.button_group(key="own-source").set_value("Upload").run()
    assert "choose a file under Scan" in error(app.button(key="own-load").click().run())
    app = loaded()
    app.selectbox(key="own-predictor").set_value("ensemble").run()
    assert "Ensemble needs healthy scores" in error(app)
    assert app.button(key="own-start").disabled


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Progress(State.WAITING, 1, 0, 0, None), "Waiting: one scan is before yours"),
        (Progress(State.WAITING, 3, 0, 0, None), "Waiting: 3 scans are before yours"),
        (Progress(State.RUNNING, 0, 0, 0, None), "Scoring: first slices"),
        (Progress(State.RUNNING, 0, 8, 60, 3.2), "Scoring: 8 of 60 slices, about 4 s left"),
    ],
)
def test_the_place_in_the_queue_and_the_time_left_are_said(now: Progress, said: str) -> None:
    assert _progress_text(now) == said


def test_a_scan_that_waits_can_be_cancelled() -> None:
    free = threading.Event()

    def busy() -> Iterator[ScoredScan]:
        free.wait(60)
        yield from ()

    app = loaded()
    found, blocker = own(app), session.QUEUE.submit(busy)
    seen: list[Progress] = []

    def cancel() -> None:
        while found.task is None:
            time.sleep(0.05)
        seen.append(session.QUEUE.progress(found.task[0]))
        found.task[0].cancel()
        free.set()

    helper = threading.Thread(target=cancel)
    helper.start()
    app = fine(scored(app))
    helper.join()
    assert (seen[0].state, seen[0].ahead) == (State.WAITING, 1)
    assert "The scoring was given up" in text(app) and found.task is None and found.result is None
    blocker.cancel()
    assert own(fine(scored(app))).result is not None


def test_a_volume_of_a_file_of_many_is_chosen_by_number() -> None:
    many = np.stack([DATA, DATA[::-1]], axis=-1)
    app = loaded(nifti_bytes(many, ras_affine()), "many.nii")
    assert "many.nii holds 2 volumes; choose one from 0 to 1" in error(app)
    app.number_input(key="own-volume").set_value(1).run()
    fine(app.button(key="own-load").click().run())
    assert np.array_equal(own(app).scan.data, DATA[::-1])


def test_a_mask_of_another_grid_is_refused() -> None:
    app = loaded(mask=nifti_bytes((DATA[:-1] > 150).astype(np.uint8), ras_affine()))
    assert "mask.nii has the shape (45, 58, 42)" in error(app)


def test_deletion_takes_all_away_at_once() -> None:
    app = fine(scored(loaded(mask=MASK)))
    found = own(app)
    known = [weakref.ref(one) for one in (found, found.scan, found.mask, found.result)]
    keys = {one.key for one in app.get("file_uploader")}
    kept = [
        len(one._kept) for one in (caches.COHORTS, caches.HEALTHY, caches.QUANTILES, caches.SLICES.packets)
    ]
    app.button(key="own-delete").click().run()
    fine(app)
    del found
    gc.collect()
    assert [one() for one in known] == [None] * 4
    assert held.SCAN not in app.session_state and session.MODELS not in app.session_state
    assert not keys & {one.key for one in app.get("file_uploader")}
    assert "Load a scan in the sidebar" in text(app) and not app.metric and not app.get("bidi_component")
    assert kept == [
        len(one._kept) for one in (caches.COHORTS, caches.HEALTHY, caches.QUANTILES, caches.SLICES.packets)
    ]


def test_a_page_that_was_loaded_anew_says_that_its_scan_is_gone() -> None:
    app = fine(loaded())
    mark = dict(app.query_params)
    assert held.HELD in mark[held.MARK] and "is gone" not in warned(app)
    anew = opened(mark)
    assert "The scan that was here is gone" in warned(anew) and not anew.query_params
    assert "The scan that was here is gone" in warned(fine(anew.run()))
    app.button(key="own-delete").click().run()
    assert not app.query_params and "is gone" not in warned(app)


def test_sessions_do_not_see_each_other() -> None:
    loaded()
    assert held.SCAN not in opened().session_state


def test_the_servers_folder_is_offered_only_where_its_owner_opened_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Server" not in opened().button_group(key="own-source").options
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a.nii").write_bytes(SCAN)
    (tmp_path / "open_label" / "pixel").mkdir(parents=True)
    (tmp_path / "open_label" / "pixel" / "a.nii").write_bytes(MASK)
    (tmp_path / "secret.nii").write_bytes(SCAN)
    (tmp_path / "open" / "b.nii").symlink_to(tmp_path / "secret.nii")
    (tmp_path / "open" / "._a.nii").write_bytes(b"x")
    monkeypatch.setenv("EXPLORER_SCANS", str(tmp_path / "open"))
    app = opened()
    app.button_group(key="own-source").set_value("Server").run()
    assert app.selectbox(key="own-file").options == ["a.nii + mask"]
    said = text(app).replace("\\", "")
    assert "open: left out ._a.nii (hidden)." in said
    assert "open: left out b.nii (out of the folder by a link; copy the file itself there)." in said
    fine(app.button(key="own-load").click().run())
    assert own(app).mask is not None
    monkeypatch.setenv("EXPLORER_SCANS", str(tmp_path / "missing"))
    assert "missing is no folder" in error(app.run())


@pytest.mark.parametrize(
    ("name", "stem"), [("a.nii.gz", "a"), ("b.c.NPY", "b.c"), ("../x/.nii", "scan"), ("odd", "odd")]
)
def test_names_of_files_follow_the_scan(name: str, stem: str) -> None:
    assert stem_of(name) == stem
