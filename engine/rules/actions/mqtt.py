"""Publishes JSON through an MQTT broker. Needs the extra ``mqtt``."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from engine.rules.model import RuleError

if TYPE_CHECKING:
    from paho.mqtt.client import Client

    from engine.rules.model import Mqtt
    from engine.rules.occasion import Occasion
    from engine.rules.secrets import Secrets


def publish(action: Mqtt, occasion: Occasion, secrets: Secrets) -> str:
    """Publish what happened; returns when the broker has it.

    Raises
    ------
    RuleError
        When the extra is missing, or the broker cannot be reached, refuses, or does not answer.
    """
    try:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion
    except ImportError:
        raise RuleError(
            "Longtake cannot talk to MQTT brokers here.",
            'Install what is missing: pip install "longtake[mqtt]"',
        ) from None
    client = Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    client.connect_timeout = action.timeout_s
    if action.user:
        client.username_pw_set(action.user, secrets.get(action.secret) if action.secret else None)
    if action.tls:
        client.tls_set()
    broker = f"{action.host}:{action.port}"
    try:
        _connect(client, action, broker)
        message = client.publish(action.topic, occasion.as_json(), action.qos)
        message.wait_for_publish(action.timeout_s)
        if not message.is_published():
            raise RuleError(f"{broker} did not take the message in time.")
    except (RuntimeError, ValueError) as error:
        raise RuleError(f"{broker} did not take the message: {error}.") from None
    finally:
        client.disconnect()
        client.loop_stop()
    return f"{broker}: {action.topic}"


def _connect(client: Client, action: Mqtt, broker: str) -> None:
    """Connect and wait for the broker's word."""
    answered = threading.Event()
    refusals: list[str] = []

    def note(_: Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if reason.is_failure:
            refusals.append(str(reason))
        answered.set()

    client.on_connect = note
    try:
        client.connect(action.host, action.port)
    except OSError as error:
        words = error.strerror or type(error).__name__
        raise RuleError(f"{broker} cannot be reached: {words}.") from None
    client.loop_start()
    if not answered.wait(action.timeout_s):
        raise RuleError(f"{broker} does not answer.")
    if refusals:
        raise RuleError(f"{broker} refuses: {refusals[0]}.")
