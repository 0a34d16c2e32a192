"""The Explore page without a browser: every control, every mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.painted import encode
from explorer.datasets import dataset_names
from explorer.evidence import VaeEvidence
from explorer.looking import defaults
from explorer.predictors import PREDICTORS
from explorer.settings import Setting, settings_of
from tests.support.packets import handed, read_all

MAIN = Path(__file__).parents[2] / "explorer" / "ui" / "pages" / "main.py"
NOTICE = "Research and teaching only: not a medical device, not for diagnosis."
KINDS = (
    *("selectbox", "multiselect", "slider", "select_slider", "toggle", "number_input", "text_input"),
    "button_group",
)
SHOWN = [name for name in defaults.PREDICTORS if set(PREDICTORS[name].needs) <= VaeEvidence.PARTS]
"""The predictors that a VAE is shown with unasked."""
FASHION = {"dataset": "fashion-mnist", "cohort": "8"}
"""The smallest images and the smallest cohort: soonest drawn."""


def opened(**address: str) -> AppTest:
    """The page at an address, drawn once."""
    app = AppTest.from_file(MAIN, default_timeout=60)
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def assert_fine(app: AppTest) -> None:
    """Nothing went wrong, and the notice and a finished cohort are there."""
    assert [message.value for kind in (app.exception, app.error, app.warning) for message in kind] == []
    captions = [caption.value for caption in app.caption]
    assert NOTICE in captions[0]
    assert any(caption.startswith("Cohort: 8 slices") for caption in captions)


def html(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def fed(app: AppTest) -> tuple[list[bytes], dict[str, Any]]:
    """The packets that the viewer was sent, and the page's settings."""
    found = handed(app, "explorer-viewer-feed")
    packets = [one for one in found if isinstance(one, bytes)]
    (settings,) = [one for one in found if isinstance(one, dict)]
    return packets, settings


def charts(app: AppTest) -> list[dict[str, Any]]:
    """All charts that the page draws."""
    return [chart for fed in handed(app, "explorer-charts-feed") for chart in fed["charts"]]


def titles_of(charts: list[dict[str, Any]]) -> list[str]:
    """What stands above charts."""
    return [chart["figure"]["layout"]["title"]["text"] for chart in charts]


def pictures(app: AppTest) -> dict[str, NDArray[np.float64]]:
    """Values of every panel at the page's betas by its title, (H, W), in fractions of the largest."""
    packets, settings = fed(app)
    header, arrays = read_all(packets)
    assert settings["slice"] == header["slice"]
    frame = int(np.abs(np.array(header["betas"]) - float(settings["beta"])).argmin())
    titles = {"input": "Input", "reconstruction": "Reconstruction", "residual": "Signed residual"} | {
        f"map:{found['name']}": found["title"] for found in header["predictors"]
    }
    shown = {title: arrays[key].values for key, title in titles.items()}
    frames = {title: values[min(frame, len(values) - 1)] for title, values in shown.items()}
    return {title: values / max(float(np.abs(values).max()), 1e-12) for title, values in frames.items()}


def same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether two pictures are equal but for the order of sums in batches of different sizes."""
    return float(np.abs(one - other).max()) < 2e-3


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def widget(app: AppTest, key: str) -> Any:
    """The control with this key, of whatever kind."""
    return next(found for kind in KINDS for found in app.get(kind) if found.key == key)


def controls(app: AppTest) -> set[str]:
    """Keys of all controls on the page."""
    return {found.key or "" for kind in KINDS for found in app.get(kind)}


def another(setting: Setting) -> Any:
    """A value of a setting that is not its default."""
    if setting.choices:
        return next(choice for choice in setting.choices if choice != setting.default)
    if isinstance(setting.default, bool):
        return not setting.default
    if isinstance(setting.default, str):
        return "kl-gradient"
    return setting.default + (2 if setting.kind is int else 0.4)


def dataset_address(name: str) -> dict[str, str]:
    family, _, option = name.partition("/")
    return {"dataset": family, "cohort": "8"} | ({"contrast": option} if option else {})


@pytest.fixture
def fashion() -> AppTest:
    return opened(**FASHION)


@pytest.mark.parametrize("name", dataset_names())
def test_every_dataset_is_shown_in_full(name: str) -> None:
    app = opened(**dataset_address(name))
    assert_fine(app)
    assert len(pictures(app)) == 3 + len(SHOWN)
    assert html(app).count("<tr><td>") == len(SHOWN)
    assert titles_of(charts(app)) == [
        "This slice: ROC and precision-recall",
        "Cohort of 8: ROC and precision-recall",
        "Rate and distortion",
    ]
    for chart in charts(app):
        assert chart["figure"]["data"] and "<td>" in chart["table"] and len(chart["alt"]) > 50


@pytest.mark.parametrize("dataset", ["fashion-mnist", "brain"])
def test_every_anomaly_can_be_planted(dataset: str) -> None:
    app = opened(dataset=dataset, cohort="8", predictors="intensity")
    inputs = {}
    offered = app.selectbox(key="anomaly").options
    lost = dataset == "fashion-mnist"
    assert offered == [name for name in ANOMALIES.names() if not (lost and ANOMALIES[name].needs_atlas)]
    for name in offered:
        assert_fine(app.selectbox(key="anomaly").set_value(name).run())
        inputs[name] = pictures(app)["Input"].tobytes()
    planted = [inputs[name] for name in offered if ANOMALIES[name].plants]
    assert len(set(planted)) == len(planted) == len(set(inputs.values())) - 1  # the others leave it as it is


def test_a_real_lesion_is_named_and_goes_where_the_atlas_ends() -> None:
    app = opened(dataset="brain", anomaly="none", slice="0", cohort="8", predictors="intensity")
    healthy = pictures(app)["Input"]
    app.selectbox(key="anomaly").set_value("real-lesion")
    assert_fine(app.slider(key="slice").set_value(32).run())
    lines = [unescaped(found.value) for found in app.main.markdown]
    assert any(re.search(r"real-lesion \([a-z ]+ of [\d.]+ ml, \S+\), \d+ pixels", line) for line in lines)
    app.selectbox(key="real-lesion-cause").set_value("multiple-sclerosis")
    assert_fine(app.selectbox(key="real-lesion-volume").set_value("10").run())
    assert_fine(app.slider(key="slice").set_value(0).run())
    told = "Nothing is planted: no lesion of cause multiple-sclerosis and volume 10 is to be seen in test"
    assert told in unescaped(app.info[0].value)
    assert np.array_equal(pictures(app)["Input"], healthy)
    app.slider(key="slice").set_value(32)
    app.selectbox(key="real-lesion-volume").set_value("300").run()
    assert "volume must be one of 0.3, 1, 3, 10, 30 for cause multiple" in unescaped(app.error[0].value)
    assert_fine(app.selectbox(key="dataset").set_value("fashion-mnist").run())
    assert app.selectbox(key="anomaly").value == "lesion"


def test_every_predictor_works_alone_and_with_all(fashion: AppTest) -> None:
    together = pictures(fashion)
    for name in SHOWN:
        assert_fine(fashion.multiselect(key="predictors").set_value([name]).run())
        title = PREDICTORS[name].title
        assert same(pictures(fashion)[title], together[title])
        assert len(pictures(fashion)) == 4


@pytest.mark.parametrize("name", [name for name in SHOWN if settings_of(PREDICTORS[name])])
def test_every_option_of_a_predictor_changes_its_map(name: str) -> None:
    app = opened(**FASHION, predictors=name)
    title = PREDICTORS[name].title
    for setting in settings_of(PREDICTORS[name]):
        before = pictures(app)[title]
        widget(app, f"{name}-{setting.name}").set_value(another(setting))
        assert_fine(app.run())
        assert not np.array_equal(pictures(app)[title], before), setting.name


def test_betas_can_be_moved_to_both_ends_and_apart(fashion: AppTest) -> None:
    options = fashion.select_slider(key="beta").options
    for beta in (options[0], options[-1]):
        assert_fine(fashion.select_slider(key="beta").set_value(beta).run())
        shown = f"training β **{float(beta):g}**, KL weight **{float(beta):g}**"
        assert any(shown in text.value for text in fashion.main.markdown)
    linked = pictures(fashion)
    fashion.toggle(key="linked").set_value(False).run()
    assert_fine(fashion.select_slider(key="scoring-beta").set_value("0").run())
    apart = pictures(fashion)
    assert {title for title in linked if not same(apart[title], linked[title])} == {"ELBO gradient"}


def test_an_anomaly_can_be_placed_by_hand(fashion: AppTest) -> None:
    drawn = pictures(fashion)["Input"]
    assert_fine(fashion.toggle(key="lesion-by-hand").set_value(True).run())
    fashion.slider(key="lesion-x").set_value(0.4)
    assert_fine(fashion.slider(key="lesion-y").set_value(0.6).run())
    assert not same(pictures(fashion)["Input"], drawn)
    assert_fine(fashion.toggle(key="lesion-by-hand").set_value(False).run())
    assert same(pictures(fashion)["Input"], drawn)


def test_an_anomaly_that_changes_nothing_is_explained(fashion: AppTest) -> None:
    assert_fine(fashion.slider(key="lesion-strength").set_value(0.0).run())
    assert "changes no pixel" in fashion.info[0].value


def test_the_command_that_gives_the_figures_again_says_what_is_chosen(fashion: AppTest) -> None:
    fashion.slider(key="lesion-strength").set_value(0.4).run()
    (command,) = [one.value for one in fashion.code]
    assert command.startswith(
        "python -m explorer evaluate --dataset fashion-mnist --anomaly lesion:strength=0.4 "
    )
    assert command.count(" --predictor ") == len(SHOWN) and command.endswith(" --slices 8 --seed 0")


def test_without_a_predictor_the_page_says_what_to_do(fashion: AppTest) -> None:
    fashion.multiselect(key="predictors").set_value([]).run()
    assert not fashion.exception and not fashion.error
    assert "Pick at least one under Predictors" in fashion.info[0].value
    assert set(pictures(fashion)) == {"Input", "Reconstruction", "Signed residual"}
    assert titles_of(charts(fashion)) == ["Rate and distortion"]
    assert_fine(fashion.multiselect(key="predictors").set_value(["intensity"]).run())


def test_an_unknown_member_is_named_and_no_control_is_lost(fashion: AppTest) -> None:
    keys = controls(fashion)
    fashion.text_input(key="ensemble-members").set_value("kl-gradient,nonsense").run()
    assert not fashion.exception
    assert f"unknown predictor 'nonsense'; known: {PREDICTORS.names()[0]}" in unescaped(
        fashion.error[0].value
    )
    assert controls(fashion) == keys
    assert_fine(fashion.text_input(key="ensemble-members").set_value("kl-gradient").run())


def test_what_an_address_asks_in_vain_is_named() -> None:
    app = opened(**FASHION, **{"beta": "-1", "class": "<script>alert(1)</script>", "unknown": "1"})
    (warning,) = app.warning
    for text in ("beta=-1", "class=<script>alert(1)</script>", "unknown=1"):
        assert text in unescaped(warning.value)
    assert not app.exception and not app.error
    assert len(pictures(app)) == 3 + len(SHOWN)
    assert app.select_slider(key="beta").value == "1"
    assert_fine(app.run())  # said once


def test_defaults_in_an_address_are_not_complained_about() -> None:
    assert_fine(opened(**FASHION, beta="1", seed="0", linked="true", anomaly="lesion"))


@pytest.mark.parametrize("asked", ["unknown", "ensemble-members"])
def test_markdown_in_an_address_stays_text(asked: str) -> None:
    app = opened(**FASHION, **{asked: "`![x](http://127.0.0.1:9/x.png)"})
    (message,) = [found.value for kind in (app.warning, app.error) for found in kind]
    assert r"\`\!\[x\](http" in message and "![x]" not in message


def test_a_beta_between_two_options_becomes_the_nearest() -> None:
    app = opened(**FASHION, beta="0.7", linked="false", **{"scoring-beta": "3"})
    assert_fine(app)
    assert [app.select_slider(key=key).value for key in ("beta", "scoring-beta")] == ["0.75", "3.16"]
    (remark,) = app.info
    assert "training β 0.75 in place of 0.7, KL weight 3.16 in place of 3" in remark.value
    assert [app.query_params[key] for key in ("beta", "scoring-beta")] == ["0.75", "3.16"]
    assert app.run().info == []  # said once


def test_a_beta_beyond_the_ends_is_left_out() -> None:
    app = opened(**FASHION, beta="10.5")
    assert "beta=10.5" in app.warning[0].value and not app.info
    assert app.select_slider(key="beta").value == "1"


def test_a_painted_shape_of_the_address_is_planted_here_and_in_the_cohort() -> None:
    grid = np.zeros((64, 64), bool)
    grid[20:30, 24:40] = True
    address = FASHION | {"anomaly": "shift", "predictors": "intensity", "painted": encode(grid)}
    app = opened(**address)
    assert_fine(app)
    _, arrays = read_all(fed(app)[0])
    mask = arrays["mask"].values[0] > 0
    assert mask.any() and not mask[~np.isin(np.arange(28), range(8, 14))].any()
    painted = next(caption.value for caption in app.caption if caption.value.startswith("Cohort"))
    app.button(key="clear-painted").click()
    assert_fine(app.run())
    assert "painted" not in app.query_params
    cleared = next(caption.value for caption in app.caption if caption.value.startswith("Cohort"))
    assert painted != cleared


def test_a_hostile_painted_shape_is_named_and_left_out() -> None:
    app = opened(**FASHION, painted="<b>" + "A" * 5000)
    assert "painted=<b>AAA" in unescaped(app.warning[0].value) and len(app.warning[0].value) < 300
    assert not app.exception and not app.error and "painted" not in app.query_params
