"""Runs a program."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

from engine.rules.model import RuleError

if TYPE_CHECKING:
    from engine.rules.model import RunCommand
    from engine.rules.occasion import Occasion
    from engine.rules.secrets import Secrets

_LONGEST_OUTPUT: Final = 200


def run_command(action: RunCommand, occasion: Occasion, secrets: Secrets) -> str:
    """Run it to its end and return the last line that it printed.

    Raises
    ------
    RuleError
        When there is no such program, it fails, or it takes too long; it is ended then.
    """
    program = os.path.basename(action.command[0])
    environment = os.environ | {
        "LONGTAKE_RULE": occasion.rule,
        "LONGTAKE_SOURCE": occasion.source,
        "LONGTAKE_TIME_S": f"{occasion.pts_s:.3f}",
        "LONGTAKE_DETAIL": occasion.detail,
        "LONGTAKE_JSON": occasion.as_json(),
    }
    try:
        done = subprocess.run(
            action.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=action.timeout_s,
            check=False,
        )
    except OSError as error:
        raise RuleError(f"{program} cannot be run: {error.strerror or error}.") from None
    except subprocess.TimeoutExpired:
        raise RuleError(f"{program} was ended: it took over {action.timeout_s:g} s.") from None
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    last = lines[-1][:_LONGEST_OUTPUT] if lines else ""
    if done.returncode:
        raise RuleError(f"{program} failed with {done.returncode}. {last}".strip())
    return f"{program}: {last}" if last else program
