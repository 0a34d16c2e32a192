"""Downloads, against a server on this machine."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from explorer.datasets import download as module
from explorer.datasets.download import download, has_sha256

CONTENT = bytes(range(256)) * 4_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT whole, packed, without its length, cut short, not at all, or too late."""

    def do_GET(self) -> None:
        if self.path == "/absent":
            self.send_error(404)
            return
        if self.path == "/stalled":
            threading.Event().wait(1.5)
            return
        body = gzip.compress(CONTENT, 1) if self.path == "/packed" else CONTENT
        self.send_response(200)
        if self.path != "/unmeasured":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/cut" else body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a running server."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the server itself, whatever proxy the machine has."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.mark.parametrize("page", ["whole", "unmeasured"])
def test_the_right_file_is_kept(server: str, tmp_path: Path, page: str) -> None:
    target = tmp_path / "new" / "folder" / "file"
    download(f"{server}/{page}", target, sha256=SHA256)
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]


def test_the_hash_may_be_that_of_the_unpacked_content(server: str, tmp_path: Path) -> None:
    download(f"{server}/packed", tmp_path / "file.gz", sha256=SHA256, gzipped=True)
    assert gzip.decompress((tmp_path / "file.gz").read_bytes()) == CONTENT


def test_progress_rises_to_the_whole(server: str, tmp_path: Path) -> None:
    calls: list[tuple[str, int, int | None]] = []
    download(f"{server}/whole", tmp_path / "file", sha256=SHA256, progress=lambda *call: calls.append(call))
    done = [call[1] for call in calls]
    assert done == sorted(done)
    assert len(done) > 1
    assert calls[-1] == ("file", len(CONTENT), len(CONTENT))


@pytest.mark.parametrize("gzipped", [False, True])
def test_another_file_is_refused_and_not_kept(server: str, tmp_path: Path, gzipped: bool) -> None:
    with pytest.raises(ValueError, match=f"sha256 must be {'0' * 64}; nothing was kept"):
        download(f"{server}/whole", tmp_path / "file", sha256="0" * 64, gzipped=gzipped)
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_survives_a_failure(server: str, tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"older")
    with pytest.raises(ValueError, match="sha256"):
        download(f"{server}/whole", target, sha256="0" * 64)
    assert target.read_bytes() == b"older"


def test_a_broken_connection_says_how_far_it_came(server: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"cannot download .*/cut: .*512,?000"):
        download(f"{server}/cut", tmp_path / "file", sha256=SHA256)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("page", "reason"), [("absent", "404"), ("stalled", "timed out")])
def test_a_server_that_does_not_answer_is_named(server: str, tmp_path: Path, page: str, reason: str) -> None:
    with pytest.raises(OSError, match=f"cannot download {server}/{page}: .*{reason}.*; check the network"):
        download(f"{server}/{page}", tmp_path / "file", sha256=SHA256, timeout=0.3)
    assert list(tmp_path.iterdir()) == []


def test_no_server_at_all(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot download http://127.0.0.1:1/file: "):
        download("http://127.0.0.1:1/file", tmp_path / "file", sha256=SHA256, timeout=2)


def test_an_endless_file_is_given_up(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1000)
    with pytest.raises(OSError, match="larger than 1,000 bytes"):
        download(f"{server}/whole", tmp_path / "file", sha256=SHA256)
    assert list(tmp_path.iterdir()) == []


def test_only_the_web_is_asked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="address must start with http:// or https://, got 'file:///etc/"):
        download("file:///etc/hostname", tmp_path / "file", sha256=SHA256)


def test_nothing_is_left_when_the_caller_stops(server: str, tmp_path: Path) -> None:
    def stop(name: str, done: int, expected: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(f"{server}/whole", tmp_path / "file", sha256=SHA256, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_cut_archive_has_no_hash(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(CONTENT)[:-20])
    assert not has_sha256(path, SHA256, gzipped=True)
