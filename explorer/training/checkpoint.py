"""The state of an interrupted training as one safetensors file, written atomically."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from explorer.models.base import Objective
from explorer.writing import whole

MOMENTS = ("step", "exp_avg", "exp_avg_sq")


def write_checkpoint(
    path: Path,
    fingerprint: str,
    step: int,
    objective: Objective,
    optimizer: torch.optim.Adam,
    generator: torch.Generator,
) -> None:
    """Write the whole state; a crash leaves the previous file whole."""
    tensors = {f"model.{name}": value for name, value in objective.model.state_dict().items()}
    for i, parameter in enumerate(trained_parameters(objective.model)):
        state = optimizer.state[parameter]
        tensors |= {f"adam.{i}.{moment}": torch.as_tensor(state[moment]) for moment in MOMENTS}
    tensors |= objective.state()
    tensors["generator"] = generator.get_state()
    contiguous = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    with whole(path) as partial:
        try:
            save_file(
                contiguous, partial / path.name, metadata={"fingerprint": fingerprint, "step": str(step)}
            )
        except SafetensorError as error:  # its answer to a full disk
            raise OSError(str(error)) from None


def read_checkpoint(
    path: Path,
    fingerprint: str,
    objective: Objective,
    optimizer: torch.optim.Adam,
    generator: torch.Generator,
) -> int:
    """Restore the state in place and return the number of steps done; 0 where there is no checkpoint.

    Raises:
        ValueError: if the file is damaged or was written by another recipe.
    """
    if not path.exists():
        return 0
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ValueError(f"checkpoint {path} is damaged ({error}); delete it to start anew") from None
    if metadata.get("fingerprint") != fingerprint:
        raise ValueError(f"checkpoint {path} belongs to another recipe; delete it or choose another --output")
    weights = {k.removeprefix("model."): v for k, v in tensors.items() if k.startswith("model.")}
    objective.model.load_state_dict(weights)
    for i, parameter in enumerate(trained_parameters(objective.model)):
        state = {moment: tensors[f"adam.{i}.{moment}"] for moment in MOMENTS}
        optimizer.state[parameter] = {
            name: value if name == "step" else torch.empty_like(parameter).copy_(value)  # its layout, too
            for name, value in state.items()
        }
    objective.load(tensors)
    generator.set_state(tensors["generator"])
    return int(metadata["step"])


def trained_parameters(model: nn.Module) -> list[nn.Parameter]:
    """The parameters that a training changes, in the model's order."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]
