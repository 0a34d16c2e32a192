"""The argument that says how brains are found: a way by its name, or masks."""

from __future__ import annotations

from pathlib import Path

from explorer.scans.placing.brain import AUTO, BRAINS, GIVEN, listed


def brain_from(brain: str | None, mask: Path | None) -> tuple[str, Path | None]:
    """The way in which brains are looked for, and the mask or the folder of masks to take, if any.

    Args:
        brain: a way's name, or a path; None: not given.
        mask: a path, as `--brain-mask` takes it, or None.

    Raises:
        ValueError: where both are given, or a name is neither a way nor a file.
    """
    if mask is not None:
        if brain is not None:
            raise ValueError(f"the brain is given twice, by --brain {brain} and --brain-mask; leave one out")
        return GIVEN, mask
    if brain is None or brain in ways():
        return brain or AUTO, None
    if not Path(brain).exists():
        known = ", ".join(ways())
        raise ValueError(f"--brain {brain}: no such file, and no way to find the brain; known: {known}")
    return GIVEN, Path(brain)


def ways() -> list[str]:
    """The ways to find a brain that need no mask."""
    return [name for name in listed() if name != GIVEN]


def ways_help() -> str:
    """What they are, a line each."""
    lines = (f"  {name}: {BRAINS[name].help}" for name in ways())
    return "\n".join(["ways to find the brain (--brain):", *lines])
