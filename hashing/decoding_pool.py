"""
A pool of threads that decode pictures, within a memory budget.

Threads rather than processes: decoding, scaling and encoding release the interpreter lock, so two
threads are as fast as two processes, start at once and leave none behind when they are killed.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from hashing.conf import decode_options, setting
from hashing.pictures import BinaryFile, MemoryBudget, memory, opened

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items per thread that are computed before the caller takes their results.
AHEAD = 2
# A parameter of glibc's mallopt: blocks of at least so many bytes are returned when freed.
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 4 * 1024 * 1024
# No visitor waits for these decodes, so a large picture can wait for memory: seconds.
PATIENCE = 24 * 60 * 60.0


def memory_budget() -> MemoryBudget:
    """
    Return a memory budget for the pictures in progress, as large as that of all decodes.

    A decode reserves memory itself, but only until it is done; the pixels are needed until they
    are hashed and every rendition is stored.
    """
    return MemoryBudget(setting("DECODE_MEMORY"), PATIENCE)


def estimated_bytes(file: BinaryFile) -> int:
    """Return the memory in bytes that decoding the picture in `file` needs, by its header."""
    try:
        return memory(opened(file), decode_options())
    except Exception:  # noqa: BLE001 (decoding refuses it later)
        # A file without a readable header is refused before any pixel is decoded.
        return 0
    finally:
        file.seek(0)


def in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Generator[Result, None, None]:
    """
    Yield `function(item)` for each of `items`, in order, computed in `workers` threads.

    `items` is read by the caller's thread, only as far ahead as `AHEAD` says. Exceptions of
    `function` are raised to the caller, and cancel the items that have not started.
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
    """Make the C library return large blocks to the system when they are freed, if it can."""
    # Otherwise every thread keeps freed memory: four of them kept twice what they used together.
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
