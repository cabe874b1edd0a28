"""Rules as a consumer of results: they watch one stream."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.rules.clips import LiveClips, RecordingClips, clip_stem
from engine.rules.conditions import Judge
from engine.rules.model import RuleError, SaveClip
from engine.rules.occasion import Occasion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.rules.clips import Clips
    from engine.rules.dispatch import Dispatcher
    from engine.rules.model import Rule, RuleBook
    from models.spec import HeadSpec


class RuleSink:
    """A `Sink` that watches for what rules are about. Never waits for what they do.

    Parameters
    ----------
    recording
        The file that is analysed, from which clips are copied; None keeps the last seconds.
    acting
        False: that a rule fired is noted in the log, and nothing is done.
    """

    def __init__(
        self,
        book: RuleBook,
        heads: Sequence[HeadSpec],
        source: str,
        dispatcher: Dispatcher,
        *,
        recording: Path | None = None,
        acting: bool = True,
    ) -> None:
        self._heads, self._source, self._dispatcher = tuple(heads), source, dispatcher
        self._recording = recording
        self._lock = threading.Lock()
        self._clips: Clips | None = None
        self._over = False
        self.set_book(book, acting=acting)

    @property
    def over(self) -> bool:
        """Whether the stream has ended."""
        return self._over

    def set_book(self, book: RuleBook, *, acting: bool) -> None:
        """Follow other rules from the next frame on; from any thread."""
        judge = Judge(book, self._heads)
        clips = self._make_clips(book) if acting and not self._over else None
        with self._lock:
            old, self._clips = self._clips, clips
            self._judge, self._acting = judge, acting
        if old is not None:
            old.close()
        for name in judge.unknown:
            text = "Never fires: this model does not know the label."
            self._dispatcher.log.add(name, "", text, failed=True)

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Judge one frame."""
        with self._lock:
            judge, clips, acting = self._judge, self._clips, self._acting
        if clips is not None:
            clips.put(frame)
        size = (frame.picture.width, frame.picture.height)
        for rule, detail in judge.update(result, size):
            self._fire(rule, detail, result.pts_s, clips, acting)

    def close(self) -> None:
        """End: the stream is over; actions under way go on."""
        self._over = True
        with self._lock:
            clips, self._clips = self._clips, None
        if clips is not None:
            clips.close()

    def abort(self) -> None:
        """As `close`: a clip is worth having when the stream broke off, too."""
        self.close()

    def _fire(
        self, rule: Rule, detail: str, pts_s: float, clips: Clips | None, acting: bool
    ) -> None:
        at = datetime.now(UTC).astimezone()
        if not acting:
            self._dispatcher.log.add(rule.name, "", f"{pts_s:.2f} s: {detail} (nothing done)")
            return
        # Begun here, by the stream's time; written by whoever does the rule's actions.
        begun: dict[SaveClip, Callable[[Path], Path]] = {}
        for action in rule.then:
            if isinstance(action, SaveClip) and clips is not None:
                begun[action] = clips.begin(action, pts_s)

        def save(action: SaveClip) -> Path:
            if action not in begun:
                raise RuleError("There is no clip: the stream was over.")
            return begun[action](clip_stem(action, rule.name, at))

        self._dispatcher.submit(rule, Occasion(rule.name, self._source, pts_s, at, detail, save))

    def _make_clips(self, book: RuleBook) -> Clips:
        if self._recording is not None:
            return RecordingClips(self._recording)
        wanted = [
            action.before_s
            for rule in book.rules
            if rule.enabled
            for action in rule.then
            if isinstance(action, SaveClip)
        ]
        return LiveClips(max(wanted, default=-1.0))
