"""The part of a file object that pictures are read through."""

from typing import Protocol


class BinaryFile(Protocol):
    """A seekable file of bytes: an open file, a BytesIO, or Django's File."""

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, whence: int = ..., /) -> int: ...
    def tell(self) -> int: ...
