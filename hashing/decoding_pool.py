"""
Threads that decode pictures, no more at once than memory allows.

Threads, not processes: decoding, scaling and encoding release the interpreter, so two threads
are as fast as two processes, start at once and leave nobody behind when they are killed.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO, TypeVar

from hashing.conf import decode_options, setting
from hashing.pictures import MemoryBudget, memory, opened

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items that each thread may be ahead of whoever takes the results.
AHEAD = 2
# The parameter of glibc's mallopt that says from how many bytes on a block is the system's own.
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 4 * 1024 * 1024
# Nobody waits for an answer here, so a large picture may wait for its turn: seconds.
PATIENCE = 24 * 60 * 60.0


def memory_budget() -> MemoryBudget:
    """
    Return a budget for pictures in flight: as much as all decodes of a process may take.

    A decode reserves memory by itself, but only until it is done; here the pixels are held until
    they are hashed and every rendition is stored.
    """
    return MemoryBudget(setting("DECODE_MEMORY"), PATIENCE)


def estimated_bytes(file: IO[bytes]) -> int:
    """Return how much memory taking in the picture in `file` needs, judged by its header."""
    try:
        return memory(opened(file), decode_options())
    except Exception:
        # Whatever its header hides, such a file is refused before a pixel is decoded.
        return 0
    finally:
        file.seek(0)


def in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Generator[Result, None, None]:
    """
    Yield `function(item)` for each of `items`, in their order, computed in `workers` threads.

    `items` is read by the caller's thread, only as far as `AHEAD` demands. What `function` raises
    is raised here; what was not begun by then is left.
    """
    _return_large_blocks()
    pending: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="decoding") as pool:
        try:
            for item in items:
                pending.append(pool.submit(function, item))
                if len(pending) >= workers * AHEAD:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _return_large_blocks() -> None:
    """Have pixels go back to the system as soon as they are freed, where the C library can."""
    # Otherwise every thread keeps what it freed: four of them kept twice what they used together.
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
