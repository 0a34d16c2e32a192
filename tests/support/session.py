"""A session without a browser: the messages that a browser and Streamlit's server exchange."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol


def connected(address: str) -> ClientConnection:
    """The connection of a page that a server shows at `address`, http."""
    return connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        proxy=None,
    )


def asking(parameters: Mapping[str, str] | None = None) -> bytes:
    """The message of a browser whose page was opened with parameters of its address, or went back to them."""
    wanted = BackMsg()
    wanted.rerun_script.query_string = urlencode(parameters or {})
    return bytes(wanted.SerializeToString())


def parsed(content: bytes | str) -> ForwardMsg:
    """A message of the server."""
    message = ForwardMsg()
    message.ParseFromString(bytes(content))  # type: ignore[arg-type]
    return message
