from __future__ import annotations

import logging
import socket
import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from engine.errors import SourceError
from engine.frame import Discontinuity
from engine.sources import network, open_source
from engine.sources.base import SourceKind, SourceState
from engine.sources.live import Backoff
from engine.sources.network import open_stream
from tests.engine.sources.servers import (
    FileServer,
    MjpegServer,
    RtspServer,
    TsServer,
    free_port,
)
from tests.fixtures.clips import make_clip, read_index

if TYPE_CHECKING:
    from pathlib import Path

    from engine.frame import Frame
    from engine.sources.live import LiveSource

QUICK = Backoff(first_s=0.05, longest_s=0.2, jitter=0.1)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    make_clip(folder / "live.ts", frames=60)
    make_clip(folder / "live.mp4", frames=90)
    return folder


def read_until_back(source: LiveSource, server: TsServer | RtspServer) -> list[Frame]:
    """Read some, kill the server, bring it back, and read some more."""
    frames = [source.read() for _ in range(10)]
    server.kill()
    states = set()

    def bring_back() -> None:
        deadline = time.monotonic() + 10
        while source.status.state is not SourceState.RECONNECTING and time.monotonic() < deadline:
            time.sleep(0.01)
        states.add(source.status.state)
        time.sleep(0.3)
        server.start()

    helper = threading.Thread(target=bring_back)
    helper.start()
    while len(frames) < 500 and (source.status.reconnects == 0 or len(frames) < 15):
        frames.append(source.read())
    frames += [source.read() for _ in range(10)]
    helper.join()
    assert states == {SourceState.RECONNECTING}
    assert None not in frames
    return frames


def check_outage(source: LiveSource, frames: list[Frame]) -> None:
    """Time goes on through the outage as on the wall, and the way back is marked once.

    What FFmpeg took in to learn the format comes all at once, and must not put time ahead.
    """
    marks = [frame.discontinuity for frame in frames]
    assert marks.count(Discontinuity.SOURCE) == 1
    assert source.status.reconnects == 1
    assert source.status.state is SourceState.OPEN
    assert all(a.pts < b.pts and a.index < b.index for a, b in pairwise(frames))
    back = marks.index(Discontinuity.SOURCE)
    assert (frames[back].captured_ns - frames[0].captured_ns) / 1e9 > 0.3
    for part in (frames[:back], frames[back:]):
        late_s = [frame.captured_ns / 1e9 - zero_s(source) - frame.pts_s for frame in part]
        assert min(late_s) >= -0.001
        assert min(late_s) <= 0.05


def zero_s(source: LiveSource) -> float:
    """Return the monotonic time at which the stream's is 0."""
    return source._clock._zero_us / 1e6


def test_http_stream_dies_and_comes_back(clips: Path) -> None:
    with TsServer(clips / "live.ts", 2.0) as server:
        source = open_stream(server.address, backoff=QUICK)
        assert source.info.kind is SourceKind.NETWORK
        assert source.info.live
        assert source.info.duration_s is None
        assert (source.info.width, source.info.height) == (320, 240)
        frames = read_until_back(source, server)
        check_outage(source, frames)
        source.close()


def test_rtsp_server_dies_and_comes_back(clips: Path) -> None:
    pytest.importorskip("aio_rtsp_toolkit", reason="needs an RTSP server to test against")
    with RtspServer(clips) as server:
        address = f"rtsp://viewer:pa55word@127.0.0.1:{server.port}/live.mp4"
        source = open_stream(address, backoff=QUICK)
        assert source.info.live
        assert "pa55word" not in source.info.title
        frames = read_until_back(source, server)
        check_outage(source, frames)
        numbers = [read_index(frame.picture.rgb(320, 240)) for frame in frames[:10]]
        assert numbers == sorted(set(numbers))
        source.close()


def test_mjpeg_camera_runs_on_the_wall_clock() -> None:
    with MjpegServer(rate_hz=20) as server:
        source = open_stream(server.address, backoff=QUICK)
        frames = [source.read() for _ in range(20)]
        took_s = (frames[-1].captured_ns - frames[0].captured_ns) / 1e9
        assert frames[-1].pts_s - frames[0].pts_s == pytest.approx(took_s, abs=0.001)
        source.close()


def test_a_stalled_server_is_a_loss(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "READ_TIMEOUT_S", 0.4)
    with TsServer(clips / "live.ts", 2.0, stall_after_s=1.3) as server:
        source = open_stream(server.address, backoff=QUICK)
        marks = []
        while len(marks) < 200 and Discontinuity.SOURCE not in marks:
            marks.append(source.read().discontinuity)
        assert source.status.reconnects >= 1
        source.close()


def test_close_ends_a_read_that_hangs_in_the_network(clips: Path) -> None:
    with TsServer(clips / "live.ts", 2.0, stall_after_s=1.3) as server:
        source = open_stream(server.address, backoff=QUICK)
        result: list[Frame | None] = []

        def read_on() -> None:
            while (frame := source.read()) is not None:
                result.append(frame)
            result.append(None)

        reader = threading.Thread(target=read_on)
        reader.start()
        count = -1
        while count != len(result):  # until nothing more comes
            count = len(result)
            time.sleep(0.5)
        assert reader.is_alive()
        started = time.monotonic()
        source.close()
        reader.join(1.0)
        assert time.monotonic() - started < 1.0
        assert result[-1] is None


def test_a_recording_on_a_web_server_ends(clips: Path) -> None:
    with FileServer((clips / "live.mp4").read_bytes()) as server:
        source = open_source(server.address)
        assert not source.info.live
        assert source.info.duration_s == pytest.approx(3.0, abs=0.1)
        frames = []
        while (frame := source.read()) is not None:
            frames.append(frame)
        assert [frame.index for frame in frames] == list(range(90))
        assert [frame.pts_s for frame in frames] == pytest.approx(
            [i / 30 for i in range(90)], abs=1e-6
        )
        assert source.status.state is SourceState.ENDED


def test_a_recording_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    content = make_clip(tmp_path / "clip.mkv", frames=90).read_bytes()
    with FileServer(content, cut_at=len(content) * 2 // 3) as server:
        source = open_source(server.address)
        assert not source.info.live
        frames = []
        with pytest.raises(SourceError, match="broke off"):
            while (frame := source.read()) is not None:
                frames.append(frame)
        assert 30 < len(frames) < 90
        source.close()


@pytest.mark.parametrize("scheme", ["rtsp", "http", "rtmp", "tcp"])
def test_an_address_where_nobody_is_fails_at_once_without_the_password(
    scheme: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    address = f"{scheme}://viewer:pa55@w0rd@127.0.0.1:{free_port()}/live"
    started = time.monotonic()
    with pytest.raises(SourceError) as failure:
        open_source(address)
    assert time.monotonic() - started < 6
    assert f"{scheme}://***@127.0.0.1" in str(failure.value)
    check_no_password(failure.value, caplog.text, *capfd.readouterr())


def test_a_silent_server_fails_after_the_time_out_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"rtsp://viewer:pa55%40w0rd@127.0.0.1:{listener.getsockname()[1]}/live"
        with pytest.raises(SourceError, match="no answer came in time") as failure:
            open_source(address)
    check_no_password(failure.value, caplog.text, *capfd.readouterr())


def test_what_a_server_sends_that_is_no_video() -> None:
    with FileServer(b"<html>hello</html>" * 200) as server:
        address = server.address.replace("http://", "http://viewer:pa55w0rd@")
        with pytest.raises(SourceError, match="cannot be opened") as failure:
            open_source(address)
        check_no_password(failure.value)


def test_reconnecting_tells_no_password(clips: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with TsServer(clips / "live.ts", 2.0) as server:
        address = server.address.replace("http://", "http://viewer:pa55w0rd@")
        source = open_stream(address, backoff=QUICK)
        source.read()
        server.kill()
        reader = threading.Thread(target=lambda: [*iter(source.read, None)])
        reader.start()
        deadline = time.monotonic() + 5
        while "refused" not in source.status.detail and time.monotonic() < deadline:
            time.sleep(0.01)
        detail = source.status.detail
        source.close()
        reader.join()
    assert "refused" in detail
    assert "***@127.0.0.1" in detail
    assert "pa55w0rd" not in detail + caplog.text


def check_no_password(error: BaseException, *texts: str) -> None:
    """Look through the whole chain of an error, and through what was written."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        if (link := waiting.pop()) is not None and link not in seen:
            seen.append(link)
            waiting += [link.__cause__, link.__context__]
    for text in (*texts, *(f"{link!s} {link!r} {vars(link)}" for link in seen)):
        assert "pa55" not in text
        assert "w0rd" not in text
