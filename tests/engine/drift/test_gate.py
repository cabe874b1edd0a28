"""A faster variant runs only where it was shown to say the same."""

from __future__ import annotations

import pytest

from engine.backends import create_backend
from engine.backends.precision import Precision
from engine.drift.gate import pass_gate, standings
from engine.drift.measure import DriftOptions, measure_drift
from engine.drift.store import read_report, report_path, variant_folder, write_report
from engine.errors import BackendError, BundleError

BACKEND = "onnxruntime"


def run(bundle, clip, frames=120):
    report = measure_drift(bundle, DriftOptions((clip,), Precision.INT8, BACKEND, frames))
    write_report(bundle, report)
    return report


def falls_back(bundle, *, because):
    passage = pass_gate(bundle, BACKEND, "int8")
    assert passage.precision is Precision.F32
    assert passage.bundle is bundle
    assert because in passage.reason
    assert "f32" in create_backend(bundle, BACKEND, precision="int8").device


def test_the_same_arithmetic_passes_and_is_used(bundle, clip, make_variant):
    make_variant()
    report = run(bundle, clip)
    assert report.passed
    assert report.heads["actions"].events > 0
    assert report.boxes.boxes == 2 * report.frames
    assert min(drift.mean for drift in report.memory.values()) == pytest.approx(1)
    assert "int8" in create_backend(bundle, BACKEND, precision="int8").device
    ((kept, objection),) = standings(bundle)
    assert kept == report
    assert "accepted" in kept.summary()
    assert not objection


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"take": 0.05}, "events of actions agree by 0.000"),
        ({"k255": [255, 900, 900]}, "the memory actions.trace.h is alike"),
        ({"score": [[0.9, 0.8, 0.1]]}, "boxes agree by 0.667"),
        ({"keep": 1e9}, "the memory actions.trace.h is alike by 0.0000"),
    ],
)
def test_a_broken_variant_is_refused_with_the_reason(bundle, clip, make_variant, broken, said):
    make_variant(**broken)
    report = run(bundle, clip)
    assert not report.passed
    assert any(said in failure for failure in report.failures), report.failures
    falls_back(bundle, because=report.failures[0])


def test_what_goes_wrong_only_late_is_found(bundle, clip, make_variant):
    # A memory that leaks a little more than it should is not seen in the first frames.
    make_variant(keep=0.9, take=0.1 * 0.8)
    early, late = run(bundle, clip, 5), run(bundle, clip, 200)
    assert late.heads["actions"].probability_error > early.heads["actions"].probability_error
    assert not late.passed


def test_without_a_report_nothing_passes(bundle, make_variant):
    make_variant()
    falls_back(bundle, because="longtake check-drift tiny")


def test_without_a_variant_it_says_how_to_make_one(bundle):
    falls_back(bundle, because="longtake quantize tiny")


def test_another_graph_under_an_old_report_is_refused(bundle, clip, make_variant):
    make_variant()
    assert run(bundle, clip).passed
    make_variant(take=0.11)
    falls_back(bundle, because="has changed since")


def test_an_altered_graph_is_never_loaded(bundle, clip, make_variant):
    make_variant()
    run(bundle, clip)
    graph = variant_folder(bundle, Precision.INT8, BACKEND) / "model.onnx"
    graph.write_bytes(graph.read_bytes() + b"\0")
    falls_back(bundle, because="was altered")


@pytest.mark.parametrize("change", [{"processor": "another"}, {"runtime": "0.1"}])
def test_a_report_from_elsewhere_proves_nothing_here(bundle, clip, make_variant, change):
    make_variant()
    write_report(bundle, run(bundle, clip).model_copy(update=change))
    falls_back(bundle, because="another processor or version")
    ((report, objection),) = standings(bundle)
    assert report.passed
    assert "another processor" in objection


def test_what_a_report_claims_is_judged_anew(bundle, clip, make_variant):
    make_variant(take=0.05)
    run(bundle, clip)
    path = report_path(bundle, Precision.INT8, BACKEND)
    path.write_text(path.read_text().replace('"frames"', '"passed": true, "frames"'))
    assert read_report(bundle, Precision.INT8, BACKEND) is None
    falls_back(bundle, because="not tested here")


def test_a_clip_without_events_proves_nothing(bundle, clip, make_variant):
    make_variant()
    report = run(bundle, clip, frames=2)
    assert any("nothing was recognised" in failure for failure in report.failures)


def test_a_short_run_proves_nothing(bundle, clip, make_variant):
    make_variant()
    assert run(bundle, clip, frames=99).failures == ("99 frames prove nothing, it takes 100",)
    falls_back(bundle, because="99 frames prove nothing")


def test_auto_takes_what_passed_and_is_faster(bundle, clip, make_variant):
    make_variant()
    report = run(bundle, clip)
    for fast_ms, expected in ((5.0, Precision.INT8), (9.9, Precision.F32)):
        write_report(bundle, report.model_copy(update={"reference_ms": 10.0, "fast_ms": fast_ms}))
        passage = pass_gate(bundle, "auto", "auto")
        assert passage.precision is expected
        assert not passage.reason
    assert passage.backend == "auto"


def test_auto_never_takes_what_was_refused(bundle, clip, make_variant):
    make_variant(take=0.05)
    report = run(bundle, clip)
    write_report(bundle, report.model_copy(update={"reference_ms": 10.0, "fast_ms": 1.0}))
    assert pass_gate(bundle, "auto", "auto").precision is Precision.F32


def test_unknown_precisions_and_impossible_pairs(bundle):
    with pytest.raises(BackendError, match=r"no precision 'f8'.*bf16"):
        create_backend(bundle, precision="f8")
    assert "has no bf16" in pass_gate(bundle, "onnxruntime", "bf16").reason


def test_a_run_without_a_variant_says_so(bundle, clip):
    with pytest.raises(BundleError, match="no int8 variant"):
        measure_drift(bundle, DriftOptions((clip,), Precision.INT8))
