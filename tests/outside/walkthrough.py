"""
Follow the pages in an outside project that stored pictures before it had hashes.

`before` and `after` are run in two processes, because the models change in between.
"""

import ast
import asyncio
import inspect
import sys
from pathlib import Path

import django
from django.core.management import execute_from_command_line
from drawing import drawn
from pages import Page, read_page

PROJECT = Path(__file__).parent
BEFORE = """
from django.db import models


class Photo(models.Model):
    file = models.FileField(upload_to="photos")
"""


def before(apps: list[str]) -> None:
    """Save a picture in each app while its model has no hash."""
    for app in apps:
        (PROJECT / app / "models.py").write_text(BEFORE)
    django.setup()
    manage("makemigrations")
    manage("migrate", "--verbosity=0")
    for app in apps:
        _save(app, 1)
        (PROJECT / app / "models.py").write_text(_page(app).models)


def after(apps: list[str]) -> None:
    """Run the commands and the examples of the pages, and check what the searches return."""
    django.setup()
    for command in dict.fromkeys(command for app in apps for command in _page(app).commands):
        manage(*command)
    for app in apps:
        _try_examples(app)
    manage("makemigrations", "--check")
    manage("check_hash_index")


def manage(*arguments: str) -> None:
    execute_from_command_line(["manage.py", *arguments])


def _try_examples(app: str) -> None:
    photos = _model(app).objects
    photo, copy, other = photos.get(), _save(app, 1, quality=60), _save(app, 2)
    assert photo.phash, "hash_images --missing left the picture without a hash."
    (PROJECT / "picture.jpg").write_bytes(drawn(1).read())
    names = {"Photo": _model(app), "photo": photo}
    for session in _page(app).sessions:
        _run(session, names)
    assert list(photos.similar_to(photo)) == [copy]
    assert list(photos.exclude(pk=copy.pk).similar_to(photo)) == []
    assert list(photos.similar_to(drawn(2), max_distance=0)) == [other]
    if hasattr(photo, "dct256"):
        assert list(photos.matches_of(photo)) == [copy]


def _page(app: str) -> Page:
    return read_page(PROJECT / app / "page.md")


def _model(app: str):
    from django.apps import apps

    return apps.get_model(app, "Photo")


def _save(app: str, seed: int, quality: int = 90):
    photo = _model(app)()
    photo.file.save(f"{seed}.jpg", drawn(seed, quality))
    return photo


def _run(session: str, names: dict[str, object]) -> None:
    """Run a session statement by statement, as the shell does, and fetch every queryset."""
    for statement in ast.parse(session).body:
        is_expression = isinstance(statement, ast.Expr)
        tree = ast.Expression(statement.value) if is_expression else ast.Module([statement], [])
        mode = "eval" if is_expression else "exec"
        code = compile(tree, "page.md", mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        value = eval(code, names)
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
        print(f"{ast.unparse(statement)} -> {list(value) if hasattr(value, 'query') else value!r}")


if __name__ == "__main__":
    {"before": before, "after": after}[sys.argv[1]](sys.argv[2:])
