"""Two more processes on the same database: what one commits, the others find at once."""

from collections.abc import Iterator

import pytest

from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.hashing.processes import Process
from tests.testapp.models import Plain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def processes() -> Iterator[tuple[Process, Process]]:
    both = Process(), Process()
    yield both
    for process in both:
        process.end()


def found_here(hash_: PerceptualHash) -> list[int]:
    return [row.pk for row in Plain.objects.similar_to(hash_, max_distance=2)]


def test_committed_row_is_found_by_the_next_query_of_every_process(
    processes: tuple[Process, Process],
) -> None:
    writer, reader = processes
    for number in range(8):
        hash_ = PerceptualHash(number << 40 | 0xFFFF << 20)
        moved = PerceptualHash(number << 8 | 0xFFFF << 48)
        before = found_here(hash_)
        pk = writer.ask("add", hash_.hex)
        for found in (found_here(hash_), reader.ask("find", hash_.hex, 2)):
            assert pk in found
            assert set(before) <= set(found)
        writer.ask("change", pk, moved.hex)
        assert pk not in found_here(hash_) + reader.ask("find", hash_.hex, 2)
        assert pk in found_here(moved)
        assert pk in reader.ask("find", moved.hex, 2)
        if number % 2:
            writer.ask("delete", pk)
            assert pk not in found_here(moved) + reader.ask("find", moved.hex, 2)
        writer, reader = reader, writer


def test_row_that_was_changed_here_is_found_there(processes: tuple[Process, Process]) -> None:
    hash_ = PerceptualHash(2**63)
    row = Plain.objects.create(phash=hash_)
    assert [process.ask("find", hash_.hex, 0) for process in processes] == [[row.pk]] * 2
    row.delete()
    assert [process.ask("find", hash_.hex, 0) for process in processes] == [[]] * 2


@pytest.mark.slow
def test_processes_that_write_at_once_all_know_the_same_in_the_end(
    processes: tuple[Process, Process],
) -> None:
    for seed, process in enumerate(processes):
        process.tell("scribble", seed, 60)
    rows = Plain.objects.order_by("pk").values_list("pk", "phash")
    for _ in range(40):
        Plain.objects.hamming_index()  # what is read while they are at it must not mislead later
    for process in processes:
        assert process.answer() == 60
    truth = {pk: hash_.value for pk, hash_ in rows}
    assert len(truth) > 40
    keys, hashes = Plain.objects.hamming_index().entries
    assert dict(zip(keys.tolist(), hashes.tolist(), strict=True)) == truth
    for process in processes:
        assert {int(pk): value for pk, value in process.ask("index").items()} == truth
