"""Posts JSON to an address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.rules.model import RuleError

if TYPE_CHECKING:
    from engine.rules.model import Webhook
    from engine.rules.occasion import Occasion
    from engine.rules.secrets import Secrets


def post(action: Webhook, occasion: Occasion, secrets: Secrets) -> str:
    """Post what happened and return the answer's status.

    Raises
    ------
    RuleError
        When nobody answers, or with something else than 2xx. Only the host is named: paths of
        webhooks are secrets themselves, often.
    """
    # Encryption alone is 8 MB and a tenth of a second, which only those who post anything pay.
    import urllib.error
    import urllib.request

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        """Answers with the redirect itself: a token must not follow it to wherever it leads."""

        def redirect_request(self, *args: object, **more: object) -> None:
            """Refuse."""

    host = urlsplit(action.url).hostname or "?"
    headers = {"Content-Type": "application/json", "User-Agent": "longtake"}
    if action.secret is not None:
        headers["Authorization"] = f"Bearer {secrets.get(action.secret)}"
    request = urllib.request.Request(
        action.url, occasion.as_json().encode(), headers=headers, method="POST"
    )
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=action.timeout_s) as answer:
            return f"{host}: {answer.status}"
    except urllib.error.HTTPError as error:
        error.close()
        raise RuleError(f"{host} answered {error.code}.") from None
    except (OSError, ValueError) as error:
        # URLError is an OSError and may have the whole address in its text.
        reason = getattr(error, "reason", None)
        words = getattr(reason, "strerror", None) or type(reason or error).__name__
        raise RuleError(f"{host} cannot be reached: {words}.") from None
