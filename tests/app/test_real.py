"""Real brains on the Explore page: as scanned unless told otherwise; what nobody marked has no figures."""

from __future__ import annotations

from tests.app.test_explore import assert_fine, charts, fed, opened
from tests.support.packets import read_all


def test_a_dataset_begins_with_its_own_anomaly_unless_another_was_chosen() -> None:
    app = opened(cohort="8", predictors="intensity")
    assert app.query_params["anomaly"] == "lesion"
    assert_fine(app.selectbox(key="dataset").set_value("real").run())
    assert app.query_params["anomaly"] == "as-scanned"
    assert any("those of healthy images of brain/flair" in caption.value for caption in app.caption)
    assert_fine(app.selectbox(key="dataset").set_value("brain").run())
    assert app.query_params["anomaly"] == "lesion"
    app.selectbox(key="anomaly").set_value("noise").run()
    assert_fine(app.selectbox(key="dataset").set_value("real").run())
    assert app.query_params["anomaly"] == "noise"


def test_an_address_with_an_anomaly_shows_it() -> None:
    app = opened(dataset="real", anomaly="lesion", cohort="8", predictors="intensity")
    assert_fine(app)
    assert app.query_params["anomaly"] == "lesion"
    assert_fine(opened(dataset="brain", anomaly="as-scanned", cohort="8", predictors="intensity"))


def test_a_patient_whose_lesion_nobody_marked_has_no_figures() -> None:
    app = opened(
        dataset="real", subject="stroke patient", anomaly="lesion", cohort="8", predictors="intensity"
    )
    assert_fine(app)
    assert any("what nobody marked: no pixel counts" in text.value for text in app.main.markdown)
    (this, _, _) = charts(app)
    assert "0 pixels" in this["alt"] and "AUROC nan" in this["alt"]
    header, arrays = read_all(fed(app)[0])
    assert set(header["predictors"][0]["figures"]["auroc"]) == {None}
    assert arrays["foreground"].values.any() and not arrays["counted"].values.any()
