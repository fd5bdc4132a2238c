"""What an index of testapp.Plain holds, and what it has to hold."""

from hashing.index.process_index import LiveIndex
from tests.testapp.models import Plain

FIELD = Plain._meta.get_field("phash")


def held(index: LiveIndex) -> dict[int, int]:
    keys, hashes = index.current().entries
    return dict(zip(keys.tolist(), hashes.tolist(), strict=True))


def truth() -> dict[int, int]:
    rows = Plain.objects.filter(phash__isnull=False).values_list("pk", "phash")
    return {pk: hash_.value for pk, hash_ in rows}
