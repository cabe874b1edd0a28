"""Keeps what rules name in step with the zones and lines there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.rules.model import Crosses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.rules.model import Line, Rule, Zone


def renamed(rules: Iterable[Rule], old: str, new: str) -> list[Rule]:
    """Return rules that say `new` wherever they said `old`."""
    return [_with_region(rule, new) if _region(rule) == old else rule for rule in rules]


def without_missing_zones(rules: Iterable[Rule], zones: Sequence[Zone]) -> list[Rule]:
    """Return rules that look anywhere where their zone is gone."""
    there = {zone.name for zone in zones}
    return [
        rule
        if isinstance(rule.when, Crosses) or _region(rule) in {None, *there}
        else _with_region(rule, None)
        for rule in rules
    ]


def without_line(rules: Iterable[Rule], lines: Sequence[Line]) -> list[str]:
    """Return the names of the rules whose line is gone."""
    there = {line.name for line in lines}
    return [
        rule.name
        for rule in rules
        if isinstance(rule.when, Crosses) and rule.when.line not in there
    ]


def _region(rule: Rule) -> str | None:
    return rule.when.line if isinstance(rule.when, Crosses) else rule.when.zone


def _with_region(rule: Rule, name: str | None) -> Rule:
    key = "line" if isinstance(rule.when, Crosses) else "zone"
    return rule.model_copy(update={"when": rule.when.model_copy(update={key: name})})
