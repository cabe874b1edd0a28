"""A web server that serves one file, honestly or not."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Behaviour:
    """What the server does; tests change it while it runs.

    Attributes
    ----------
    cut_after
        Breaks the connection after so many bytes of an answer; None does not.
    claimed
        Length it claims; None is the true one.
    tag
        Of the file; another one means another file.
    ranges
        Whether it can go on in the middle.
    status
        Answers this instead of the file.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.cut_after: int | None = None
        self.claimed: int | None = None
        self.tag = '"one"'
        self.ranges = True
        self.status: int | None = None
        self.asked: list[str | None] = []


@contextmanager
def serving(data: bytes) -> Iterator[tuple[str, Behaviour]]:
    """Yield the address of a file and how it is served."""
    behaviour = Behaviour(data)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, behaviour)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/bundle.zip", behaviour
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, how: Behaviour) -> None:
    wanted = handler.headers.get("Range")
    how.asked.append(wanted)
    if how.status is not None:
        handler.send_error(how.status)
        return
    begin = 0
    if wanted and how.ranges and handler.headers.get("If-Range") == how.tag:
        begin = int(wanted.removeprefix("bytes=").rstrip("-"))
        if begin >= len(how.data):
            handler.send_error(416)
            return
        handler.send_response(206)
    else:
        handler.send_response(200)
    body = how.data[begin:]
    length = len(body) if how.claimed is None else how.claimed
    if length >= 0:
        handler.send_header("Content-Length", str(length))
    handler.send_header("ETag", how.tag)
    handler.end_headers()
    handler.wfile.write(body if how.cut_after is None else body[: how.cut_after])
