"""Two stages find what comparing every hash with every other one finds, and no other picture."""

from functools import cache
from itertools import combinations, product

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from hashing.fingerprints.algorithms import ALGORITHMS
from hashing.fingerprints.alignment import Alignment
from hashing.fingerprints.dihedral import Turn, turned
from hashing.fingerprints.framings import Framing, views
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.matching.bursts import SECOND, Moment
from hashing.matching.match_table import SLACK, Match
from hashing.matching.matcher import (
    CANDIDATE_DISTANCE,
    INSIDE_DISTANCE,
    MATCH_DISTANCE,
    PAGE_DISTANCE,
    Stored,
    Subject,
    all_matches,
    find_matches,
    match_of,
)
from hashing.search.hamming_index import HammingIndex
from tests.hashing.decoded import picture_of
from tests.pictures import photo

Pictures = dict[int, Subject]


def subject(image: Image.Image, is_page: bool = False) -> Subject:
    seen = views(picture_of(image), list(Framing))
    small, large = (
        {framing: ALGORITHMS[name](view).value for framing, view in seen.items()}
        for name in ("phash", "dct256")
    )
    return Subject(small, large, is_page)


def small_of(pictures: Pictures) -> dict[Framing, tuple[np.ndarray, np.ndarray]]:
    small = {}
    for framing in Framing:
        found = {k: s.hashes[framing] for k, s in pictures.items() if framing in s.hashes}
        keys = np.array(list(found), dtype=np.int64)
        small[framing] = (keys, np.array(list(found.values()), dtype=np.uint64))
    return small


def stored_of(pictures: Pictures) -> Stored:
    return Stored.of(
        (
            key,
            one.is_page,
            one.taken_at,
            {f: value.to_bytes(32, "big") for f, value in one.large.items()},
        )
        for key, one in pictures.items()
    )


def indexes_of(pictures: Pictures) -> dict[Framing, HammingIndex]:
    return {framing: HammingIndex.build(*held) for framing, held in small_of(pictures).items()}


def matches(one: Subject, pictures: Pictures) -> list[Match]:
    def fetch(keys: np.ndarray) -> Stored:
        return stored_of({key: pictures[key] for key in keys.tolist()})

    return find_matches(one, indexes_of(pictures), fetch)


def match(one: Image.Image, other: Image.Image) -> Match | None:
    found = matches(subject(one), {1: subject(other)})
    return found[0] if found else None


def bordered(image: Image.Image, colour: str = "white", width: int = 40) -> Image.Image:
    return ImageOps.expand(image, width, colour)


def captioned(image: Image.Image, text: str = "When it is Friday at last") -> Image.Image:
    page = Image.new("RGB", (image.width, image.height + 60), "white")
    page.paste(image, (0, 60))
    ImageDraw.Draw(page).text((20, 14), text, "black", font_size=24)
    return page


def brute_force(one: Subject, pictures: Pictures) -> dict[int, int]:
    """Return the plainest near distance of each key, comparing everything with everything."""
    found: dict[int, tuple[int, int]] = {}
    for key, other in pictures.items():
        for (framing, small), turn in product(one.hashes.items(), Turn):
            for other_framing, other_small in other.hashes.items():
                if apart(small, other_small, 64, turn) > CANDIDATE_DISTANCE:
                    continue
                distance = apart(one.large[framing], other.large[other_framing], 256, turn)
                dressed = (turn != Turn.UPRIGHT) + (framing != other_framing)
                most = PAGE_DISTANCE if one.is_page or other.is_page else MATCH_DISTANCE
                if distance <= most and agree_inside(one, other, framing, other_framing, turn):
                    ranked = (distance + SLACK * dressed, distance)
                    found[key] = min(found.get(key, ranked), ranked)
    return {key: distance for key, (_, distance) in found.items()}


@cache
def turned_value(value: int, width: int, turn: Turn) -> int:
    return turned(PerceptualHash(value, width), turn).value


def apart(a: int, b: int, width: int, turn: Turn) -> int:
    """Return the distance of a hash after `turn` to another one."""
    return (turned_value(a, width, turn) ^ b).bit_count()


def agree_inside(
    one: Subject, other: Subject, framing: Framing, other_framing: Framing, turn: Turn
) -> bool:
    order = list(Framing)
    ours = [f for f in one.large if order.index(f) > order.index(framing)]
    theirs = [f for f in other.large if order.index(f) > order.index(other_framing)]
    if not ours or not theirs:
        return True
    return any(
        apart(one.large[a], other.large[b], 256, turn) <= INSIDE_DISTANCE
        and agree_inside(one, other, a, b, turn)
        for a, b in product(ours, theirs)
    )


@pytest.fixture(scope="module")
def copies() -> Pictures:
    """Several copies of each of a dozen pictures, of which one is a page of text."""
    pictures: dict[int, Subject] = {}
    for seed in range(12):
        image = photo(seed)
        for number, copy in enumerate(
            [
                image,
                ImageOps.mirror(image),
                bordered(image.rotate(90, expand=True)),
                captioned(image),
                image.resize((160, 120)).crop((4, 4, 156, 116)),
            ]
        ):
            pictures[10 * seed + number] = subject(copy, is_page=seed == 3)
    return pictures


def test_one_subject_finds_what_brute_force_finds(copies: Pictures) -> None:
    for one in list(copies.values())[::7]:
        found = matches(one, copies)
        distances = {match.key: match.alignment.distance for match in found}
        assert distances == brute_force(one, copies)
        assert found == sorted(found, key=lambda match: (match.alignment.distance, match.key))


def test_join_of_all_finds_what_every_subject_finds(copies: Pictures) -> None:
    indexes, stored = indexes_of(copies), stored_of(copies)
    table = all_matches(small_of(copies), stored)
    pairs = {(first, match.key): match for first, match in table}
    assert len(pairs) == len(table) >= 12 * 4
    for key, one in copies.items():
        found = find_matches(one, indexes, lambda _: stored, key)
        seen = {
            (match.key, key) if match.key < key else (key, match.key): (
                match.swapped(key) if match.key < key else match
            )
            for match in found
            if match.key != key
        }
        assert seen == {pair: match for pair, match in pairs.items() if key in pair}


def test_nothing_matches_nothing() -> None:
    assert matches(subject(photo(1)), {}) == []
    assert len(all_matches(small_of({}), stored_of({}))) == 0


def test_rows_that_are_held_back_do_not_match() -> None:
    one = subject(photo(1))
    indexes = indexes_of({1: one, 2: one})
    found = find_matches(one, indexes, lambda keys: stored_of({2: one}))
    assert [match.key for match in found] == [2]
    assert find_matches(one, indexes, lambda keys: stored_of({})) == []


@pytest.mark.parametrize("turn", Turn)
def test_turn_of_a_match_is_the_way_to_the_other_picture(turn: Turn) -> None:
    image = photo(1)
    other = turn.applied_to(image)
    found = match(image, other)
    assert found
    assert found.alignment.turn == turn
    assert found.swapped(9) == match_with_key(other, image, 9)


def match_with_key(one: Image.Image, other: Image.Image, key: int) -> Match:
    return matches(subject(one), {key: subject(other)})[0]


def test_framings_of_a_match_say_whose_bars_are_cut() -> None:
    found = match(photo(1), bordered(photo(1)))
    assert found
    assert found.alignment == Alignment(0, other_framing=Framing.UNFRAMED)
    found = match(captioned(photo(1)), photo(1))
    assert found
    framings = found.alignment.framing, found.alignment.other_framing
    assert framings == (Framing.UNCAPTIONED, Framing.WHOLE)


def test_picture_that_is_all_but_symmetric_is_not_called_mirrored() -> None:
    half = photo(1, (160, 240))
    image = Image.new("RGB", (320, 240))
    image.paste(half, (0, 0))
    image.paste(ImageOps.mirror(half), (160, 0))
    found = match(image, image.resize((200, 150)))
    assert found
    assert found.alignment.turn == Turn.UPRIGHT


@pytest.mark.slow
@pytest.mark.parametrize(
    "dress",
    [bordered, captioned, lambda image: bordered(captioned(image), "black")],
    ids=["frame", "caption", "both"],
)
def test_different_pictures_in_one_dress_do_not_match(dress: object) -> None:
    pictures = {seed: subject(dress(photo(seed))) for seed in range(40)}
    assert len(all_matches(small_of(pictures), stored_of(pictures))) == 0


def test_pages_match_by_a_tighter_distance() -> None:
    large = 2**255
    page = Subject({Framing.WHOLE: 0}, {Framing.WHOLE: large}, is_page=True)
    for bits, is_page, is_match in [
        (PAGE_DISTANCE, True, True),
        (PAGE_DISTANCE + 1, True, False),
        (PAGE_DISTANCE + 1, False, False),
    ]:
        other = Subject({Framing.WHOLE: 0}, {Framing.WHOLE: large ^ (2**bits - 1)}, is_page)
        assert bool(matches(page, {1: other})) is is_match
    picture = Subject({Framing.WHOLE: 0}, {Framing.WHOLE: large})
    other = Subject({Framing.WHOLE: 0}, {Framing.WHOLE: large ^ (2**MATCH_DISTANCE - 1)})
    assert matches(picture, {1: other})


@pytest.mark.parametrize(
    ("taken_at", "is_match"),
    [
        (None, True),  # nobody knows
        (Moment(1000 * SECOND), True),  # the same file, edited
        (Moment(1001 * SECOND), False),
        (Moment(1000 * SECOND + 300_000, 100_000), True),  # the subject's clock has no tenths
    ],
)
def test_pictures_of_one_burst_do_not_match(taken_at: Moment | None, is_match: bool) -> None:
    hashes = {Framing.WHOLE: 0}, {Framing.WHOLE: 2**255}
    one = Subject(*hashes, taken_at=Moment(1000 * SECOND))
    other = Subject(*hashes, taken_at=taken_at)
    pictures = {1: one, 2: other}
    assert bool(matches(one, {2: other})) is is_match
    assert bool(matches(other, {1: one})) is is_match
    assert bool(match_of(one, other)) is is_match
    assert bool(len(all_matches(small_of(pictures), stored_of(pictures)))) is is_match


def test_best_of_several_matches_of_a_pair_is_kept() -> None:
    pictures = {1: subject(bordered(photo(1))), 2: subject(bordered(photo(1)))}
    table = all_matches(small_of(pictures), stored_of(pictures))
    (row,) = table
    assert row == (1, Match(2, Alignment(0)))
    assert all(a < b for a, b in combinations([first for first, _ in table], 2))
