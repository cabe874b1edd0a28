"""A broker and a web server of our own, on free ports of this machine."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

from amqtt.broker import Broker
from amqtt.client import MQTTClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Received:
    """What a server was sent; `event` is set by each."""

    items: list[tuple[str, dict[str, str], dict]] = field(default_factory=list)
    event: threading.Event = field(default_factory=threading.Event)


@contextmanager
def web_server(status: int = 204) -> Iterator[tuple[str, Received]]:
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.items.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            received.event.set()

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def broker(topic: str, passwords: Path | None = None) -> Iterator[tuple[int, Received]]:
    """A broker with a subscriber; with `passwords`, one that asks for them."""
    port, received = free_port(), Received()
    ready, over = threading.Event(), threading.Event()
    plugins = {
        "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": passwords is None}
    }
    if passwords is not None:
        plugins["amqtt.plugins.authentication.FileAuthPlugin"] = {"password_file": str(passwords)}
    listener = {"type": "tcp", "bind": f"127.0.0.1:{port}"}
    config = {"listeners": {"default": listener}, "plugins": plugins}

    async def serve() -> None:
        server = Broker(config)
        await server.start()
        reader = None
        if passwords is None:
            reader = MQTTClient(config={"auto_reconnect": False})
            await reader.connect(f"mqtt://127.0.0.1:{port}/")
            await reader.subscribe([(topic, 1)])
        ready.set()
        while not over.is_set():
            if reader is None:
                await asyncio.sleep(0.02)
                continue
            try:
                message = await reader.deliver_message(timeout_duration=0.1)
            except TimeoutError:
                continue
            received.items.append((message.topic, {}, json.loads(message.data)))
            received.event.set()
        if reader is not None:
            await reader.disconnect()
        await server.shutdown()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(20)
        yield port, received
    finally:
        over.set()
        thread.join()
