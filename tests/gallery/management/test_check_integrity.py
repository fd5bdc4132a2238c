"""check_integrity: what it prints, and its arguments."""

import io
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from gallery.models import Image

AddImage = Callable[..., Image]


def test_lines_say_what_was_found_and_repaired(add_image: AddImage) -> None:
    image = add_image(1)
    Image.objects.update(phash=None)
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1 problem not repaired"):
        call_command("check_integrity", stdout=out)
    line, summary = out.getvalue().splitlines()
    message = "phash is missing. It can be recomputed from the file."
    assert line == f"hash: {image.public_id}: {message}"
    assert summary == "Checked 1 picture and 2 files: 1 problem, 0 repaired."
    call_command("check_integrity", "--repair", stdout=(out := io.StringIO()))
    assert out.getvalue().startswith(f"{line} Repaired.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--workers", "0"], "--workers must be at least 1, not 0"),
        (["--grace", "-1"], "--grace must be from 0 to 1000000 hours, not -1"),
        (["--grace", "nan"], "--grace must be from 0 to 1000000 hours, not nan"),
        (["--grace", "1e12"], r"--grace must be from 0 to 1000000 hours, not 1e\+12"),
    ],
)
def test_wrong_argument_is_named(db: None, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("check_integrity", *arguments)
