"""What `dumpdata` writes, `loaddata` brings back: hashes, matches, verdicts, decisions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.serializers import serialize

from gallery.matching.follower import finish
from gallery.models import (
    Cluster,
    ClusterMember,
    Decision,
    DecisionItem,
    Image,
    Match,
    Verdict,
)
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from hashing.index.audit import audit_of
from hashing.index.change_log import changes_since
from hashing.index.process_index import index_of
from hashing.models import HashChange
from tests.pictures import upload

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = (Image, Match, Cluster, ClusterMember, Verdict, Decision, DecisionItem)


def everything() -> list[list[dict[str, Any]]]:
    """Return what is kept as a dump has it, which knows no microseconds."""
    dumped = [serialize("json", model.objects.order_by("pk")) for model in KEPT]
    # Of a moment in the first millisecond of a second it writes zeros that it does not read.
    return [json.loads(rows.replace(".000Z", "Z")) for rows in dumped]


@pytest.fixture
def dump(add_image: Callable[..., Image], reviewer: User, tmp_path: Path) -> Path:
    """A file with all that is in the database: four copies of a picture, two of them decided."""
    images = [add_image(upload(1, quality=quality)) for quality in (90, 70, 50, 30)]
    chosen = {images[0].pk: Choice.KEEP, images[1].pk: Choice.TRASH}
    assert deciding.decide(DecisionRequest(chosen, reviewer))
    finish()
    file = tmp_path / "dump.json"
    call_command(
        "dumpdata",
        exclude=["contenttypes", "auth.permission", "auth.group"],
        use_natural_foreign_keys=True,
        output=str(file),
        verbosity=0,
    )
    return file


def test_dump_is_loaded_into_an_empty_database(dump: Path) -> None:
    before = everything()
    assert all(before)
    call_command("flush", interactive=False, verbosity=0)
    assert not any(everything())
    for _ in range(2):  # a second time it changes nothing
        call_command("loaddata", str(dump), verbosity=0)
        assert everything() == before
        assert audit_of(Image, "default", 4).findings == []
    finish()
    assert everything()[:2] == before[:2]


def test_dump_of_a_log_does_not_take_the_place_of_another(dump: Path) -> None:
    index = index_of(Image._meta.get_field("phash"), "default")
    index.current()
    begin = changes_since(Image, None).cursor
    Image.objects.update(phash="0" * 16)
    call_command("loaddata", str(dump), verbosity=0)
    end = changes_since(Image, None).cursor
    assert end.epoch == begin.epoch
    assert end.seq > begin.seq
    assert HashChange.objects.filter(table_name=Image._meta.db_table, key__lt=0).count() == 1
    assert "0" * 16 not in {str(image.phash) for image in Image.objects.all()}
    assert audit_of(Image, "default", 4).findings == []
