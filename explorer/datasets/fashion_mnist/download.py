"""Fashion-MNIST from the network: checked by hash, under its name only when whole."""

from __future__ import annotations

from pathlib import Path

from explorer.datasets.fashion_mnist.files import SHA256, cache_folder, is_published

BASE = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"


def download_fashion_mnist(base: str = BASE, *, timeout: float = 30.0) -> Path:
    """Put the published files into the user's cache, except those already there and whole.

    Args:
        base: address of the folder that holds the four files, with a slash at its end.
        timeout: seconds to wait for the connection and for each piece.

    Returns:
        The folder they are in.

    Raises:
        OSError: the server cannot be reached or breaks off, or the cache cannot be written.
        ValueError: the server holds other files than the published ones.
    """
    folder = cache_folder()
    for name in SHA256:
        if not is_published(folder / name, name):
            _fetch(base, name, folder, timeout)
    return folder


def _fetch(base: str, name: str, folder: Path, timeout: float) -> None:
    import pooch  # takes 0.2 s, which all else can do without
    from tqdm import tqdm

    def checked(address: str, partial: str, kept: pooch.Pooch | None) -> None:
        # a bar without a total has no truth value, which pooch asks for before it sets the total
        with tqdm(total=1, unit="B", unit_scale=True, desc=name, disable=None) as bar:
            headers = {"Accept-Encoding": "identity"}
            pooch.HTTPDownloader(progressbar=bar, timeout=timeout, headers=headers)(address, partial, kept)
        if not is_published(Path(partial), name):
            raise ValueError(
                f"{address} does not hold the published file: unpacked, its sha256 must be {SHA256[name]}; "
                "nothing was kept. Try again, or get the file from another place"
            )

    (folder / name).unlink(missing_ok=True)  # damaged, and pooch would leave it alone
    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(base + name, known_hash=None, fname=name, path=folder, downloader=checked)
    except OSError as error:
        raise OSError(f"cannot download {base}{name}: {error}; check the network and try again") from error
