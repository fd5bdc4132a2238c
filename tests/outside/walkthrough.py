"""Follow a page in an app of an outside project: models, migrations, commands and examples."""

import ast
import asyncio
import inspect
import subprocess
import sys
from pathlib import Path

import django
from drawing import drawn
from pages import read_page

PROJECT = Path(__file__).parent
BEFORE = """
from django.db import models


class Photo(models.Model):
    file = models.FileField(upload_to="photos")
"""


def follow(app: str) -> None:
    """Follow the page as a project does that has stored pictures already."""
    page = read_page(PROJECT / app / "page.md")
    models = PROJECT / app / "models.py"
    models.write_text(BEFORE)
    manage("makemigrations", app)
    manage("migrate")
    python(__file__, app, "save_before")
    models.write_text(page.models)
    for command in page.commands:
        manage(*command)
    python(__file__, app, "try_examples")
    manage("makemigrations", "--check")
    manage("check_hash_index")


def manage(*arguments: str) -> None:
    python("manage.py", *arguments)


def python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=PROJECT, check=True)


def save_before(app: str) -> None:
    """Save a picture while the model has no hash."""
    _save(app, 1)


def try_examples(app: str) -> None:
    """Run the examples of the page and check what the searches return."""
    photos = _model(app).objects
    photo, copy, other = photos.get(), _save(app, 1, quality=60), _save(app, 2)
    assert photo.phash, "hash_images --missing left the picture without a hash."
    (PROJECT / "picture.jpg").write_bytes(drawn(1).read())
    sessions = read_page(PROJECT / app / "page.md").sessions
    names = {"Photo": _model(app), "photo": photo}
    for session in sessions:
        _run(session, names)
    assert list(photos.similar_to(photo)) == [copy]
    assert list(photos.exclude(pk=copy.pk).similar_to(photo)) == []
    assert list(photos.similar_to(drawn(2), max_distance=0)) == [other]
    if hasattr(photo, "dct256"):
        assert list(photos.matches_of(photo)) == [copy]


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
    app, *step = sys.argv[1:]
    if step:
        django.setup()
        {"save_before": save_before, "try_examples": try_examples}[step[0]](app)
    else:
        follow(app)
