"""Which photographs are filmed again, and how often."""

from collections import Counter
from pathlib import Path

import numpy as np

from models.data.boxes import COCO_NAMES, BoxLabels, BoxPicture
from models.data.boxes_seldom import seldom_shown

PERSON, ZEBRA, SPOON = (COCO_NAMES.index(name) for name in ("person", "zebra", "spoon"))


def picture(name: str, *shown: int, score: float = 1.0, ignored: bool = False) -> BoxPicture:
    count = len(shown)
    labels = BoxLabels(
        np.tile(np.array([[0.1, 0.1, 0.6, 0.6]], np.float32), (count, 1)),
        np.array(shown, np.int64),
        np.full(count, score, np.float32),
        np.full(count, ignored),
    )
    return BoxPicture(Path(name), labels)


def crowd(count: int) -> list[BoxPicture]:
    return [picture(f"{number}.jpg", PERSON) for number in range(count)]


def test_what_few_pictures_show_is_filmed_more_often_by_the_root_of_its_share() -> None:
    pictures = [*crowd(798), picture("zebra.jpg", PERSON, ZEBRA), picture("two.jpg", ZEBRA)]
    # Zebras in 2 of 800: sqrt(0.05 / 0.0025) = 4.5, the first time being counted elsewhere.
    assert Counter(p.path.name for p in seldom_shown(pictures)) == {"zebra.jpg": 3, "two.jpg": 3}


def test_a_single_picture_is_not_filmed_without_end() -> None:
    again = seldom_shown([*crowd(50_000), picture("zebra.jpg", ZEBRA)])
    assert len(again) == 7


def test_a_teacher_less_sure_is_believed_where_there_is_hardly_anything_else() -> None:
    unsure = picture("spoon.jpg", SPOON, PERSON, score=0.25, ignored=True)
    again = seldom_shown([*crowd(799), unsure])
    assert {p.path.name for p in again} == {"spoon.jpg"}
    assert again[0].labels.ignored.tolist() == [False, True]
    nearly_nothing = picture("spoon.jpg", SPOON, score=0.15, ignored=True)
    assert not seldom_shown([*crowd(799), nearly_nothing])


def test_where_nothing_is_known_nothing_is_filmed_again() -> None:
    assert not seldom_shown([picture("empty.jpg"), *crowd(3)])
    assert not seldom_shown([])
