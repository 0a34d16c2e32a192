"""The nginx of `deploy/`, as an ordinary process on free ports, with a certificate and a login of its own."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.server import ROOT

USER, PASSWORD = "student", "correct horse"
LOGIN = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
NEEDED = ("nginx", "openssl")

_AROUND = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    include {folder}/explorer.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running nginx.

    Attributes:
        host: 127.0.0.1 and the port of HTTPS.
        plain_port: of HTTP.
        folder: where its logs and files are.
    """

    host: str
    plain_port: int
    folder: Path

    @property
    def trust(self) -> ssl.SSLContext:
        """A context that trusts its certificate and no other."""
        return ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))


def found(name: str) -> str | None:
    """Where a program is; Debian keeps nginx where only root looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@contextmanager
def nginx(upstream: str, folder: Path) -> Iterator[Proxy]:
    """Start nginx with `deploy/nginx.conf` before the app at `upstream` (host and port)."""
    port, plain_port = _free_ports(2)
    _write_login(folder)
    _write_configuration(folder, upstream, port, plain_port)
    command = [str(found("nginx")), "-p", str(folder), "-e", str(folder / "error.log")]
    command += ["-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process, folder)
        yield Proxy(f"127.0.0.1:{port}", plain_port, folder)
    finally:
        process.terminate()
        process.wait(20)


def _write_login(folder: Path) -> None:
    """A certificate for 127.0.0.1, and a file of one password."""
    openssl = str(found("openssl"))
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=explorer "
    request += f"-addext subjectAltName=IP:127.0.0.1 -keyout {folder}/key.pem -out {folder}/certificate.pem"
    subprocess.run([openssl, *request.split()], check=True, capture_output=True)
    made = subprocess.run([openssl, "passwd", "-6", PASSWORD], check=True, capture_output=True, text=True)
    (folder / "htpasswd").write_text(f"{USER}:{made.stdout}")


def _write_configuration(folder: Path, upstream: str, port: int, plain_port: int) -> None:
    """The shipped file with this test's ports and paths, and what surrounds it."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for shipped, here in {
        "server 127.0.0.1:8501;": f"server {upstream};",
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/ssl/explorer/fullchain.pem": f"{folder}/certificate.pem",
        "/etc/ssl/explorer/privkey.pem": f"{folder}/key.pem",
        "/etc/nginx/explorer.htpasswd": f"{folder}/htpasswd",
        "/var/log/nginx/explorer.log": f"{folder}/access.log",
    }.items():
        assert text.count(shipped) == 1, shipped
        text = text.replace(shipped, here)
    (folder / "explorer.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""  # workers must read this folder
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user), encoding="utf-8")


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError(f"nginx stopped: {(folder / 'error.log').read_text()}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("nginx did not listen within 10 s")
