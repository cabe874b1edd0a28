"""What the engine tells people, in the language of the window.

The engine knows no Qt and speaks English, with names and numbers within its sentences. Here are the
sentences that the window can come to show, so that they are translated like all else; a test looks
for those that are missing.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_CONTEXT: Final = "Engine"
_PLACE: Final = re.compile(r"\\\{\d\\\}")
_VALUE: Final = r"((?:(?![.!] [A-Z]).)+)"
"""Anything within one sentence."""

SENTENCES: Final[tuple[Any, ...]] = (
    QT_TRANSLATE_NOOP("Engine", "There is no name to open."),
    QT_TRANSLATE_NOOP("Engine", "Give a file, a folder or an address."),
    QT_TRANSLATE_NOOP("Engine", 'There is no file "{0}", nor do addresses begin with "{1}:".'),
    QT_TRANSLATE_NOOP("Engine", "Known are {0} and {1}."),
    QT_TRANSLATE_NOOP("Engine", 'There is no file "{0}".'),
    QT_TRANSLATE_NOOP("Engine", "Check the name."),
    QT_TRANSLATE_NOOP("Engine", '"{0}" is empty (0 bytes).'),
    QT_TRANSLATE_NOOP("Engine", "Copy it again from its origin."),
    QT_TRANSLATE_NOOP("Engine", "Choose a video file."),
    QT_TRANSLATE_NOOP(
        "Engine",
        "The recording seems to be cut short or damaged; copy it again from its origin.",
    ),
    QT_TRANSLATE_NOOP("Engine", '"{0}" is damaged beyond reading: {1}.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" has no time stamps to go by.'),
    QT_TRANSLATE_NOOP("Engine", "Play it instead."),
    QT_TRANSLATE_NOOP("Engine", '"{0}" has no picture that can be decoded: {1}.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" cannot be read: {1}.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" cannot be opened: {1}.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" cannot be opened.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" holds {1}.'),
    QT_TRANSLATE_NOOP("Engine", "Choose a file with moving pictures."),
    QT_TRANSLATE_NOOP("Engine", '"{0}" is coded in a way that cannot be decoded here.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" is encrypted.'),
    QT_TRANSLATE_NOOP("Engine", "Open an unprotected copy."),
    QT_TRANSLATE_NOOP("Engine", '"{0}" sends no picture that can be decoded.'),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Check the address, the user name and the password, and that the device is on.",
    ),
    QT_TRANSLATE_NOOP("Engine", "No camera was found."),
    QT_TRANSLATE_NOOP("Engine", "Plug one in, or open a file instead."),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Check that it is plugged in, not in use elsewhere, and that you may use it.",
    ),
    QT_TRANSLATE_NOOP("Engine", '"camera:{0}" asks for a mode that cannot be understood.'),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Write camera:/dev/video0?size=1280x720&rate=30, as longtake devices lists them.",
    ),
    QT_TRANSLATE_NOOP("Engine", "Under Wayland no program may look at the screen."),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Log in with an X11 session, or record the screen with the desktop's own recorder "
        "and open the file.",
    ),
    QT_TRANSLATE_NOOP("Engine", "There is no screen here."),
    QT_TRANSLATE_NOOP("Engine", "Start it within a desktop session."),
    QT_TRANSLATE_NOOP("Engine", '"screen:{0}" is no part of the screen.'),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Write screen: for all of it, or screen:640x480+100+50 for a part.",
    ),
    QT_TRANSLATE_NOOP("Engine", '"screen:{0}" is too small to see anything.'),
    QT_TRANSLATE_NOOP("Engine", "Take at least {0} x {1} pixels."),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Check that the part lies on the screen, and that programs may look at it.",
    ),
    QT_TRANSLATE_NOOP("Engine", "On a Mac a part of the screen cannot be captured."),
    QT_TRANSLATE_NOOP("Engine", "Open screen:"),
    QT_TRANSLATE_NOOP("Engine", "Write a filter graph such as testsrc2=size=640x480:rate=30."),
    QT_TRANSLATE_NOOP("Engine", '"{0}" cannot go to {1} s: it is not a file.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" broke off: {1}.'),
    QT_TRANSLATE_NOOP("Engine", "Open it again."),
    QT_TRANSLATE_NOOP("Engine", '"{0}" was lost: {1}.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" was lost: {1}. Trying again in {2} s.'),
    QT_TRANSLATE_NOOP("Engine", '"{0}" cannot be opened: {1}. Trying again in {2} s.'),
    QT_TRANSLATE_NOOP("Engine", 'No image in "{0}" can be read.'),
    QT_TRANSLATE_NOOP("Engine", "They may be damaged."),
    QT_TRANSLATE_NOOP("Engine", 'There are no images in the folder "{0}".'),
    QT_TRANSLATE_NOOP("Engine", "Looked for {0}."),
    QT_TRANSLATE_NOOP("Engine", 'The folder "{0}" cannot be read: {1}.'),
    QT_TRANSLATE_NOOP("Engine", "CPU, {0}, 1 thread"),
    QT_TRANSLATE_NOOP("Engine", "CPU, {0}, {1} threads"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be searched: it has no past."),
    QT_TRANSLATE_NOOP("Engine", "{0} is watched live and cannot go to {1} s."),
    QT_TRANSLATE_NOOP("Engine", "The model was closed while a stream waited for it."),
    QT_TRANSLATE_NOOP("Engine", "The stream stopped."),
    QT_TRANSLATE_NOOP("Engine", "Longtake itself failed: {0}."),
    QT_TRANSLATE_NOOP("Engine", "Please report this."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be written: {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be read: {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be read."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be read: it is damaged."),
    QT_TRANSLATE_NOOP("Engine", "The disk is full: {0} could not be written to the end."),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Free some space; what was written so far lies beside it as .part.",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} is a folder."),
    QT_TRANSLATE_NOOP("Engine", "Name a file in it."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be written: there is no folder {1}."),
    QT_TRANSLATE_NOOP("Engine", "Make it, or choose another place."),
    QT_TRANSLATE_NOOP("Engine", "{0} is the recording itself and would be overwritten."),
    QT_TRANSLATE_NOOP("Engine", "Choose another name for the export."),
    QT_TRANSLATE_NOOP("Engine", "{0} was not written: there was no picture to export."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be copied: its streams do not fit into Matroska."),
    QT_TRANSLATE_NOOP("Engine", "Export it as MP4 instead."),
    QT_TRANSLATE_NOOP("Engine", "There is no model bundle {0}."),
    QT_TRANSLATE_NOOP("Engine", "Installed: {0}; a folder's path works too."),
    QT_TRANSLATE_NOOP("Engine", "The folder {0} is no model bundle: it has no {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} is damaged or was altered: its sha256 is not the manifest's."),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Install the bundle again, or choose another one: `longtake bundles` lists them.",
    ),
    QT_TRANSLATE_NOOP("Engine", "Do not use it."),
    QT_TRANSLATE_NOOP(
        "Engine",
        "The bundle {0} was made for a newer Longtake (schema {1}, this one reads {2}).",
    ),
    QT_TRANSLATE_NOOP("Engine", "Update Longtake."),
    QT_TRANSLATE_NOOP("Engine", "There is no backend {0}."),
    QT_TRANSLATE_NOOP("Engine", "Known: {0}, {1}."),
    QT_TRANSLATE_NOOP("Engine", "The backend {0} is not available: {1}."),
    QT_TRANSLATE_NOOP("Engine", "`longtake doctor` lists what is."),
    QT_TRANSLATE_NOOP("Engine", "PyTorch runs all heads of a model, and some are switched off."),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Switch them on among the model bundles, or choose another backend.",
    ),
    QT_TRANSLATE_NOOP("Engine", "OpenVINO failed on a frame: {0}"),
    QT_TRANSLATE_NOOP("Engine", "ONNX Runtime failed on a frame: {0}"),
    QT_TRANSLATE_NOOP("Engine", "OpenVINO cannot load the model {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "ONNX Runtime cannot load the model {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "PyTorch cannot load the model {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "PyTorch failed on a frame: {0}"),
    QT_TRANSLATE_NOOP("Engine", "The model {0} cannot run {1} without its other heads: {2}"),
    QT_TRANSLATE_NOOP("Engine", "ONNX Runtime cannot use {0} on this machine."),
    QT_TRANSLATE_NOOP("Engine", "This processor has no bf16."),
    QT_TRANSLATE_NOOP("Engine", "Use f32 or int8."),
    QT_TRANSLATE_NOOP("Engine", "The model was released."),
    QT_TRANSLATE_NOOP("Engine", "The memory {0} has the shape {1} instead of {2}."),
    QT_TRANSLATE_NOOP("Engine", "The graphics card failed: {0} returned {1}."),
    QT_TRANSLATE_NOOP("Engine", "The graphics card failed on a frame."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot load the plan on this card."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot read the graph: {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot build a plan for {1}: {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} builds no plans for {1} in advance."),
    QT_TRANSLATE_NOOP("Engine", "Known: {0}; {1} is the card in this machine."),
    QT_TRANSLATE_NOOP("Engine", "Plans cannot be kept in {0}: {1}."),
    QT_TRANSLATE_NOOP("Engine", "Delete the folder, or set LONGTAKE_CACHE_DIR."),
    QT_TRANSLATE_NOOP("Engine", "The plan {0} cannot be kept: {1}."),
    QT_TRANSLATE_NOOP("Engine", "There are no plans in bf16."),
    QT_TRANSLATE_NOOP("Engine", "Choose f32, fp16 or int8."),
    QT_TRANSLATE_NOOP(
        "Engine", "The model {0} has no part that looks at frames alone, so it has no fp16 plan."
    ),
    QT_TRANSLATE_NOOP("Engine", "Choose f32."),
    QT_TRANSLATE_NOOP("Engine", '"{0}" has no picture from {1} s on.'),
    QT_TRANSLATE_NOOP("Engine", "Choose another part."),
    QT_TRANSLATE_NOOP("Engine", "The lesson {0} was taught with another version of the model {1}."),
    QT_TRANSLATE_NOOP("Engine", "Open Teach and learn it again from its takes."),
    QT_TRANSLATE_NOOP("Engine", "The bundle {0} has a head {1} already."),
    QT_TRANSLATE_NOOP("Engine", "Name each lesson once, and none like a head."),
    QT_TRANSLATE_NOOP("Engine", "Choose a bundle with an action head."),
    QT_TRANSLATE_NOOP("Engine", "A lesson cannot be named {0}."),
    QT_TRANSLATE_NOOP("Engine", "Its name needs at least one letter."),
    QT_TRANSLATE_NOOP("Engine", "Give the lesson another name."),
    QT_TRANSLATE_NOOP("Engine", "The bundle {0} has no lesson {1}."),
    QT_TRANSLATE_NOOP("Engine", "There are: {0}."),
    QT_TRANSLATE_NOOP("Engine", "{0} does not fit its manifest."),
    QT_TRANSLATE_NOOP("Engine", "Teach it again, or import a sound copy."),
    QT_TRANSLATE_NOOP("Engine", "The lesson {0} was made by a newer Longtake."),
    QT_TRANSLATE_NOOP("Engine", "The lesson {0} lacks the take {1}."),
    QT_TRANSLATE_NOOP("Engine", "The lesson cannot be saved in {0}: {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be deleted: {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} is no lesson: {1}: {2}."),
    QT_TRANSLATE_NOOP("Engine", "This cannot be learnt: {0}."),
    QT_TRANSLATE_NOOP("Engine", "Record what is none of the actions, or a second action."),
    QT_TRANSLATE_NOOP("Engine", "There is no model to keep it for."),
    QT_TRANSLATE_NOOP("Engine", "{0} holds no rules that Longtake can follow: {1}: {2}."),
    QT_TRANSLATE_NOOP("Engine", "docs/rules.md describes them; the Rules dialog writes them."),
    QT_TRANSLATE_NOOP("Engine", 'There is no secret called "{0}".'),
    QT_TRANSLATE_NOOP("Engine", "Enter it in the Rules dialog, or set {0}."),
    QT_TRANSLATE_NOOP("Engine", "There is no clip: the stream was over."),
    QT_TRANSLATE_NOOP("Engine", "There is no clip: no frame of it was kept."),
    QT_TRANSLATE_NOOP("Engine", "There is no clip: nothing was kept of the stream."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be made: {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} answered {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be reached: {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be run: {1}."),
    QT_TRANSLATE_NOOP("Engine", "{0} was ended: it took over {1} s."),
    QT_TRANSLATE_NOOP("Engine", "{0} does not answer."),
    QT_TRANSLATE_NOOP("Engine", "{0} refuses: {1}."),
    QT_TRANSLATE_NOOP("Engine", "Longtake cannot talk to MQTT brokers here."),
    QT_TRANSLATE_NOOP("Engine", 'Install what is missing: pip install "longtake[mqtt]"'),
    QT_TRANSLATE_NOOP("Engine", "{0} did not take the message in time."),
    QT_TRANSLATE_NOOP("Engine", "{0} did not take the message: {1}."),
    QT_TRANSLATE_NOOP("Engine", "Nothing here can play a sound: there is none of {0}."),
    QT_TRANSLATE_NOOP("Engine", "Messages cannot be shown here: there is no notify-send."),
    QT_TRANSLATE_NOOP("Engine", "{0} did not work."),
    QT_TRANSLATE_NOOP("Engine", "{0} was made by a newer Longtake."),
    QT_TRANSLATE_NOOP("Engine", "What was seen cannot be kept in {0}: {1}."),
    QT_TRANSLATE_NOOP("Engine", "Move the file away to begin a new one."),
    QT_TRANSLATE_NOOP("Engine", "The model {0} {1}, so that no person can have a memory."),
    QT_TRANSLATE_NOOP("Engine", "Choose another one: `longtake bundles` lists them."),
    # Of runtimes and fast precisions, where speeds are listed.
    QT_TRANSLATE_NOOP("Engine", 'not installed; `pip install "longtake[tensorrt-rtx]"`'),
    QT_TRANSLATE_NOOP("Engine", "there is no NVIDIA driver on this machine"),
    QT_TRANSLATE_NOOP("Engine", "there is no NVIDIA card in this machine"),
    QT_TRANSLATE_NOOP("Engine", "ONNX Runtime {0} here has no {1}; the package {2} brings it"),
    QT_TRANSLATE_NOOP("Engine", "No module named {0}"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} is not used, but f32. {1}: not tested here; run `longtake check-drift {2}`",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} is not used, but f32. {1}: the model has changed since it was tested; "
        "run `longtake check-drift` again",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} is not used, but f32. {1}: tested on another processor or version; "
        "run `longtake check-drift` again",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} is not used, but f32. {1}"),
)

REASONS: Final[tuple[Any, ...]] = (
    QT_TRANSLATE_NOOP("Engine", "no answer came in time"),
    QT_TRANSLATE_NOOP("Engine", "there is nothing there"),
    QT_TRANSLATE_NOOP("Engine", "access is denied"),
    QT_TRANSLATE_NOOP("Engine", "the connection was refused"),
    QT_TRANSLATE_NOOP("Engine", "the connection was reset"),
    QT_TRANSLATE_NOOP("Engine", "it is damaged or no video"),
    QT_TRANSLATE_NOOP("Engine", "the stream ended"),
    QT_TRANSLATE_NOOP("Engine", "the server does not understand the address"),
    QT_TRANSLATE_NOOP("Engine", "the user name or password is missing or wrong"),
    QT_TRANSLATE_NOOP("Engine", "the server has nothing there"),
    QT_TRANSLATE_NOOP("Engine", "the server has a fault"),
    QT_TRANSLATE_NOOP("Engine", "this kind of address is not supported"),
    QT_TRANSLATE_NOOP("Engine", "this container format is not supported"),
    QT_TRANSLATE_NOOP("Engine", "the device is busy"),
    QT_TRANSLATE_NOOP("Engine", "it cannot be reached"),
    QT_TRANSLATE_NOOP("Engine", "nobody knows why"),
    QT_TRANSLATE_NOOP("Engine", "this computer does not support it"),
    QT_TRANSLATE_NOOP("Engine", "it is not readable"),
    QT_TRANSLATE_NOOP("Engine", "only sound"),
    QT_TRANSLATE_NOOP("Engine", "no pictures"),
    QT_TRANSLATE_NOOP("Engine", "permission denied"),
    QT_TRANSLATE_NOOP("Engine", "no such file or directory"),
    QT_TRANSLATE_NOOP("Engine", "is a directory"),
    QT_TRANSLATE_NOOP("Engine", "no space left on device"),
    QT_TRANSLATE_NOOP("Engine", "read-only file system"),
    QT_TRANSLATE_NOOP("Engine", "file name too long"),
    QT_TRANSLATE_NOOP("Engine", "input/output error"),
    QT_TRANSLATE_NOOP("Engine", "connection refused"),
    QT_TRANSLATE_NOOP("Engine", "name or service not known"),
)
"""What stands within sentences, after a colon mostly."""


def translated(text: str) -> str:
    """Return a sentence of the engine's, or two, in the window's language; unknown ones as is."""
    if not text or _here(SENTENCES[0]) == SENTENCES[0]:
        return text  # the window speaks English
    parts = (_whole(part) or part for part in _SENTENCE_END.split(text))
    return _whole(text) or " ".join(parts).replace("。 ", "。")


def _whole(text: str) -> str | None:
    for template, pattern in _patterns():
        if (match := pattern.fullmatch(text)) is not None:
            return _here(template).format(*(_here(value) for value in match.groups()))
    return None


def _here(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


_SENTENCE_END: Final = re.compile(r"(?<=[.!]) (?=[A-Z])")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return each sentence and how to recognise it; those that say most come first."""
    ordered = sorted(SENTENCES, key=lambda one: -len(one))
    return tuple((one, _pattern(one)) for one in ordered)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(lambda _: _VALUE, re.escape(template)), re.DOTALL)
