"""Spoils bytes and JSON at random, the same way for the same seed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random

_NASTY_NUMBERS: Final = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 1 << 31, (1 << 32) - 1, (1 << 63) - 1)
_NASTY_VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    0,
    1 << 31,
    1 << 63,
    10**400,
    1e308,
    -0.0,
    "",
    "../../etc/passwd",
    "\x00",
    "\ud83d\ude00" * 50,
    [],
    {},
    [[[[]]]],
    "a" * 5000,
)


def mutate_bytes(data: bytes, dice: random.Random) -> bytes:
    """Return `data` with one to six changes."""
    spoilt = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        dice.choice(_BYTE_CHANGES)(spoilt, dice)
    return bytes(spoilt)


def _flip(data: bytearray, dice: random.Random) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _replace(data: bytearray, dice: random.Random) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.randrange(256)


def _number(data: bytearray, dice: random.Random) -> None:
    width = dice.choice((1, 2, 4, 8))
    place = dice.randint(0, len(data))
    value = dice.choice(_NASTY_NUMBERS) & ((1 << 8 * width) - 1)
    data[place : place + width] = value.to_bytes(width, "little")


def _remove(data: bytearray, dice: random.Random) -> None:
    place = dice.randint(0, len(data))
    del data[place : place + dice.randint(1, 64)]


def _repeat(data: bytearray, dice: random.Random) -> None:
    place = dice.randint(0, len(data))
    piece = data[place : place + dice.randint(1, 256)]
    data[place:place] = piece * dice.randint(1, 8)


def _insert(data: bytearray, dice: random.Random) -> None:
    place = dice.randint(0, len(data))
    data[place:place] = dice.randbytes(dice.randint(1, 32))


def _cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randint(0, len(data)) :]


_BYTE_CHANGES: Final = (_flip, _replace, _number, _remove, _repeat, _insert, _flip, _replace, _cut)


def mutate_json(text: bytes, dice: random.Random) -> bytes:
    """Return the JSON `text` with one to three values replaced, removed or renamed."""
    tree = json.loads(text)
    for _ in range(dice.randint(1, 3)):
        _change_one(tree, dice)
    return json.dumps(tree).encode("utf-8", "surrogatepass")


def _change_one(tree: Any, dice: random.Random) -> None:
    place = dice.choice(list(_places(tree)))
    holder, key = place
    if key not in holder if isinstance(holder, dict) else key >= len(holder):
        return
    change = dice.randrange(4)
    if change == 0:
        del holder[key]
    elif change == 1 and isinstance(holder, dict):
        holder[dice.choice(("", "surprise", str(key) * 2, "\x1b[2J"))] = holder.pop(key)
    elif change == 2 and isinstance(holder, list):
        copies = dice.choice((1, 3, 3000))
        holder.extend([deepcopy(holder[key])] * copies)
    else:
        # A copy, or a change to it would reach all later cases.
        holder[key] = deepcopy(dice.choice(_NASTY_VALUES))


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Return holder and key of every value in `tree`."""
    found: list[tuple[Any, Any]] = []
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in pairs:
        found.append((tree, key))
        if isinstance(value, dict | list) and value:
            found.extend(_places(value))
    return found or [({"": 0}, "")]
