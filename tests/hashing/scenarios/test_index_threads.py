"""The live_index index and threads: all share one, and nobody sees half of it."""

import threading
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection

from hashing.index.process_index import LiveIndex, State
from hashing.search.hamming_index import HammingIndex
from tests.hashing.changes import (
    add,
    hashed,
)
from tests.hashing.live_index import held, truth
from tests.testapp.models import Plain

pytestmark = pytest.mark.django_db(transaction=True)


def test_threads_share_one_index_and_all_know_the_same(live_index: LiveIndex) -> None:
    add(*range(20))
    known: list[dict[int, int]] = []

    def look() -> None:
        known.append(held(live_index))
        connection.close()

    threads = [Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert known == [truth()] * 6


class Gate:
    """Something that a thread reaches, and is let through."""

    def __init__(self) -> None:
        self.reached, self.opened = Event(), Event()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Whoever builds an index waits until the gate is opened."""
    gate = Gate()
    build = HammingIndex.build

    def wait(*entries: Any) -> HammingIndex:
        gate.reached.set()
        assert gate.opened.wait(20)
        return build(*entries)

    monkeypatch.setattr(HammingIndex, "build", wait)
    yield gate
    gate.opened.set()


def in_thread(work: Callable[[], Any]) -> tuple[Thread, list[Any]]:
    """Start `work` in a thread with a connection of its own; it leaves what it returns."""
    answers: list[Any] = []

    def run() -> None:
        answers.append(work())
        connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread, answers


def test_readers_go_on_while_changes_are_merged(
    live_index: LiveIndex, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.opened.set()
    add(*range(20))
    held(live_index)
    gate.opened.clear()
    gate.reached.clear()
    monkeypatch.setattr(HammingIndex, "merge_is_due", property(lambda index: len(index) > 20))
    add(20)
    assert held(live_index) == truth()
    assert gate.reached.wait(20)
    for value in range(21, 26):  # the merge has begun, and is not done
        add(value)
        assert held(live_index) == truth()
        Plain.objects.filter(phash=hashed(value - 10)).delete()
        assert held(live_index) == truth()
    unmerged = live_index.state
    gate.opened.set()
    assert live_index._merging.acquire(timeout=20)
    live_index._merging.release()
    assert live_index.state is not unmerged
    assert held(live_index) == truth()


def test_threads_that_find_nothing_loaded_wait_for_one_that_loads(
    live_index: LiveIndex, gate: Gate, loads: list[LiveIndex]
) -> None:
    add(*range(20))
    threads = [in_thread(lambda: held(live_index)) for _ in range(4)]
    assert gate.reached.wait(20)
    (row,) = add(20)  # after the question: one may know it or not; all that ask later do
    gate.opened.set()
    for thread, _ in threads:
        thread.join()
    assert len(loads) == 1
    now = truth()
    before = {pk: value for pk, value in now.items() if pk != row.pk}
    for _, (answer,) in threads:
        assert answer in (now, before)
    assert held(live_index) == now


def test_thread_that_was_overtaken_keeps_its_answer_to_itself(
    live_index: LiveIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(1)
    held(live_index)
    add(2)
    slow, fast = threading.Barrier(2), live_index._refreshed

    def overtaken(state: State) -> State | None:
        fresh = fast(state)
        slow.wait(20)  # meanwhile another thread reads more
        slow.wait(20)
        return fresh

    monkeypatch.setattr(live_index, "_refreshed", overtaken)
    thread, answers = in_thread(lambda: held(live_index))
    slow.wait(20)
    monkeypatch.setattr(live_index, "_refreshed", fast)
    add(3)
    assert held(live_index) == truth()
    newer = live_index.state
    slow.wait(20)
    thread.join()
    assert sorted(answers[0].values()) == [1, 2]
    assert live_index.state is newer


def test_threads_that_read_beside_a_writer_see_no_half_state(live_index: LiveIndex) -> None:
    """Rows come and go in pairs of one hash, so every answer holds both of a pair or none."""
    done = Event()

    def write() -> None:
        for value in range(60):
            Plain.objects.bulk_create([Plain(phash=hashed(value)), Plain(phash=hashed(value))])
            if value % 3:
                Plain.objects.filter(phash=hashed(value - 1)).delete()
        done.set()

    def read() -> list[list[int]]:
        answers = []
        while not done.is_set():
            answers.append(sorted(held(live_index).values()))
        return answers

    readers = [in_thread(read) for _ in range(3)]
    writer, _ = in_thread(write)
    for thread in (writer, *(thread for thread, _ in readers)):
        thread.join()
    for _, (answers,) in readers:
        assert all(answer[::2] == answer[1::2] for answer in answers)
    assert held(live_index) == truth()
