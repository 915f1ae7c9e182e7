"""Results of other threads are handled in the GUI thread, and only while somebody waits."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from booth.ui.bridge import Bridge
from booth.ui.guest import Patience


def test_a_result_of_another_thread_arrives_in_the_gui_thread(application):
    bridge, heard = Bridge(), []
    with ThreadPoolExecutor(1) as pool:
        bridge.when_done(
            pool.submit(threading.get_ident),
            lambda future: heard.append((future.result(), threading.get_ident())),
        )
        assert Patience(lambda: bool(heard), 5).wait()
    worker, receiver = heard[0]
    assert worker != threading.get_ident()
    assert receiver == threading.get_ident()


def test_a_result_that_is_there_already_is_not_handled_inside_the_call(application):
    bridge, heard = Bridge(), []
    future: Future[int] = Future()
    future.set_result(3)
    bridge.when_done(future, heard.append)
    assert heard == []
    assert Patience(lambda: heard == [future], 5).wait()


def test_many_results_from_many_threads_all_arrive_once(application):
    bridge, heard = Bridge(), []
    with ThreadPoolExecutor(8) as pool:
        for number in range(1000):
            bridge.when_done(pool.submit(int, number), lambda future: heard.append(future.result()))
        assert Patience(lambda: len(heard) == 1000, 20).wait()
    assert sorted(heard) == list(range(1000))


def test_a_closed_bridge_delivers_nothing(application):
    bridge, heard = Bridge(), []
    late: Future[int] = Future()
    done: Future[int] = Future()
    bridge.when_done(late, heard.append)
    bridge.when_done(done, heard.append)
    done.set_result(1)
    bridge.close()
    late.set_result(2)
    Patience(lambda: False, 0.1).wait()
    assert heard == []
