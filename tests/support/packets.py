"""Reads what components were handed, packets as documented, with nothing of the code that writes them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest


@dataclass(frozen=True, eq=False)
class Picture:
    """One array: codes, (F, H, W), and the values that they stand for; masks have the same for both."""

    codes: NDArray[np.int64]
    values: NDArray[np.float64]
    step: NDArray[np.float64]


def handed(app: AppTest, component: str) -> list[Any]:
    """What the components of this name on a page were handed: packets as bytes, all else as its JSON says."""
    found = [one.proto.bytes for one in app.get("bidi_component") if one.proto.component_name == component]
    return [json.loads(data) if data.startswith(b"{") else data for data in found]


def read(packet: bytes) -> tuple[dict[str, Any], dict[str, Picture]]:
    """The header and the arrays by name."""
    header, body = parts(packet)
    assert header["kind"] == "frames"
    assert all(array["shape"][1:] == header["shape"] for array in header["arrays"])
    return header, {array["name"]: picture(body, array) for array in header["arrays"]}


def parts(packet: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the decompressed body of any packet."""
    assert packet[:4] == b"XPK1"
    end = 8 + int.from_bytes(packet[4:8], "little")
    return json.loads(packet[8:end].decode("utf-8")), zlib.decompress(packet[end:])


def plain(body: bytes, array: Mapping[str, Any]) -> NDArray[Any]:
    """The codes of an array that is not packed."""
    assert array["packing"] == "plain"
    size = int(np.prod(array["shape"]))
    return np.frombuffer(body, array["dtype"], size, array["offset"]).reshape(array["shape"])


def read_all(packets: Iterable[bytes]) -> tuple[dict[str, Any], dict[str, Picture]]:
    """Header and arrays of all packets of a view as if of one, frames in the order of their betas."""
    found = [read(packet) for packet in packets]
    (first, own), *_ = found
    assert [header["part"] for header, _ in found] == list(range(first["parts"]))
    assert {header["view"] for header, _ in found} == {first["view"]}
    along = [(header, arrays) for header, arrays in found if header["betas"]]
    order = np.argsort([beta for header, _ in along for beta in header["betas"]])

    def joined(lists: Iterable[Sequence[Any]]) -> list[Any]:
        whole = [entry for one in lists for entry in one]
        return [whole[place] for place in order]

    names = ("betas", "scoring_betas", "rec", "kl", "elbo")
    header = first | {name: joined(header[name] for header, _ in along) for name in names}
    header["current"] = header["betas"].index(first["current"])
    header["residual"] = {
        end: joined(header["residual"][end] for header, _ in along) for end in ("low", "high")
    }
    header["scoring"] = next((header["scoring"] for header, _ in found if header["scoring"]), None)
    header["predictors"] = [
        entry | {"figures": first["figures"][entry["name"]]}
        if entry["only_beta"] is not None
        else entry
        | {
            "figures": {
                figure: joined(header["figures"][entry["name"]][figure] for header, _ in along)
                for figure in first["figures"][entry["name"]]
            }
        }
        for entry in first["predictors"]
    ]
    arrays = dict(own)
    for name in own:
        if len(own[name].codes) == 1 and not any(name in part for _, part in along[1:]):
            continue  # the same in all frames
        parts = [spread(part.get(name, own[name]), len(header["betas"])) for header, part in along]
        codes, values, step = (
            np.concatenate([getattr(part, key) for part in parts])[order]
            for key in ("codes", "values", "step")
        )
        arrays[name] = Picture(codes, values, step)
    for _, part in found:
        arrays |= {name: array for name, array in part.items() if name.startswith("scoring:")}
    return header, arrays


def spread(picture: Picture, count: int) -> Picture:
    """A picture that stands for `count` frames, for each of them."""
    times = count // len(picture.codes)
    return Picture(
        np.repeat(picture.codes, times, 0),
        np.repeat(picture.values, times, 0),
        np.repeat(picture.step, times, 0),
    )


def picture(body: bytes, array: Mapping[str, Any]) -> Picture:
    count, height, width = array["shape"]
    if "step" not in array:
        mask = plain(body, array).astype(np.int64)
        return Picture(mask, mask.astype(np.float64), np.zeros(count))
    assert (array["packing"], array["dtype"]) == ("differences", "uint16")
    codes = unpacked(body[array["offset"] :][: 2 * count * height * width], count, height, width)
    low, step = (np.array(array[key])[:, None, None] for key in ("low", "step"))
    return Picture(codes, low + codes * step, np.array(array["step"]))


def unpacked(part: bytes, count: int, height: int, width: int) -> NDArray[np.int64]:
    """Codes: signs unfolded, then sums along columns, rows and frames, modulo 2^16."""
    low, high = np.frombuffer(part, np.uint8).reshape(2, count, height, width).astype(np.int64)
    z = low | high << 8
    d = (z >> 1) ^ -(z & 1)
    codes: NDArray[np.int64] = d.cumsum(1).cumsum(2).cumsum(0) & 0xFFFF
    return codes


def steps_of_bar(values: NDArray[np.floating[Any]], low: float, high: float) -> NDArray[np.int64]:
    """The step of a colour bar in which each value lies."""
    steps: NDArray[np.int64] = np.floor(np.clip((values - low) * 256 / (high - low), 0, 255)).astype(np.int64)
    return steps
