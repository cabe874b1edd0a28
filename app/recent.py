"""Addresses as they may be kept and shown."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from engine.redact import redact


def is_network(address: str) -> bool:
    """Return whether `address` is reached through a network."""
    return "://" in address


def holds_secret(address: str) -> bool:
    """Return whether `address` names a user or a password."""
    return redact(address) != address


def with_credentials(address: str, user: str, password: str) -> str:
    """Return `address` with user and password in it, escaped; unchanged without a user."""
    if not user:
        return address
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    secret = f":{quote(password, safe='')}" if password else ""
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}{secret}@{host}"))


def without_credentials(address: str) -> str:
    """Return `address` with user and password left out, fit to be stored."""
    if not is_network(address):
        return address
    return redact(address).replace("***@", "").replace("=***", "=")


def shown_name(address: str) -> str:
    """Return a short name for people: a file's name, otherwise the address without secrets."""
    made_here = address == "demo" or address.startswith(("camera:", "lavfi:", "screen:"))
    if made_here or is_network(address):
        return redact(address)
    return Path(address).name or address
