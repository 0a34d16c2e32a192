"""The app behind `deploy/nginx.conf`: nobody without the login, with it all that is allowed."""

from __future__ import annotations

import gzip
import http.client
import re
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from explorer.ui.components.chart.route import SCRIPT
from tests.support.proxy import LOGIN, Proxy, nginx
from tests.support.server import ROOT, streamlit
from tests.support.session import asking, parsed

MIB = 2**20
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
LIMIT = SETTINGS["server"]["maxUploadSize"] * MIB
UPLOAD = "/_stcore/upload_file/some-session/some-file"
BOUNDARY = "planes"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
Answer = tuple[int, http.client.HTTPMessage, bytes]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with (
        streamlit(ROOT / "app.py") as (address, _),
        nginx(urlsplit(address).netloc, tmp_path_factory.mktemp("nginx")) as started,
    ):
        yield started


def ask(
    proxy: Proxy,
    path: str,
    method: str = "GET",
    *,
    body: bytes | None = None,
    login: str | None = LOGIN,
    **headers: str,
) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPSConnection(proxy.host, context=proxy.trust, timeout=60)) as connection:
        connection.request(method, path, body, given | ({"Authorization": login} if login else {}))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def script_of(page: bytes) -> str:
    """The path of the first script that a page asks for."""
    match = re.search(r'src="\.?(/static/[^"]+\.js)"', page.decode())
    assert match
    return match[1]


def stream(
    proxy: Proxy, login: str | None = LOGIN, token: str = "", origin: str | None = None
) -> ClientConnection:
    return connect(
        f"wss://{proxy.host}/_stcore/stream",
        ssl=proxy.trust,
        subprotocols=[Subprotocol("streamlit"), *([Subprotocol(token)] if token else [])],
        additional_headers={"Authorization": login} if login else {},
        origin=Origin(origin or f"https://{proxy.host}"),
        max_size=None,
        proxy=None,
    )


def session_of(connection: ClientConnection) -> str:
    """Ask for a run of the page; the id of the session that answers."""
    connection.send(asking())
    while (message := parsed(connection.recv(60, decode=False))).WhichOneof("type") != "new_session":
        pass
    return message.new_session.initialize.session_id


def test_nobody_without_the_login(proxy: Proxy) -> None:
    script = script_of(ask(proxy, "/")[2])
    paths = ("/", script, f"/{SCRIPT}", "/_stcore/health", "/_stcore/host-config", "/media/0.png", "/none")
    for login in (None, "Basic c3R1ZGVudDp3cm9uZw==", LOGIN[:-3]):
        for path in paths:
            status, headers, body = ask(proxy, path, login=login)
            assert status == 401 and headers["WWW-Authenticate"].startswith("Basic"), path
            assert b"treamlit" not in body
        assert ask(proxy, UPLOAD, "PUT", body=b"x", login=login)[0] == 401
        with pytest.raises(InvalidStatus) as refused:
            stream(proxy, login)
        assert refused.value.response.status_code == 401


def test_everything_with_it(proxy: Proxy) -> None:
    status, _, page = ask(proxy, "/")
    assert status == 200 and b'<div id="root">' in page
    status, headers, script = ask(proxy, script_of(page))
    assert status == 200 and "javascript" in headers["Content-Type"] and len(script) > 1000
    assert ask(proxy, "/_stcore/health")[::2] == (200, b"ok")
    status, headers, script = ask(proxy, f"/{SCRIPT}", Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert b"plotly.js" in gzip.decompress(script)[:200] and "immutable" in headers["Cache-Control"]


def test_the_page_runs_through_the_websocket(proxy: Proxy) -> None:
    with stream(proxy) as connection:
        assert connection.subprotocol == "streamlit"
        assert len(session_of(connection)) > 20


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://127.0.0.1:1"])
def test_another_page_cannot_use_the_login(proxy: Proxy, origin: str) -> None:
    assert ask(proxy, "/", origin=origin)[0] == 403
    with pytest.raises(InvalidStatus) as refused:
        stream(proxy, origin=origin)
    assert refused.value.response.status_code == 403


def test_an_upload_within_the_limit_arrives(proxy: Proxy) -> None:
    headers = ask(proxy, "/_stcore/health")[1]
    token = str(headers["Set-Cookie"]).split("=", 1)[1].split(";")[0].strip('"')
    start = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"; filename="scan.nii"\r\n\r\n'
    body = start.encode() + bytes(8 * MIB) + f"\r\n--{BOUNDARY}--\r\n".encode()
    with stream(proxy, token=token) as connection:
        path = f"/_stcore/upload_file/{session_of(connection)}/{'0' * 32}"
        assert ask(proxy, path, "PUT", body=body, **FORM)[0] == 403  # not without the token
        given = {"X_Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}
        assert ask(proxy, path, "PUT", body=body, **given, **FORM)[0] == 204
    assert "temporary file" not in (proxy.folder / "error.log").read_text(encoding="utf-8")


def test_an_upload_over_the_limit_never_reaches_the_server(proxy: Proxy) -> None:
    for size, expected in ((LIMIT, 403), (LIMIT + 1, 413)):  # 403: the app missed its token
        with closing(http.client.HTTPSConnection(proxy.host, context=proxy.trust, timeout=60)) as connection:
            connection.putrequest("PUT", UPLOAD)
            connection.putheader("Authorization", LOGIN)
            connection.putheader("Content-Length", str(size))
            connection.endheaders(b"--" if size > LIMIT else None)
            assert connection.getresponse().status == expected
    for _ in range(100):  # nginx waits a little for the rest before it writes
        answered = {words[-3]: words[-2] for words in map(str.split, log(proxy)) if UPLOAD[:20] in words[4]}
        if "413" in answered:
            break
        time.sleep(0.2)
    assert answered["413"] == "-" and answered["403"] == "403"  # by status, what the app said


def test_nothing_else_takes_much(proxy: Proxy) -> None:
    assert ask(proxy, "/", "POST", body=bytes(MIB))[0] == 413


@pytest.mark.parametrize(("path", "login"), [("/", LOGIN), ("/none", LOGIN), (UPLOAD, LOGIN), ("/", None)])
def test_headers_that_protect_are_on_every_answer(proxy: Proxy, path: str, login: str | None) -> None:
    headers = ask(proxy, path, login=login)[1]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "https:" not in headers["Content-Security-Policy"]
    assert headers["Server"] == "nginx"  # without its version


def test_a_class_behind_one_address_is_not_slowed(proxy: Proxy) -> None:
    with closing(http.client.HTTPSConnection(proxy.host, context=proxy.trust, timeout=60)) as connection:
        for _ in range(400):
            connection.request("GET", "/_stcore/health", headers={"Authorization": LOGIN})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"ok")


def test_http_leads_to_https(proxy: Proxy) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", proxy.plain_port, timeout=10)) as connection:
        connection.request("GET", "/?seed=3", headers={"Host": "explorer.example.edu"})
        answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, "https://explorer.example.edu/?seed=3")


def test_the_log_holds_no_ids_and_no_state(proxy: Proxy) -> None:
    ask(proxy, "/?seed=314159")
    ask(proxy, "/media/secret.png")
    ask(proxy, UPLOAD, "PUT", body=b"x")
    text = "\n".join(log(proxy))
    assert "student" in text and '"PUT /_stcore/upload_file"' in text and '"GET /media"' in text
    assert not any(word in text for word in ("314159", "secret", "some-session", LOGIN[6:]))


def test_the_service_is_reachable_from_its_machine_only() -> None:
    text = (ROOT / "deploy" / "explorer.service").read_text(encoding="utf-8")
    (start,) = [line.split() for line in text.splitlines() if line.startswith("ExecStart=")]
    assert start[start.index("--server.address") + 1] == "127.0.0.1"
    port = start[start.index("--server.port") + 1]
    assert f"server 127.0.0.1:{port};" in (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def test_both_limits_of_uploads_are_one() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    place = text[text.index("location /_stcore/upload_file/") :]
    match = re.search(r"client_max_body_size\s+(\d+)m;", place)
    assert match and int(match[1]) * MIB == LIMIT


def log(proxy: Proxy) -> list[str]:
    return (proxy.folder / "access.log").read_text(encoding="utf-8").splitlines()
