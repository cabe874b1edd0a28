"""Passwords of camera addresses appear in nothing that is shown, logged, kept or written."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.export import ExportJob
from app.main_window import MainWindow
from app.session import Session
from app.settings import Settings, save_settings, settings_path
from engine.errors import SourceError
from engine.redact import RedactingFilter
from engine.sources import open_source
from tests.app.fakes import FakeModelServices
from tests.engine.sources.servers import TsServer, free_port
from tests.faults.long import LONG
from tests.fixtures.clips import make_clip

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

PASSWORDS = ("s3%21cret!", "s3@cret", "s3:cret", "s3/cret", "s3@c:r/e%21t", "s3cret")
HARDEST = ("s3@c:r/e%21t",)
USER = "viewer77"
pytestmark = pytest.mark.usefixtures("qapp")  # before an export makes a lesser one


def spellings(password: str) -> list[str]:
    """Return every way the password, or a good part of it, could be written."""
    return [password, quote(password, safe=""), quote(password), USER]


def assert_secret(password: str, **artefacts: str) -> None:
    for name, text in artefacts.items():
        for spelling in spellings(password):
            assert spelling not in text, f"{spelling!r} in {name}: {text[:300]!r}"


@pytest.fixture
def logged() -> object:
    """Everything logged at any level, as a handler with our filter writes it."""
    import io

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="module")
def live_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("secret") / "live.ts", frames=60, size=(160, 120))


@pytest.mark.parametrize("password", PASSWORDS)
def test_errors_and_logs(password: str, logged: object, capfd: pytest.CaptureFixture[str]) -> None:
    address = f"rtsp://{USER}:{password}@127.0.0.1:{free_port()}/live"
    with pytest.raises(SourceError) as failure:
        open_source(address)
    error = failure.value
    chain = repr(error.__cause__) + repr(error.__context__ if not error.__suppress_context__ else 0)
    out, err = capfd.readouterr()
    logging.getLogger("tests").error("could not open %s", address)
    assert_secret(
        password,
        error=str(error),
        raw=repr(error),
        chain=chain,
        out=out,
        err=err,
        log=logged.getvalue(),  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize("password", PASSWORDS if LONG else HARDEST)
def test_a_recorded_stream_and_its_labels(
    password: str, live_clip: Path, tmp_path: Path, tiny_bundle: Path, logged: object
) -> None:
    labels, video = tmp_path / "out.jsonl", tmp_path / "out.mp4"
    with TsServer(live_clip, 2.0) as server:
        secret = quote(password, safe="")
        address = f"http://{USER}:{secret}@127.0.0.1:{server.port}/live"
        job = ExportJob(str(tiny_bundle), "onnxruntime", address, video, labels)
        threading.Timer(1.5, job.finish).start()
        summary = job.run(lambda progress: None)
    header = json.loads(labels.read_text(encoding="utf-8").splitlines()[0])
    assert header["source"]["title"].startswith("http://***@127.0.0.1")
    assert_secret(
        password,
        labels=labels.read_text(encoding="utf-8"),
        video=video.read_bytes().decode("latin-1"),
        summary=summary.source + repr(summary),
        log=logged.getvalue(),  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize("password", PASSWORDS if LONG else HARDEST)
def test_the_window_its_settings_and_a_lost_source(
    password: str, live_clip: Path, qtbot: QtBot, qapp: object, logged: object
) -> None:
    session, settings = Session(FakeModelServices()), Settings()
    window = MainWindow(session, settings, "en")
    qtbot.addWidget(window)
    window.show()
    try:
        with TsServer(live_clip, 2.0) as server:
            secret = quote(password, safe="")
            window.open_address(f"http://{USER}:{secret}@127.0.0.1:{server.port}/live")
            qtbot.waitUntil(lambda: session.frame is not None, timeout=15_000)
            playing = said_by(window)
            server.kill()
            qtbot.waitUntil(
                lambda: bool(session.status and "lost" in session.status.source.detail),
                timeout=10_000,
            )
            qtbot.wait(300)
            lost = said_by(window)
        save_settings(settings)
        assert "127.0.0.1" in window.windowTitle()
        assert settings.recent
        assert_secret(
            password,
            title=window.windowTitle(),
            playing=playing,
            lost=lost,
            recent=json.dumps(settings.recent),
            settings=settings_path().read_text(encoding="utf-8"),
            status=repr(session.status),
            log=logged.getvalue(),  # type: ignore[attr-defined]
        )
    finally:
        session.shut_down()


def said_by(window: QWidget) -> str:
    """Return every text, tool-tip and name in a window."""
    texts = [window.windowTitle()]
    for widget in window.findChildren(QWidget):
        texts += [widget.toolTip(), widget.accessibleName(), widget.windowTitle()]
        if isinstance(widget, QLabel):
            texts.append(widget.text())
    return "\n".join(texts)


def test_the_command_line(tmp_path: Path, tiny_bundle: Path) -> None:
    command = [sys.executable, "-m", "app", "annotate"]
    for password in PASSWORDS if LONG else HARDEST:
        address = f"rtsp://{USER}:{password}@127.0.0.1:{free_port()}/live"
        run = subprocess.run(
            [*command, address, "--no-video", "--bundle", str(tiny_bundle)],
            capture_output=True,
            text=True,
            env={**os.environ, "LONGTAKE_LOG": "DEBUG"},
            timeout=60,
            check=False,
        )
        assert run.returncode == 1
        assert_secret(password, stdout=run.stdout, stderr=run.stderr)
