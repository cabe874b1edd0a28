"""Joints from a teacher, for pictures of people that nobody labelled.

The teacher (BlazePose: Bazarevsky et al., arXiv 2006.10204, as packed in MediaPipe, Apache-2.0)
wants older versions of half of what Longtake needs, so this file is run by a Python of its own and
imports nothing from here::

    python3 -m venv cache/teacher && cache/teacher/bin/pip install mediapipe==0.10.9
    cache/teacher/bin/python models/data/body_teacher.py cache/body

It answers every ``<set>.boxes.json`` in the folder, see `models.data.body_pictures`, with a
``<set>.joints.json``: for each picture and each of its boxes 13 rows of x, y in pixels and how sure
the teacher is, 0 to 1; or null where it finds nobody.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import cv2
import mediapipe  # type: ignore[import-not-found]
import numpy as np

# Of its 33 landmarks: nose, shoulders, elbows, wrists, hips, knees, ankles.
_LANDMARKS = (0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
_SIDE = 256
_MARGIN = 0.65
_GREY = (114, 114, 114)


def main(folder: Path) -> None:
    """Answer every request in `folder` that has no answer yet."""
    teacher = mediapipe.solutions.pose.Pose(
        static_image_mode=True, model_complexity=1, min_detection_confidence=0.3
    )
    for request in sorted(folder.glob("*.boxes.json")):
        answer = request.with_name(request.name.replace(".boxes.", ".joints."))
        if answer.exists():
            continue
        asked = json.loads(request.read_text(encoding="utf-8"))
        told = {
            name: [_joints(teacher, cv2.imread(str(folder / name)), box) for box in boxes]
            for name, boxes in asked.items()
        }
        answer.write_text(json.dumps(told), encoding="utf-8")
        print(f"{answer}: {len(told)} pictures")


def _joints(teacher: Any, picture: Any, box: list[float]) -> list[list[float]] | None:
    """Look at a square around the box, large enough to see; None if nobody is found."""
    left, top, right, bottom = box
    half = max(right - left, bottom - top) * _MARGIN + 4
    x, y = (left + right) / 2 - half, (top + bottom) / 2 - half
    scale = _SIDE / (2 * half)
    matrix = np.array([[scale, 0, -x * scale], [0, scale, -y * scale]], np.float32)
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    square = cv2.warpAffine(picture, matrix, (_SIDE, _SIDE), flags=how, borderValue=_GREY)
    found = teacher.process(cv2.cvtColor(square, cv2.COLOR_BGR2RGB)).pose_landmarks
    if found is None:
        return None
    marks = [found.landmark[index] for index in _LANDMARKS]
    return [
        [round(x + m.x * 2 * half, 2), round(y + m.y * 2 * half, 2), round(m.visibility, 3)]
        for m in marks
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
