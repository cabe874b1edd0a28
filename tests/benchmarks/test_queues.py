"""The simulation gives what the theory of queues says."""

from __future__ import annotations

import random

import pytest

from benchmarks.costs import Costs
from benchmarks.queues import Servers, Simulation, together
from benchmarks.scale_models import Archive, Cluster, Local, late_share, watch_archive

COSTS = Costs(2.0, 16.0, 18.0, wide_threads=2, store_ms=2.0, start_s=1.0, file_s=0.1)


def test_waiting_before_one_server_is_that_of_pollaczek_and_khinchine():
    simulation, dice = Simulation(), random.Random(1)
    server = Servers(simulation, 1)
    service_s, per_second, waited = 1.0, 0.7, []

    def arrive() -> None:
        came_s = simulation.now_s
        server.serve(service_s, lambda: waited.append(simulation.now_s - came_s - service_s))
        if len(waited) < 15_000:
            simulation.after(dice.expovariate(per_second), arrive)

    arrive()
    simulation.run()
    expected_s = per_second * service_s**2 / (2 * (1 - per_second * service_s))
    assert sum(waited) / len(waited) == pytest.approx(expected_s, rel=0.1)
    assert server.used == pytest.approx(per_second, rel=0.05)


def test_jobs_that_end_together_end_with_the_last():
    simulation = Simulation()
    servers, ended = Servers(simulation, 2, speed=2.0), []
    done = together(3, lambda: ended.append(simulation.now_s))
    for service_s in (1.0, 1.0, 4.0):
        servers.serve(service_s, done)
    simulation.run()
    assert ended == [2.5]  # the third waits for half a second, and takes two


def test_a_batch_on_one_machine_is_bound_by_its_cores():
    frames, clips = 300, 8
    two = Local(COSTS, cores=2, workers=2).wall_s(clips, frames)
    core_s = clips * (frames * 20.0 / 1e3 + COSTS.file_s) + 2 * COSTS.start_s
    assert core_s / 2 <= two <= core_s / 2 * 1.1
    # One worker decodes beside the model, and that runs on two threads.
    one = Local(COSTS, cores=2, workers=1).wall_s(clips, frames)
    assert two < one < core_s


def test_a_cluster_grows_until_its_storage_is_used_up():
    archive = Archive(length_s=600.0, bits_per_s=4e6)
    cluster = Cluster(machines=1, cores=16, storage_bytes_per_s=2.5e8, settle_s=0.004)
    one = watch_archive(COSTS, archive, cluster)
    assert one.video_per_s == pytest.approx(16 / (30 * 0.02), rel=0.1)
    many = watch_archive(COSTS, archive, cluster.with_machines(40))
    assert many.storage_used == pytest.approx(1.0, abs=0.05)
    assert many.video_per_s < 40 * one.video_per_s / 2


def test_few_cameras_lose_nothing_and_too_many_lose_what_is_above():
    assert late_share(COSTS, cores=4, cameras=4, seconds=10.0) == 0.0
    lost = late_share(COSTS, cores=4, cameras=10, seconds=10.0)
    assert lost == pytest.approx(1 - 4 / (10 * 30 * 0.02), abs=0.05)
