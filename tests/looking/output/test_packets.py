"""Packets, read by a reader of its own: exact to 8 bits, within the stated bound, and once a slice."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.anomalies import ANOMALIES
from explorer.evaluation.calibration import LEVELS
from explorer.looking import server
from explorer.looking.frames import FRAMES
from explorer.looking.output.packets import packets
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.settings import parse_settings
from explorer.wire.colour import levels
from tests.support.frames import AllFrames, all_frames
from tests.support.packets import read, read_all, steps_of_bar


@pytest.fixture
def state(state: State) -> State:
    """With a scoring beta of its own: then packets hold the second axis as well."""
    return dataclasses.replace(state, linked=False)


@pytest.fixture
def found(state: State) -> AllFrames:
    return all_frames(state)


def floats(
    found: AllFrames,
) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64]]]:
    """What was packed, by name of the array: pictures and both ends of their colour bars."""
    image = found.case.image.numpy()[None]
    none, ones = np.zeros(len(found.betas)), np.ones(len(found.betas))
    assert found.scoring is not None and found.grad_kl is not None
    tracks = {f"map:{name}": track for name, track in found.tracks.items()}
    tracks |= {f"scoring:{name}": track for name, track in found.scoring.tracks.items()}
    signed = {"grad-rec": found.grad_rec, "grad-kl": found.grad_kl}
    largest = {name: np.abs(g).max((1, 2)).astype(float) for name, g in signed.items()}
    return {
        "input": (image, none[:1], ones[:1]),
        "reconstruction": (found.x_hat, none, ones),
        "residual": (image - found.x_hat, -found.residual_bar, found.residual_bar),
        **{name: (values, -largest[name], largest[name]) for name, values in signed.items()},
        **{name: (track.maps, track.bars[:, 0], track.bars[:, 1]) for name, track in tracks.items()},
    }


def test_every_picture_is_exact_to_8_bits_and_within_half_a_cell(state: State, found: AllFrames) -> None:
    _, arrays = read_all(packets(resolve(state)))
    expected = floats(found)
    assert set(arrays) == {*expected, "mask", "foreground", "counted"}
    for name, (values, low, high) in expected.items():
        for f in range(len(values)):
            at = min(f, len(arrays[name].codes) - 1)  # those that do not change are sent once
            sent, step = arrays[name].values[at], arrays[name].step[at]
            assert np.array_equal(steps_of_bar(sent, low[f], high[f]), levels(values[f], low[f], high[f])), (
                name
            )
            assert np.abs(sent - values[f]).max() <= step * 0.5001, name
            assert step <= (high[f] - low[f]) / 256, name


def test_what_does_not_change_is_sent_once(state: State, found: AllFrames) -> None:
    _, arrays = read_all(packets(resolve(state)))
    once = {name for name, array in arrays.items() if len(array.codes) == 1}
    assert once == {"input", "mask", "foreground", "counted", "map:intensity"}
    assert np.array_equal(arrays["mask"].codes[0], found.case.mask.numpy())
    assert np.array_equal(arrays["foreground"].codes[0], found.case.source.foreground.numpy())


def test_the_header_says_what_was_computed(state: State, found: AllFrames) -> None:
    header, _ = read_all(packets(resolve(state)))
    assert not header["linked"] and header["levels"] == list(LEVELS)
    assert header["shape"] == [28, 28] and header["spacing"] is None and header["s"] == 0.5
    assert header["betas"] == found.betas.tolist()
    assert header["scoring_betas"] == [state.scoring_beta] * len(found.betas)
    assert header["betas"][header["current"]] == state.beta
    assert (header["rec"], header["kl"]) == (found.rec.tolist(), found.kl.tolist())
    np.testing.assert_allclose(header["elbo"], found.rec + state.scoring_beta * found.kl)
    assert header["about"]["anomaly"] == state.anomaly_name and header["about"]["seed"] == state.seed
    assert header["about"]["model_sha256"] == server.pretrained(state.model).card.sha256
    assert state.dataset in header["healthy"]
    for predictor in header["predictors"]:
        assert parse_settings(PREDICTORS[predictor["name"]], predictor["settings"]) == dataclasses.asdict(
            state.predictors[predictor["name"]]
        )
        name, figures = predictor["name"], predictor["figures"]
        assert predictor["title"] == PREDICTORS[name].title
        assert predictor["uses_scoring_beta"] == (name == "elbo-gradient")
        assert figures["auroc"] == found.tracks[name].figures[:, 0].tolist()
        assert figures["dice_threshold"] == found.tracks[name].figures[:, 3].tolist()
        assert [figures[key] for key in ("low", "high", "mark")] == found.tracks[name].bars.T.tolist()
        np.testing.assert_allclose(figures["quantiles"], found.tracks[name].quantiles, rtol=1e-6)
    assert found.scoring is not None
    scoring = header["scoring"]
    assert scoring["betas"][0] == 0 and scoring["betas"][scoring["current"]] == state.scoring_beta
    assert (
        scoring["figures"]["elbo-gradient"]["auroc"][3] == found.scoring.tracks["elbo-gradient"].figures[3, 0]
    )


def test_a_scoring_beta_that_follows_is_that_of_each_frame(state: State) -> None:
    state = dataclasses.replace(state, linked=True)
    header, arrays = read_all(packets(resolve(state)))
    assert header["linked"] and header["scoring"] is None
    assert header["scoring_betas"] == header["betas"]
    assert not any(name.startswith("scoring:") for name in arrays)


def test_pixel_terms_add_up(state: State, found: AllFrames) -> None:
    header, arrays = read_all(packets(resolve(state)))
    rec = (arrays["residual"].values ** 2 / (2 * header["s"] ** 2)).sum((1, 2))
    np.testing.assert_allclose(rec, header["rec"], rtol=0.02)


def test_an_undefined_figure_is_null(state: State) -> None:
    healthy = dataclasses.replace(state, anomaly=ANOMALIES["none"](), anomaly_name="none")
    header, _ = read(next(packets(resolve(healthy))))
    assert header["figures"]["intensity"]["auroc"] == [None] and header["scoring"] is None


def test_the_first_packet_is_the_current_group_and_what_all_share(state: State) -> None:
    sent = list(packets(resolve(state)))
    (first, own), *others, (last, scoring) = (read(packet) for packet in sent)
    assert (first["betas"], first["part"], first["parts"]) == ([0.5], 0, len(sent)) and len(sent) == 7
    for header, arrays in others:
        assert set(arrays) == {*own} - {"input", "mask", "foreground", "counted", "map:intensity"}
        assert {len(header[name]) for name in ("betas", "scoring_betas", "rec", "kl", "elbo")} == {
            len(header["betas"])
        }
    assert sum(len(header["betas"]) for header, _ in others) == FRAMES
    assert last["betas"] == [] and set(scoring) == {"scoring:elbo-gradient"}


def test_a_slice_is_packed_once_and_few_are_kept(state: State) -> None:
    made = list(packets(resolve(state)))
    assert all(one is other for one, other in zip(packets(resolve(state)), made, strict=True))
    for seed in (6, 7):
        assert list(packets(resolve(dataclasses.replace(state, seed=seed)))) != made
    assert not any(one is other for one, other in zip(packets(resolve(state)), made, strict=True))


def test_an_abandoned_slice_is_not_remembered(state: State) -> None:
    running = packets(resolve(state))
    first = next(running)
    next(running)
    del running
    assert next(packets(resolve(state))) == first and next(packets(resolve(state))) is not first


def test_others_may_compute_between_two_packets(state: State) -> None:
    running = packets(resolve(state))
    for _ in range(2):
        next(running)
    del running
    assert server.turns()._free == server.workers()


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"beta": 2.0}, True),
        ({"scoring_beta": 2.0, "linked": False}, True),
        ({"cohort_size": 16}, True),
        ({"place": (2, 3)}, False),
        ({"seed": 6}, False),
        ({"anomaly": ANOMALIES["lesion"](strength=0.9)}, False),
        ({"predictors": {"intensity": PREDICTORS["kl-gradient"]()}}, False),
    ],
)
def test_the_key_tells_slices_apart_but_not_betas(state: State, change: dict[str, Any], same: bool) -> None:
    assert (resolve(state).slice_key == resolve(dataclasses.replace(state, **change)).slice_key) == same
