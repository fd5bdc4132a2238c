"""What the tests of hashing share."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import settings

from hashing import receivers
from hashing.index.process_index import LiveIndex
from hashing.pictures.decoding import DecodeOptions, Picture, decode
from hashing.search import multi_index
from hashing.search.hash_store import HashStore, Plan, Way
from hashing.signals import picture_decoded
from tests.hashing.live_index import FIELD
from tests.hashing.saved_rows import SHAPES

# No deadline: the machine has other things to do. No database: tests leave nothing behind.
settings.register_profile("hashing", deadline=None, max_examples=60, database=None)
settings.load_profile("hashing")


@pytest.fixture(scope="module", params=["as measured", "flat scan", "bands", "BK-tree"])
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each of the ways in which an index answers, whatever would be the quickest."""
    plan = HashStore.plan

    def forced(store: HashStore, query: int, max_distance: int, way: Way | None = None) -> Plan:
        return plan(store, query, max_distance, way or request.param)

    with pytest.MonkeyPatch.context() as patch:
        if request.param != "as measured":
            patch.setattr(HashStore, "plan", forced)
            # Tables of few values: quick to make for few hashes, and probed at any radius.
            patch.setattr(multi_index, "FOUR_BANDS", (8,) * 8)
        yield request.param


@pytest.fixture
def decoded_files(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A list of the files that saves have decoded since the test began."""
    files: list[object] = []

    def spy(file: BinaryIO, options: DecodeOptions) -> Picture:
        files.append(file)
        return decode(file, options)

    monkeypatch.setattr(receivers, "decode", spy)
    return files


@pytest.fixture
def opened_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list of the names that were opened in the storage since the test began."""
    names: list[str] = []
    open_file = FileSystemStorage._open

    def spy(storage: FileSystemStorage, name: str, mode: str = "rb") -> File:
        names.append(name)
        return open_file(storage, name, mode)

    monkeypatch.setattr(FileSystemStorage, "_open", spy)
    return names


@pytest.fixture(params=SHAPES, ids=lambda model: model.__name__)
def model(request: pytest.FixtureRequest) -> type[models.Model]:
    return request.param


@pytest.fixture
def signals() -> Iterator[list[dict[str, Any]]]:
    """A list of what `picture_decoded` has told since the test began."""
    told: list[dict[str, Any]] = []

    def listen(**said: Any) -> None:
        told.append(said)

    picture_decoded.connect(listen)
    yield told
    picture_decoded.disconnect(listen)


@pytest.fixture
def other() -> Iterator[BaseDatabaseWrapper]:
    """Another connection to the same database."""
    other = connection.copy()
    yield other
    other.close()


@pytest.fixture
def live_index() -> LiveIndex:
    """An index that nobody else has asked yet."""
    return LiveIndex(FIELD, "default")


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[LiveIndex]:
    """A list that grows whenever an index loads its whole column."""
    loads: list[LiveIndex] = []
    load = LiveIndex._loaded

    def spy(index: LiveIndex) -> Any:
        loads.append(index)
        return load(index)

    monkeypatch.setattr(LiveIndex, "_loaded", spy)
    return loads
