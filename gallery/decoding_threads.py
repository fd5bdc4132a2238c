"""
Threads that decode pictures, no more at once than memory allows.

Threads, not processes: decoding, scaling and encoding release the interpreter, so two threads
are as fast as two processes, start at once and leave nobody behind when they are killed.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition
from typing import BinaryIO, TypeVar

from PIL import Image as PillowImage

from hashing.decoding import FORMATS

Item = TypeVar("Item")
Result = TypeVar("Result")

# Bytes that all decoded pictures may take together.
MEMORY = 512 * 1024 * 1024
# Pixels in the file's own mode, upright, on white, and the coefficients of a progressive JPEG:
# the most that any format was seen to need.
BYTES_PER_PIXEL = 8
# Items that each thread may be ahead of whoever takes the results.
AHEAD = 2


class MemoryBudget:
    """So many bytes to share; whoever needs more than is free waits until others are done."""

    def __init__(self, size: int = MEMORY) -> None:
        self.size = size
        self._free = size
        self._changed = Condition()

    @contextmanager
    def lend(self, size: int) -> Iterator[None]:
        """Hold `size` bytes for the block; what is larger than the whole budget goes alone."""
        size = min(size, self.size)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= size)
            self._free -= size
        try:
            yield
        finally:
            with self._changed:
                self._free += size
                self._changed.notify_all()


def estimated_bytes(file: BinaryIO) -> int:
    """Return how much memory decoding the picture in `file` may take, told by its header."""
    file.seek(0)
    try:
        width, height = PillowImage.open(file, formats=FORMATS).size
    except Exception:
        # Whatever its header hides, such a file is refused before a pixel is decoded.
        return 0
    finally:
        file.seek(0)
    return width * height * BYTES_PER_PIXEL


def in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Generator[Result, None, None]:
    """
    Yield `function(item)` for each of `items`, in their order, computed in `workers` threads.

    `items` is read by the caller's thread, only as far as `AHEAD` demands. What `function` raises
    is raised here; what was not begun by then is left.
    """
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
