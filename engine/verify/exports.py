"""What was seen is what is exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.verify.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.verify.playing import Seen

CHECK: Final = "live versus export"


def check_exports(
    exported: Sequence[Seen], shown: Sequence[Seen], files: tuple[Path, Path]
) -> Outcome:
    """Compare every frame of an export with the same one as the window showed it.

    Parameters
    ----------
    exported, shown
        One line per frame.
    files
        The label files that both wrote.
    """
    different = sum(one != other for one, other in zip(exported, shown, strict=False))
    different += abs(len(exported) - len(shown))
    same_files = files[0].read_bytes() == files[1].read_bytes()
    detail = f"{len(exported) - different} of {len(exported)} frames identical"
    detail += ", and so are the label files" if same_files else "; the label files differ"
    return Outcome.judged(
        CHECK,
        not different and same_files,
        detail,
        {"frames": float(len(exported)), "different": float(different)},
    )
