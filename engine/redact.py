"""Keeps passwords out of messages and logs."""

from __future__ import annotations

import logging
import re

_MASK = "***"

# A password may hold "@", ":" and "/" unescaped, so user information reaches to the *last* "@" of
# the word. Where a "/" comes before the first "@" it can only be user information if a ":" comes
# before that "/": "http://host/logo@2x.png" has none. In doubt more is hidden, never less.
_USER_INFORMATION = re.compile(
    r"""
    (?P<scheme>\b[a-z][a-z0-9+.-]*://)
    (?:
        [^\s/?\#@]+ @ (?:\S*@)?                   # no "/" before the "@"
      | [^\s/?\#@:\[]* : \S* @                    # a "/" within the password
      | [^\s/?\#@:\[]+ : (?!\d{1,5}(?:[/?\#\s]|$))  # a blank within the password, not a port
        [^\n@]* @ (?:\S*@)?
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SECRET_PARAMETER = re.compile(
    r"(?P<name>[?&;](?:password|passwd|passphrase|pass|pwd|token|access_token|auth|key|api_?key"
    r"|secret|sig|signature)=)[^&;\s#'\"]+",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Return `text` with the user information and secret parameters of every URL masked.

    ``rtsp://admin:p@ss@10.0.0.7/live?token=abc`` becomes ``rtsp://***@10.0.0.7/live?token=***``.
    """
    text = _USER_INFORMATION.sub(rf"\g<scheme>{_MASK}@", text)
    return _SECRET_PARAMETER.sub(rf"\g<name>{_MASK}", text)


class RedactingFilter(logging.Filter):
    """Masks passwords in what a handler is about to write, traceback included.

    Add it to handlers rather than loggers: a logger's filter does not see its children's records.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite `record` in place; always let it through."""
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True
