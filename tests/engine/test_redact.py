from __future__ import annotations

import io
import logging
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.redact import RedactingFilter, redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:secret@10.0.0.7:554/live", "rtsp://***@10.0.0.7:554/live"),
        ("rtsp://admin:s%40cr%2Fet@cam/live", "rtsp://***@cam/live"),
        ("rtsp://admin:p@ss@cam/live", "rtsp://***@cam/live"),
        ("rtsp://admin:p:a:ss@cam", "rtsp://***@cam"),
        ("rtsp://admin:pa/ss@cam/live", "rtsp://***@cam/live"),
        ("rtsp://admin:/pa@/ss@cam/live", "rtsp://***@cam/live"),
        ("rtsp://admin:my pass@cam/live", "rtsp://***@cam/live"),
        ("https://onlyatoken@host/x", "https://***@host/x"),
        ("RTSP://Admin:Secret@cam", "RTSP://***@cam"),
        ("a rtsp://u:p@x and http://v:q@y/z.", "a rtsp://***@x and http://***@y/z."),
        ("http://cam/v.cgi?user=me&pwd=secret&n=1", "http://cam/v.cgi?user=me&pwd=***&n=1"),
    ],
)
def test_hides_passwords(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "http://host/logo@2x.png",
        "http://host:8080/video",
        "rtsp://[::1]:554/live",
        "udp://@239.0.0.1:1234",
        "write to me@example.org",
        r"C:\films\a@b.mp4",
        "10:30 took 5 s",
    ],
)
def test_leaves_the_rest_alone(text: str) -> None:
    assert redact(text) == text


@given(
    password=st.text(st.characters(codec="ascii", exclude_characters="\n\r"), min_size=8),
    around=st.sampled_from(["{}", "cannot open '{}'", "lost {}: no answer"]),
)
def test_no_escaped_password_survives(password: str, around: str) -> None:
    escaped = quote(password, safe="")
    text = around.format(f"rtsp://user:{escaped}@camera.local:554/live")
    assert escaped not in redact(text)
    assert "***@camera.local:554/live" in redact(text)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=6))
def test_no_plain_password_survives(password: str) -> None:
    middle = f"x{password}x"
    shown = redact(f"rtsp://user:{middle}@camera/live")
    assert middle not in shown


def test_filter_hides_them_in_arguments_and_tracebacks() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        raise OSError("rtsp://u:secret@cam is gone")
    except OSError:
        logger.exception("lost %s", "rtsp://u:secret@cam")
    written = stream.getvalue()
    assert "secret" not in written
    assert written.count("rtsp://***@cam") == 3  # message, source line, error
    assert "Traceback" in written
