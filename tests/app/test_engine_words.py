"""What the engine tells people is told in their language."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication

from app.banner import Banner
from app.i18n.engine_words import REASONS, SENTENCES, translated
from engine.errors import LongtakeError
from engine.sources import open_source
from engine.sources.opening import _REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

ENGINE = Path(__file__).parents[2] / "engine"
HEARD_IN_THE_WINDOW = (
    *("sources", "streams", "rules", "store", "persons", "pipeline.py", "adjustments.py"),
    *("sinks/part_file.py", "sinks/mp4.py", "sinks/remux.py", "bundle/loading.py"),
    *("lessons/viewing.py", "lessons/attach.py", "lessons/learning.py", "lessons/store.py"),
    "backends",
)
"""The rest of the engine speaks on the command line, or of a bundle that somebody forged."""
ERRORS = {"LongtakeError", "SourceError", "BundleError", "BackendError", "SinkError"} | {
    "RuleError",
    "TeachingError",
    "ImportError",
}


def template(node: ast.expr) -> str | None:
    """Return a literal with its values numbered, as in `SENTENCES`; None of anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    text, values = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            text, values = f"{text}{{{values}}}", values + 1
    return text


def said() -> Iterator[tuple[str, str]]:
    """Yield (module, sentence) of every error raised with a literal."""
    for name in HEARD_IN_THE_WINDOW:
        place = ENGINE / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                    texts = (template(one) for one in node.args)
                    yield from ((str(path.relative_to(ENGINE)), one) for one in texts if one)


def test_every_sentence_is_known() -> None:
    found = list(said())
    assert len(found) > 100
    known = set(SENTENCES)
    assert [one for one in found if one[1] not in known] == []
    assert set(_REASONS.values()) <= set(REASONS)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ('There is no file "a.mp4". Check the name.', "没有文件“a.mp4”。请检查名称。"),
        (
            '"rtsp://***@h/x" cannot be opened: the connection was refused.',
            "无法打开“rtsp://***@h/x”：连接被拒绝。",
        ),
        (
            '"door" was lost: no answer came in time. Trying again in 4 s.',
            "“door”连接中断：没有及时回应。4 秒后重试。",
        ),
        ("CPU, f32, 2 threads", "CPU，f32，2 线程"),
        ("there is no NVIDIA driver on this machine", "这台电脑没有 NVIDIA 驱动程序"),
        (
            "bf16 is not used, but f32. openvino: not tested here; run `longtake check-drift mine`",
            "未使用 bf16，改用 f32。openvino：尚未在本机测试；请运行 `longtake check-drift mine`",
        ),
        ("Something nobody wrote down.", "Something nobody wrote down."),
    ],
)
def test_values_are_put_in(
    translated_into: Callable[[str], None], english: str, chinese: str
) -> None:
    assert translated(english) == english
    translated_into("zh")
    assert translated(english) == chinese


@pytest.fixture
def translated_into(translated: Callable[[str], None]) -> Callable[[str], None]:
    """The fixture `translated`, whose name the function under test has, too."""
    return translated


def test_the_banner_speaks_chinese(
    qtbot: QtBot, translated_into: Callable[[str], None], tmp_path: Path
) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(LongtakeError) as told:
        open_source(tmp_path / "empty.mp4")
    translated_into("zh")
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_error(told.value.message, told.value.hint)
    assert banner.text == "“empty.mp4”是空文件（0 字节）。 请从来源重新复制。"
    assert QCoreApplication.translate("Engine", SENTENCES[0]) != SENTENCES[0]
