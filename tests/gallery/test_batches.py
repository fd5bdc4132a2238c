"""Long streams in batches."""

from itertools import count, islice

from gallery.batches import QUERY_VALUES, in_batches


def test_the_last_batch_is_shorter() -> None:
    assert list(in_batches("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(in_batches([], 2)) == []
    assert list(in_batches("ab", 2)) == [["a", "b"]]


def test_nothing_is_read_ahead() -> None:
    numbers = count()
    assert list(islice(in_batches(numbers, 3), 2)) == [[0, 1, 2], [3, 4, 5]]
    assert next(numbers) == 6


def test_batches_fit_into_a_query_by_default() -> None:
    assert [len(batch) for batch in in_batches(range(QUERY_VALUES + 1))] == [QUERY_VALUES, 1]
