"""Users and passwords of addresses, in the system's keyring; never in a file of our own.

The package `keyring` is optional. Asking a keyring can take long, as it may ask the user first: not
for the GUI's thread.
"""

from __future__ import annotations

import json
import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from app.recent import with_credentials
from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Iterable

_SERVICE: Final = "longtake"

log = logging.getLogger(__name__)


class CredentialsError(LongtakeError):
    """The system's keyring is missing or refuses."""


def can_keep() -> bool:
    """Whether there is a keyring to ask, as far as can be told without asking it."""
    return find_spec("keyring") is not None


def keep_credentials(address: str, user: str, password: str) -> None:
    """Keep user and password of `address`, which has none in it.

    Raises
    ------
    CredentialsError
        If the keyring is locked, missing or refuses.
    """
    import keyring
    from keyring.errors import KeyringError

    secret = json.dumps({"user": user, "password": password})
    try:
        keyring.set_password(_SERVICE, address, secret)
    except (KeyringError, RuntimeError) as error:
        raise CredentialsError(
            "The system's keyring does not take the password.",
            "It is used this once and not kept.",
        ) from error


def with_kept_credentials(address: str) -> str:
    """Return `address` with the user and password kept for it; as it is where there are none."""
    if not can_keep():
        return address
    import keyring
    from keyring.errors import KeyringError

    try:
        secret = keyring.get_password(_SERVICE, address)
        if secret is None:
            return address
        kept = json.loads(secret)
        return with_credentials(address, str(kept["user"]), str(kept["password"]))
    except (KeyringError, RuntimeError, ValueError, KeyError, TypeError) as error:
        # Not the error's own text: it may repeat what could not be read.
        log.warning("The keyring gives no password: %s", type(error).__name__)
        return address


def forget_credentials(addresses: Iterable[str]) -> None:
    """Remove what is kept for `addresses`; what is not there is no error."""
    if not can_keep():
        return
    import keyring
    from keyring.errors import KeyringError

    for address in addresses:
        try:
            keyring.delete_password(_SERVICE, address)
        except (KeyringError, RuntimeError) as error:
            log.info("Nothing was removed from the keyring: %s", type(error).__name__)
