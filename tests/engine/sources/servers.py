"""Small servers on 127.0.0.1 that stream, stall, die and come back."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

import cv2

from tests.fixtures.clips import picture

if TYPE_CHECKING:
    from pathlib import Path

_TS_PACKET = 188


class HttpServer:
    """Answers every GET over HTTP/1.0 with a body of its own, until killed.

    Subclasses write the body. `kill` cuts every connection; `start` listens again on the same
    port.
    """

    content_type = "application/octet-stream"

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/live"

    def start(self) -> None:
        self.stopping = threading.Event()
        self._clients: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def kill(self) -> None:
        self.stopping.set()
        for connection in (self._listener, *self._clients):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def head(self) -> str:
        return f"Content-Type: {self.content_type}\r\n"

    def write_body(self, client: socket.socket) -> None:
        raise NotImplementedError

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                self._clients.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            client.recv(65536)
            client.sendall(f"HTTP/1.0 200 OK\r\n{self.head()}\r\n".encode())
            self.write_body(client)


class TsServer(HttpServer):
    """A transport stream over and over, at the pace of its clip."""

    content_type = "video/mp2t"

    def __init__(self, clip: Path, seconds: float, *, stall_after_s: float | None = None) -> None:
        content = clip.read_bytes()
        self._packets = [content[at : at + _TS_PACKET] for at in range(0, len(content), _TS_PACKET)]
        self._pace_s = seconds / len(self._packets)
        self._stall_after_s = stall_after_s
        super().__init__()

    def write_body(self, client: socket.socket) -> None:
        started, sent = time.monotonic(), 0
        while not self.stopping.is_set():
            elapsed_s = time.monotonic() - started
            if self._stall_after_s is not None and elapsed_s > self._stall_after_s:
                self.stopping.wait()
                return
            due = int(elapsed_s / self._pace_s) + 1
            client.sendall(
                b"".join(self._packets[at % len(self._packets)] for at in range(sent, due))
            )
            sent = due
            self.stopping.wait(0.01)


class MjpegServer(HttpServer):
    """What cheap network cameras send: one JPEG after another, without time stamps."""

    content_type = "multipart/x-mixed-replace; boundary=frame"

    def __init__(self, rate_hz: float) -> None:
        self._period_s = 1 / rate_hz
        super().__init__()

    def write_body(self, client: socket.socket) -> None:
        for index in range(10_000):
            jpeg = cv2.imencode(".jpg", picture(index, (160, 120)))[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            client.sendall(head.encode() + jpeg + b"\r\n")
            if self.stopping.wait(self._period_s):
                return


class FileServer(HttpServer):
    """A file with its length, as a web server has it."""

    content_type = "video/mp4"

    def __init__(self, content: bytes, *, cut_at: int | None = None) -> None:
        self._content = content
        self._sent = content if cut_at is None else content[:cut_at]
        super().__init__()

    def head(self) -> str:
        return f"{super().head()}Content-Length: {len(self._content)}\r\n"

    def write_body(self, client: socket.socket) -> None:
        client.sendall(self._sent)


class RtspServer:
    """Another program's RTSP server over the clips of a folder, in a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        serve = (
            "import asyncio, sys, aio_rtsp_toolkit.server as server;"
            "asyncio.run(server.serve(sys.argv[1], '127.0.0.1', int(sys.argv[2])))"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", serve, str(self._folder), str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.05)
        raise TimeoutError("the RTSP server did not start")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
