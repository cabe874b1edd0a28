"""How many labelled frames of actors two processes draw a second: ``python -m benchmarks.actors``.

Every effect is on in every clip: shadows, motion blur, noise, loss of sharpness, JPEG artefacts.
Each process draws on one thread. CPU seconds are given beside those of the clock, because they
hardly depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np


def _draw(first: int, clips: int, seconds: float, side: int) -> tuple[int, float]:
    """Draw clips in a process of its own; return frames and CPU seconds."""
    os.environ["LP_NUM_THREADS"] = "1"  # Mesa's renderer reads it when it starts
    import cv2

    from models.actors import Renderer, sample_clip
    from models.actors.effects import Effects

    cv2.setNumThreads(1)
    renderer = Renderer((side, side))
    begun, frames = time.process_time(), 0
    for seed in range(first, first + clips):
        effects = Effects.sample(np.random.default_rng(seed))
        effects = replace(effects, shutter=0.5, noise=5.0, sharpness=0.8, jpeg=60)
        clip = sample_clip(seed, seconds=seconds, size=(side, side), effects=effects)
        frames += sum(1 for _ in clip.frames(renderer))
    spent = time.process_time() - begun
    renderer.close()
    return frames, spent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.actors", description=__doc__)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--clips", type=int, default=12, help="of each process")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each clip")
    parser.add_argument("--side", type=int, default=224, help="pixels")
    given = parser.parse_args()
    begun = time.perf_counter()
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        tasks = [
            pool.submit(_draw, 1000 * k, given.clips, given.seconds, given.side)
            for k in range(given.processes)
        ]
        done = [task.result() for task in tasks]
    wall_s = time.perf_counter() - begun
    frames = sum(count for count, _ in done)
    cpu_s = sum(spent for _, spent in done)
    print(f"{frames} frames at {given.side}x{given.side}, {given.processes} processes")
    print(f"by the clock, start included: {frames / wall_s:.1f} frames/s")
    print(f"by CPU time: {frames / cpu_s:.1f} frames/s a core, {cpu_s / frames * 1e3:.1f} ms each")


if __name__ == "__main__":
    main()
