"""Which image: dataset, option and coordinates, or a slice of the person's own scan."""

from __future__ import annotations

import streamlit as st

from explorer.contracts import Axis, Dataset
from explorer.datasets import DATASETS, reference_of
from explorer.looking import defaults, server
from explorer.looking.guest import Guest
from explorer.ui.controls import guests, widgets
from explorer.ui.controls.address import Address
from explorer.ui.messages import plain


def choose_image(address: Address) -> tuple[str, tuple[int, ...], Guest | None]:
    """Show the controls; name of the dataset, coordinates, and the own slice in its place."""
    name = _dataset_name(address)
    dataset = server.dataset(name)
    st.caption(plain(dataset.note))
    if (reference := reference_of(name)) != name:
        st.caption(f"Models, colour bars and percentiles are those of healthy images of {reference}.")
    guest = _guest(dataset, address)
    axes = dataset.axes("test")
    place = tuple(axis.start if guest else _coordinate(axis, address) for axis in axes)
    return name, place, guest


def _dataset_name(address: Address) -> str:
    usual, _, usual_option = defaults.DATASET.partition("/")
    family = widgets.select(
        "Dataset",
        DATASETS.names(),
        usual,
        key="dataset",
        address=address,
        help="Where the image comes from; each dataset has models of its own.",
    )
    assert family is not None
    source = DATASETS[family]
    options = source.options
    if not options:
        return family
    option = widgets.segments(
        source.option_title,
        options,
        usual_option if usual_option in options else options[0],
        key="contrast",
        address=address,
        help=source.option_help,
    )
    return f"{family}/{option}"


def _guest(dataset: Dataset, address: Address) -> Guest | None:
    """The slice of the person's own scan, where it is wanted and fits the dataset, with the way back."""
    found = guests.current()
    fits = found is not None and found.fits(dataset)

    def parse(text: str) -> str:
        if text != "true":
            raise ValueError("true, or left out")
        address.gone = not fits
        return text if fits else ""

    address.place(guests.OWN, "", parse, text=lambda value: value if fits else "")
    if found is None or not fits or not st.session_state[guests.OWN]:
        return None
    st.caption(
        f":material/upload_file: **{plain(found.source.name)}**, from your scan. It stays in this session "
        "and out of the address. The contrast says with which healthy data it is compared."
    )
    st.button("Back to the dataset's slices", on_click=guests.leave, key="close-guest", width="stretch")
    return found


def _coordinate(axis: Axis, address: Address) -> int:
    label, start = axis.name.capitalize(), axis.start
    if not axis.labels:
        return widgets.whole(label, 0, axis.size - 1, start, key=axis.name, address=address, help=axis.help)
    chosen = widgets.select(
        label, axis.labels, axis.labels[start], key=axis.name, address=address, help=axis.help
    )
    assert chosen is not None
    return axis.labels.index(chosen)
