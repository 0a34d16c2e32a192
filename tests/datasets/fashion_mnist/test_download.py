"""The download of Fashion-MNIST, against a server on this machine."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from explorer.datasets import DATASETS
from explorer.datasets.fashion_mnist import download as module
from explorer.datasets.fashion_mnist import files
from explorer.datasets.fashion_mnist.dataset import FashionMnist
from explorer.datasets.fashion_mnist.download import download_fashion_mnist
from explorer.datasets.fashion_mnist.files import SHA256, cache_folder
from tests.support.fashion_mnist import forge

FIRST = next(iter(SHA256))


class Server(ThreadingHTTPServer):
    """Serves the files of a folder whole, cut short, altered, not at all, or too late, by the address."""

    folder: Path
    asked: list[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        _, way, name = self.path.split("/")
        self.server.asked.append(name)
        if way == "absent":
            self.send_error(404)
            return
        if way == "stalled":
            threading.Event().wait(1.5)
            return
        body = b"no archive" if way == "altered" else (self.server.folder / name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if way == "cut" else body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server with small files that count as the published ones, on a machine that has none."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    folder = tmp_path / "served"
    folder.mkdir()
    forge(folder, monkeypatch)
    httpd = Server(("127.0.0.1", 0), Handler)
    httpd.folder, httpd.asked = folder, []
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield httpd
    httpd.shutdown()
    httpd.server_close()


def kept() -> list[str]:
    """Names in the user's cache."""
    folder = cache_folder()
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_it_fills_the_cache_once(server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        folder = download_fashion_mnist(f"{server.address}/whole/")
    assert sorted(server.asked) == sorted(SHA256)
    assert folder == tmp_path / "cache" / "explorer" / "fashion-mnist"
    assert kept() == sorted(SHA256)
    assert FashionMnist().axes("train")[0].size == 22


def test_it_says_nothing_where_nobody_watches(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    download_fashion_mnist(f"{server.address}/whole/")
    assert capfd.readouterr() == ("", "")


def test_a_damaged_file_is_fetched_again(server: Server) -> None:
    download_fashion_mnist(f"{server.address}/whole/")
    path = cache_folder() / FIRST
    path.write_bytes(path.read_bytes()[:-20])
    server.asked.clear()
    download_fashion_mnist(f"{server.address}/whole/")
    assert server.asked == [FIRST] and files.is_published(path, FIRST)


def test_a_file_that_was_packed_anew_is_whole(server: Server) -> None:
    download_fashion_mnist(f"{server.address}/whole/")
    path = cache_folder() / FIRST
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 1))
    server.asked.clear()
    download_fashion_mnist(f"{server.address}/whole/")
    assert server.asked == []


def test_another_file_is_refused_and_not_kept(server: Server) -> None:
    with pytest.raises(ValueError, match=f"altered/{FIRST} does not hold .*; nothing was kept. Try again"):
        download_fashion_mnist(f"{server.address}/altered/")
    assert kept() == []


@pytest.mark.parametrize(
    ("way", "reason"), [("absent", "404"), ("stalled", "timed out"), ("cut", "[0-9]+ bytes")]
)
def test_a_server_that_fails_is_named_and_nothing_is_kept(server: Server, way: str, reason: str) -> None:
    message = f"cannot download {server.address}/{way}/{FIRST}: .*{reason}.*; check the network and try again"
    with pytest.raises(OSError, match=message):
        download_fashion_mnist(f"{server.address}/{way}/", timeout=0.3)
    assert kept() == []


def test_no_server_at_all(server: Server) -> None:
    with pytest.raises(OSError, match="cannot download http://127.0.0.1:1/"):
        download_fashion_mnist("http://127.0.0.1:1/", timeout=2)
    assert kept() == []


def test_nothing_is_left_when_the_caller_stops(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(path: Path, name: str) -> bool:
        if path.parent == cache_folder() and path.name == name:
            return False
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "is_published", stop)
    with pytest.raises(KeyboardInterrupt):
        download_fashion_mnist(f"{server.address}/whole/")
    assert kept() == []


def test_what_is_made_here_has_nothing_to_download() -> None:
    with pytest.raises(ValueError, match="there is nothing to download for this dataset"):
        DATASETS["brain"].download()
