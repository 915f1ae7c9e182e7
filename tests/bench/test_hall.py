"""The simulated hall, against what queueing theory knows."""

from __future__ import annotations

import numpy as np
import pytest

from booth.bench.hall import Load, most_booths, simulate

QUICK_LINK = 1e15


def test_one_replica_waits_as_a_queue_of_the_kind_m_d_1() -> None:
    load = Load(8, 1, 10.0, QUICK_LINK, 1, (1.0,))  # busy 80 %: mean 1 + 0.8 / (2 * 0.2) = 3 s
    outcome = simulate(load, 3.0, 100_000, np.random.default_rng(2))
    assert outcome.replicas_busy == pytest.approx(0.8, abs=0.02)
    # p50 and p95 of M/D/1 at 0.8, from its known distribution of waiting times: 1.34 and 6.7 s of waiting
    assert outcome.p50 == pytest.approx(2.34, abs=0.25)
    assert outcome.p95 == pytest.approx(7.7, abs=0.9)


def test_an_empty_hall_answers_in_the_time_of_link_and_replica() -> None:
    load = Load(1, 2, 1000.0, 1e6, 125_000, (0.25,))
    outcome = simulate(load, 3.0, 2000, np.random.default_rng(2))
    assert outcome.p50 == pytest.approx(1.25, abs=0.01)
    assert outcome.late == 0


def test_a_thin_link_saturates_before_the_replicas() -> None:
    thin = Load(1, 8, 10.0, 10e6, 1_000_000, (0.1,))
    booths, then = most_booths(thin, 2.0, 3.0)
    assert then.link_busy > 10 * then.replicas_busy
    assert booths < most_booths(Load(1, 8, 10.0, 1e9, 1_000_000, (0.1,)), 2.0, 3.0)[0]


def test_twice_the_replicas_carry_more_than_twice_the_booths() -> None:
    one, two = (most_booths(Load(1, n, 20.0, QUICK_LINK, 1, (0.2, 0.3)), 1.0, 3.0)[0] for n in (1, 2))
    assert two > 2 * one


def test_a_replica_that_is_too_slow_carries_nobody() -> None:
    assert most_booths(Load(1, 1, 20.0, QUICK_LINK, 1, (5.0,)), 1.0, 3.0)[0] == 0
