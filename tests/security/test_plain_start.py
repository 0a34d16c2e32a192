"""`streamlit run app.py` as README has it: this machine alone, no other host, headers that protect."""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from explorer.ui.components.chart.route import SCRIPT
from explorer.ui.streamlit.serving import HEADERS
from tests.support.server import ROOT, streamlit
from tests.support.session import asking, connected, parsed

HERE = {"0100007F", "00000000000000000000000001000000"}
"""127.0.0.1 and ::1, as Linux writes them."""


@dataclass
class Outside:
    """Stands in for all other hosts: whoever asks one over HTTP comes here."""

    door: socket.socket
    asked: list[bytes] = field(default_factory=list)

    def watch(self) -> None:
        """Note what is asked, and hang up."""
        with suppress(OSError):
            while True:
                guest, _ = self.door.accept()
                with closing(guest):
                    self.asked.append(guest.recv(1000))

    @property
    def env(self) -> dict[str, str]:
        """The environment of a program that shall come here."""
        proxy = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        return dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy) | {
            "no_proxy": "127.0.0.1,localhost",
            "NO_PROXY": "127.0.0.1,localhost",
        }


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        made = Outside(door)
        threading.Thread(target=made.watch, daemon=True).start()
        yield made


@pytest.fixture(scope="module")
def host(outside: Outside) -> Iterator[str]:
    """Host and port of a server that was started without an address."""
    with streamlit(ROOT / "app.py", listening="", env=outside.env) as (address, _):
        yield urlsplit(address).netloc


def ask(host: str, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    """The answer to a request, read to its end."""
    connection = http.client.HTTPConnection(host, timeout=60)
    with closing(connection):
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="tells from Linux's tables who listens")
def test_it_listens_on_this_machine_alone(host: str) -> None:
    port = f"{int(host.rpartition(':')[2]):04X}"
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    listening = [row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[1].endswith(f":{port}")]
    assert listening and set(listening) <= HERE


def test_no_other_host_is_asked_although_a_foreign_page_knocks(host: str, outside: Outside) -> None:
    ask(host, "/_stcore/health", Origin="https://elsewhere.example")
    with pytest.raises(InvalidStatus):
        connect(
            f"ws://{host}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin("https://elsewhere.example"),
            proxy=None,
        )
    with connected(f"http://{host}") as connection:
        connection.send(asking())
        while parsed(connection.recv(120)).WhichOneof("type") != "script_finished":
            pass
    assert outside.asked == []


@pytest.mark.parametrize("path", ["/", "/scans", "/_stcore/health", SCRIPT, "/media/none.png", "/none.js"])
def test_every_answer_protects(host: str, path: str) -> None:
    answer = ask(host, path)
    assert {name: answer.headers.get_all(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }


def test_nginx_sends_the_same_headers_and_each_once() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    sent = re.findall(r'add_header\s+(\S+)\s+"?([^"\n]*?)"? always;', text)
    assert dict(sent) == HEADERS | {"Strict-Transport-Security": "max-age=31536000"}
    assert set(re.findall(r"proxy_hide_header\s+(\S+);", text)) == set(HEADERS)


def test_readme_says_the_word_that_opens_it() -> None:
    assert "`--server.address 0.0.0.0`" in (ROOT / "README.md").read_text(encoding="utf-8")


def bring(host: str, session: str, file: str, content: bytes) -> int:
    """The status of an upload to a session."""
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.nii"\r\n\r\n'
    body = head + content + b"\r\n--x--\r\n"
    with closing(http.client.HTTPConnection(host, timeout=120)) as connection:
        connection.request("GET", "/_stcore/health")
        answer = connection.getresponse()
        answer.read()
        cookie = str(answer.headers["set-cookie"]).partition(";")[0]
        connection.putrequest("PUT", f"/_stcore/upload_file/{session}/{file}")
        for name, value in {
            "Cookie": cookie,
            "X-Xsrftoken": cookie.partition("=")[2],
            "Content-Type": "multipart/form-data; boundary=x",
            "Content-Length": str(len(body)),
        }.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        return connection.getresponse().status


def test_a_session_brings_its_share_and_no_more(host: str) -> None:
    with connected(f"http://{host}") as connection:
        connection.send(asking())
        while (message := parsed(connection.recv(120))).WhichOneof("type") != "new_session":
            pass
        session = message.new_session.initialize.session_id
        assert [bring(host, session, str(place), b"a") for place in range(65)] == [204] * 64 + [413]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells from Linux's tables what is open")
def test_an_upload_lies_in_no_file_while_it_comes_in(outside: Outside) -> None:
    with (
        streamlit(ROOT / "app.py", listening="", env=outside.env) as (address, process),
        connected(address) as connection,
    ):
        connection.send(asking())
        while (message := parsed(connection.recv(120))).WhichOneof("type") != "new_session":
            pass
        host = urlsplit(address).netloc
        seen: set[str] = set()
        done = threading.Event()

        def look() -> None:
            while not done.is_set():
                for link in Path(f"/proc/{process.pid}/fd").iterdir():
                    with suppress(OSError):
                        seen.add(str(link.readlink()))

        watching = threading.Thread(target=look)
        watching.start()
        try:
            status = bring(host, message.new_session.initialize.session_id, "1", bytes(4 * 2**20))
        finally:
            done.set()
            watching.join()
    assert status == 204 and [one for one in seen if "(deleted)" in one] == []
