"""Does what rules say, in threads of its own, so that no stream waits for it."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from engine.errors import LongtakeError
from engine.rules.actions import PERFORMERS
from engine.rules.model import SaveClip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.rules.actions import Perform
    from engine.rules.model import Action, Rule
    from engine.rules.occasion import Occasion, RuleLog
    from engine.rules.secrets import Secrets

log = logging.getLogger(__name__)

_THREADS: Final = 4
_MOST_WAITING: Final = 64


class Dispatcher:
    """Performs actions and notes in the log how each went.

    Where more wait than anybody will want done, further ones are refused, and the log says so.

    Parameters
    ----------
    performers
        Instead of those of `engine.rules.actions`, by the name of the action.
    """

    def __init__(
        self, rule_log: RuleLog, secrets: Secrets, performers: Mapping[str, Perform] | None = None
    ) -> None:
        self.log = rule_log
        self._secrets = secrets
        self._performers = {**PERFORMERS, **(performers or {})}
        # Clips wait for the stream to go on; nothing else has to wait for them.
        self._clip_pool = ThreadPoolExecutor(_THREADS, "longtake-rule-clips")
        self._pool = ThreadPoolExecutor(_THREADS, "longtake-rules")
        self._settled = threading.Condition()
        self._waiting = 0

    def submit(self, rule: Rule, occasion: Occasion) -> None:
        """Note that `rule` fired, and do what it says soon. Never waits."""
        self.log.add(rule.name, "", f"{occasion.pts_s:.2f} s: {occasion.detail}")
        for action in rule.then:
            with self._settled:
                full = self._waiting >= _MOST_WAITING
                self._waiting += not full
            if full:
                text = "Not done: too much is waiting already."
                self.log.add(rule.name, action.do, text, failed=True)
                continue
            try:
                pool = self._clip_pool if isinstance(action, SaveClip) else self._pool
                pool.submit(self._do, rule, action, occasion)
            except RuntimeError:  # shut down meanwhile
                self._leave()

    def wait(self, timeout_s: float) -> bool:
        """Wait until everything is done; False when it was not in time."""
        with self._settled:
            return self._settled.wait_for(lambda: self._waiting == 0, timeout_s)

    def close(self, timeout_s: float = 0.0) -> None:
        """Wait at most so long, and refuse everything from now on."""
        self.wait(timeout_s)
        for pool in (self._pool, self._clip_pool):
            pool.shutdown(wait=False, cancel_futures=True)

    def _do(self, rule: Rule, action: Action, occasion: Occasion) -> None:
        try:
            text = self._performers[action.do](action, occasion, self._secrets)
            self.log.add(rule.name, action.do, text)
        except LongtakeError as error:
            self.log.add(rule.name, action.do, str(error), failed=True)
        except Exception as error:
            # Whatever goes wrong must be seen: nobody collects what this thread raises.
            log.exception("A defect in Longtake stopped an action")
            self.log.add(rule.name, action.do, f"Longtake itself failed: {error!r}", failed=True)
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._settled:
            self._waiting -= 1
            self._settled.notify_all()
