"""What a file holds survives the way to JSON and back."""

from hypothesis import given
from hypothesis import strategies as st

from hashing.pictures import Companion, Holdings

holdings = st.builds(
    Holdings,
    depth=st.sampled_from([8, 10, 12, 16]),
    is_transparent=st.booleans(),
    colours=st.text(max_size=8),
    frames=st.integers(1, 99),
    seconds=st.floats(0, 99),
    companions=st.lists(st.sampled_from(Companion), unique=True).map(tuple),
    tags=st.integers(0, 99),
    has_xmp=st.booleans(),
)


@given(holdings)
def test_json_and_back(held: Holdings) -> None:
    assert Holdings.from_json(held.to_json()) == held


def test_rows_from_before_hold_the_usual() -> None:
    assert Holdings.from_json({}) == Holdings()
    assert not Holdings().is_animated
