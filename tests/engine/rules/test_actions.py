"""What rules do, against real servers; that failures are seen and secrets are not."""

from __future__ import annotations

import logging
import stat
import sys
import threading
import time
import wave
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from engine.rules.actions.desktop import tone
from engine.rules.dispatch import Dispatcher
from engine.rules.model import Rule, RuleError
from engine.rules.occasion import Occasion, RuleLog
from engine.rules.secrets import Secrets
from tests.engine.rules.servers import broker, free_port, web_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARGON2_OF_PA55 = (
    "$argon2id$v=19$m=65536,t=3,p=4$++jKrElb6fnxdM4BnFPsxA$"
    "nzVEUBU2SpNUKzHySP+Z/+AEi1pkOhEgVhWHGFBjsoQ"
)


def occasion() -> Occasion:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    return Occasion("fall", "clip.mp4", 12.3456, at, "falling 83%", lambda action: None)


def rule(**action: object) -> Rule:
    return Rule.model_validate({"name": "fall", "when": {"kind": "present"}, "then": [action]})


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def dispatcher(tmp_path: Path) -> Iterator[Dispatcher]:
    dispatcher = Dispatcher(RuleLog(), Secrets(tmp_path / "secrets.json"))
    yield dispatcher
    dispatcher.close()


def done(dispatcher: Dispatcher, **action: object) -> tuple[str, bool]:
    """Return what the log says of one action, and whether it failed."""
    dispatcher.submit(rule(**action), occasion())
    assert dispatcher.wait(20)
    entry = dispatcher.log.entries()[-1]
    assert entry.action == action["do"]
    return entry.text, entry.failed


def test_a_webhook_is_told_with_its_token(dispatcher: Dispatcher, tmp_path: Path, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    Secrets(tmp_path / "secrets.json").set("door", "s3cret-token")
    with web_server() as (url, received):
        text, failed = done(dispatcher, do="webhook", url=f"{url}/T0/hidden", secret="door")
    assert (text, failed) == ("127.0.0.1: 204", False)
    ((path, headers, body),) = received.items
    assert path == "/T0/hidden"
    assert headers["Authorization"] == "Bearer s3cret-token"
    assert body == {
        "rule": "fall",
        "source": "clip.mp4",
        "time_s": 12.346,
        "at": "2026-11-21T12:00:00.000+00:00",
        "detail": "falling 83%",
    }
    everything = caplog.text + "".join(e.text for e in dispatcher.log.entries())
    assert "s3cret" not in everything
    assert "hidden" not in everything


@pytest.mark.parametrize("status", [404, 302])
def test_a_webhook_that_answers_otherwise_has_failed(dispatcher: Dispatcher, status: int) -> None:
    with web_server(status) as (url, received):
        text, failed = done(dispatcher, do="webhook", url=f"{url}/hidden")
    assert (text, failed) == (f"127.0.0.1 answered {status}.", True)
    assert len(received.items) == 1


def test_a_webhook_without_a_server(dispatcher: Dispatcher) -> None:
    url = f"http://127.0.0.1:{free_port()}/hidden"
    text, failed = done(dispatcher, do="webhook", url=url)
    assert failed
    assert text == "127.0.0.1 cannot be reached: Connection refused."


def test_a_missing_secret_is_named(dispatcher: Dispatcher) -> None:
    text, failed = done(dispatcher, do="webhook", url="http://127.0.0.1:9/", secret="my door")
    assert failed
    assert 'no secret called "my door"' in text
    assert "LONGTAKE_SECRET_MY_DOOR" in text


def test_a_broker_is_told(dispatcher: Dispatcher) -> None:
    with broker("longtake/#") as (port, received):
        text, failed = done(
            dispatcher, do="mqtt", host="127.0.0.1", port=port, topic="longtake/fall"
        )
        assert received.event.wait(10)
    assert (text, failed) == (f"127.0.0.1:{port}: longtake/fall", False)
    assert received.items[0][0] == "longtake/fall"
    assert received.items[0][2]["detail"] == "falling 83%"


def test_a_broker_checks_the_password(
    dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    (tmp_path / "passwords").write_text(f"ada:{ARGON2_OF_PA55}\n", encoding="utf-8")
    target = {"do": "mqtt", "host": "127.0.0.1", "topic": "a", "user": "ada", "secret": "broker"}
    with broker("#", tmp_path / "passwords") as (port, _):
        monkeypatch.setenv("LONGTAKE_SECRET_BROKER", "wr0ng")
        text, failed = done(dispatcher, **target, port=port)
        assert failed
        assert "refuses" in text
        monkeypatch.setenv("LONGTAKE_SECRET_BROKER", "pa55")
        assert done(dispatcher, **target, port=port)[1] is False
    assert "wr0ng" not in caplog.text + text


def test_no_broker(dispatcher: Dispatcher) -> None:
    text, failed = done(dispatcher, do="mqtt", host="127.0.0.1", port=free_port(), topic="a")
    assert failed
    assert "cannot be reached" in text


def test_without_the_extra_it_says_what_to_install(
    dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    text, failed = done(dispatcher, do="mqtt", host="127.0.0.1", topic="a")
    assert failed
    assert 'pip install "longtake[mqtt]"' in text


def test_a_program_finds_what_happened(dispatcher: Dispatcher) -> None:
    code = "import os; print(os.environ['LONGTAKE_DETAIL'], os.environ['LONGTAKE_TIME_S'])"
    text, failed = done(dispatcher, do="command", command=[sys.executable, "-c", code])
    assert not failed
    assert text.endswith(": falling 83% 12.346")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["/no/such/program"], "program cannot be run: No such file or directory."),
        ([sys.executable, "-c", "print('why'); exit(3)"], "failed with 3. why"),
        ([sys.executable, "-c", "import time; time.sleep(60)"], "was ended: it took over 0.3 s."),
    ],
)
def test_a_program_that_fails(dispatcher: Dispatcher, command: list[str], told: str) -> None:
    text, failed = done(dispatcher, do="command", command=command, timeout_s=0.3)
    assert failed
    assert told in text


def test_no_action_holds_up_the_stream(tmp_path: Path) -> None:
    gate = threading.Event()

    def slow(*_: object) -> str:
        gate.wait(20)
        return "done"

    dispatcher = Dispatcher(RuleLog(), Secrets(tmp_path / "s"), {"sound": slow})
    begun = time.monotonic()
    for _ in range(80):
        dispatcher.submit(rule(do="sound"), occasion())
    assert time.monotonic() - begun < 2
    refused = [e for e in dispatcher.log.entries() if e.failed]
    assert len(refused) == 80 - 64
    gate.set()
    assert dispatcher.wait(10)
    dispatcher.close()
    assert sum(e.text == "done" for e in dispatcher.log.entries()) == 64


def test_a_defect_is_seen(tmp_path: Path) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    dispatcher = Dispatcher(RuleLog(), Secrets(tmp_path / "s"), {"sound": broken})
    assert "ZeroDivisionError" in done(dispatcher, do="sound")[0]
    dispatcher.close()


def test_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "config" / "secrets.json"
    secrets = Secrets(path)
    with pytest.raises(RuleError, match="no secret"):
        secrets.get("a")
    secrets.set("a", "x")
    secrets.set("b", "y")
    secrets.set("a", "")
    assert not secrets.has("a")
    assert Secrets(path).get("b") == "y"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("[]", encoding="utf-8")
    assert not secrets.has("b")


def test_the_sound_is_one() -> None:
    with wave.open(BytesIO(tone())) as sound:
        assert 0.3 < sound.getnframes() / sound.getframerate() < 0.6


def test_nothing_to_play_or_show_it_with(
    dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert "Nothing here can play" in done(dispatcher, do="sound")[0]
    assert "no notify-send" in done(dispatcher, do="notify")[0]
