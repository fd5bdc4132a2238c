"""Decoding side by side, as long as the memory for it is there."""

import threading
import time

import pytest

from hashing.exceptions import Refusal
from hashing.pictures.memory_budget import MemoryBudget


def test_what_fits_runs_side_by_side() -> None:
    budget = MemoryBudget(100)
    with budget.reserve(50), budget.reserve(50):
        assert budget.free == 0
    assert budget.free == 100


def test_what_is_larger_than_all_runs_alone() -> None:
    budget = MemoryBudget(100, patience=0.01)
    with budget.reserve(1000), pytest.raises(Refusal, match="Wait a minute"), budget.reserve(1):
        pass
    assert budget.free == 100


def test_error_inside_gives_the_bytes_back() -> None:
    budget = MemoryBudget(100)
    with pytest.raises(KeyError), budget.reserve(70):
        raise KeyError
    assert budget.free == 100


def test_refusal_leaves_the_queue() -> None:
    budget = MemoryBudget(100, patience=0.01)
    with budget.reserve(100), pytest.raises(Refusal), budget.reserve(10):
        pass
    with budget.reserve(100):
        assert budget.free == 0


def test_small_ones_do_not_overtake_a_waiting_large_one() -> None:
    budget = MemoryBudget(100)
    order: list[str] = []

    def run(name: str, amount: int) -> None:
        with budget.reserve(amount):
            order.append(name)

    threads = [
        threading.Thread(target=run, args=("large", 90)),
        threading.Thread(target=run, args=("small", 10)),
    ]
    with budget.reserve(50):
        for number, thread in enumerate(threads, 1):
            thread.start()
            while len(budget._queue) < number:
                time.sleep(0.001)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == ["large", "small"]


def test_together_they_never_hold_more_than_the_limit() -> None:
    budget = MemoryBudget(100)
    held = peak = 0
    lock = threading.Lock()

    def run(amount: int) -> None:
        nonlocal held, peak
        with budget.reserve(amount):
            with lock:
                held += amount
                peak = max(peak, held)
            time.sleep(0.001)
            with lock:
                held -= amount

    threads = [threading.Thread(target=run, args=(7 * n % 60 + 1,)) for n in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (held, budget.free) == (0, 100)
    assert 0 < peak <= 100
