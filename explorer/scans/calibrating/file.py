"""Healthy scores of own scans as one safetensors file, `NAME.healthy.safetensors`. Nothing is ever unpickled.

Tensors: the parts of the calibration (`betas`, `levels`, `quantiles:PREDICTOR`), `bounds:PREDICTOR`, and
`pixels`; see `OwnHealthy`. The header's entry `explorer` is JSON: the model's name and hash, the scans, how
they were prepared, and the hash of all that, so that a damaged file is told from a whole one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor

from explorer.cards.weights import tensors_from
from explorer.evaluation.calibration import Calibration
from explorer.foreign import short
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.reading.files import label

ENDING = ".safetensors"
LARGEST = 32 * 2**20
"""Bytes: 100 scans, 50 predictors and 6 betas."""

REMEDY = "make it anew with: python -m explorer calibrate MODEL --scans FOLDER --output FILE"

_ENTRY, _HASH = "explorer", "content_sha256"
_TEXTS, _LISTS = ("model", "sha256", "contrast", "window"), ("scans", "brains")
_BOUNDS = "bounds:"


def healthy_bytes(own: OwnHealthy) -> bytes:
    """The content of the file; ValueError where it would be larger than what is read."""
    parts, about = _parts(own), _about(own)
    header = json.dumps({**about, _HASH: _digest(about, parts)}, sort_keys=True)
    content: bytes = save_tensors(parts, {_ENTRY: header})
    if len(content) > LARGEST:
        raise ValueError(
            f"the healthy scores take {len(content) // 2**20} MiB, and {LARGEST // 2**20} are read; "
            "take fewer betas or predictors, each file some of them"
        )
    return content


def digest(own: OwnHealthy) -> str:
    """A hash that tells healthy scores apart, the one in the file."""
    return _digest(_about(own), _parts(own))


def healthy_at(path: Path) -> OwnHealthy:
    """Read the file at a path.

    Raises:
        ValueError: naming the file and what is wrong with it.
    """
    name = label(path.name)
    try:
        if not path.is_file():
            raise ValueError(f"{name} is not there, or is no plain file; check the path")
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}; check the path") from None
    return healthy_from(path.name, content)


def healthy_from(name: str, content: bytes) -> OwnHealthy:
    """Healthy scores from the content of a file that nobody vouches for.

    Args:
        name: of the file, for messages.
        content: its bytes.

    Raises:
        ValueError: naming the file and what is wrong with it.
    """
    shown = label(name)
    if len(content) > LARGEST:
        raise ValueError(f"{shown} is larger than {LARGEST // 2**20} MiB, which none here is; {REMEDY}")
    tensors = tensors_from(shown, content, REMEDY)
    try:
        about = _read_about(content)
        wanted = about.pop(_HASH)
        if _digest(about, tensors) != wanted:
            raise ValueError("it was changed or damaged since it was made (its hash differs)")
        return _own(about, tensors)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{shown} holds no healthy scores of own scans: {short(error)}; {REMEDY}") from None


def _about(own: OwnHealthy) -> dict[str, Any]:
    """What is said in words."""
    texts: dict[str, Any] = {name: getattr(own, name) for name in _TEXTS}
    return texts | {name: list(getattr(own, name)) for name in _LISTS}


def _parts(own: OwnHealthy) -> dict[str, Tensor]:
    bounds = {_BOUNDS + name: part.contiguous() for name, part in own.bounds.items()}
    return {**own.calibration.parts(), **bounds, "pixels": own.pixels}


def _digest(about: Mapping[str, Any], parts: Mapping[str, Tensor]) -> str:
    """Of words and numbers, in an order that no writer of files decides."""
    found = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name, part in sorted(parts.items()):
        found.update(f"{name} {part.dtype} {tuple(part.shape)}".encode())
        found.update(part.reshape(-1).contiguous().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()


def _read_about(content: bytes) -> dict[str, Any]:
    """What the header of a safetensors file says in words, each of its kind."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    found = json.loads(header.get("__metadata__", {}).get(_ENTRY, "null"))
    if not isinstance(found, dict) or found.keys() != {*_TEXTS, *_LISTS, _HASH}:
        raise ValueError(f"its header does not say {', '.join((*_TEXTS, *_LISTS))}")
    for name, value in found.items():
        listed = isinstance(value, list) and all(isinstance(one, str) for one in value)
        if not (listed if name in _LISTS else isinstance(value, str)):
            raise ValueError(f"{name} must be {'a list of texts' if name in _LISTS else 'a text'}")
    return found


def _own(about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> OwnHealthy:
    bounds = {name.removeprefix(_BOUNDS): part for name, part in tensors.items() if name.startswith(_BOUNDS)}
    rest = {name: part for name, part in tensors.items() if not name.startswith(_BOUNDS) and name != "pixels"}
    pixels = tensors.get("pixels", torch.zeros(0))
    if pixels.dtype != torch.int64 or any(part.dtype != torch.float64 for part in bounds.values()):
        raise ValueError("pixels must be whole numbers (int64) and bounds in double precision (float64)")
    return OwnHealthy(
        model=about["model"],
        sha256=about["sha256"],
        contrast=about["contrast"],
        window=about["window"],
        scans=tuple(about["scans"]),
        brains=tuple(about["brains"]),
        pixels=pixels,
        calibration=Calibration.of_parts(rest),
        bounds=bounds,
    )
