"""Proof on a recording that memory can be trusted: `longtake verify`."""

from engine.verify.outcome import Outcome, Verdict
from engine.verify.running import VerifyOptions, verify

__all__ = ["Outcome", "Verdict", "VerifyOptions", "verify"]
