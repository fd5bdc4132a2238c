"""Arguments and lines of management commands."""

import io
import os
from argparse import ArgumentParser

import pytest
from django.core.management.base import CommandError, OutputWrapper

from gallery.terminal import add_workers_argument, printable, with_progress, write_beside_progress


@pytest.fixture
def parser() -> ArgumentParser:
    parser = ArgumentParser()
    add_workers_argument(parser)
    return parser


def test_number_of_workers(parser: ArgumentParser) -> None:
    assert parser.parse_args(["--workers", "3"]).workers == 3
    assert parser.parse_args([]).workers == os.cpu_count()


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5"])
def test_wrong_number_of_workers(parser: ArgumentParser, number: str) -> None:
    with pytest.raises(CommandError, match=f"--workers must be at least 1, not {number}."):
        parser.parse_args([f"--workers={number}"])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("été.jpg", "été.jpg"),
        ("a\x1b[2J\nb", r"a\x1b[2J\nb"),
        ("\u202egpj", r"\u202egpj"),
        ("caf\udce9", r"caf\udce9"),
    ],
)
def test_printable(text: str, line: str) -> None:
    assert printable(text) == line


def test_progress_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    for item in with_progress(range(2), "numbers", total=2):
        write_beside_progress(OutputWrapper(out), str(item))
    assert out.getvalue() == "0\n1\n"
    assert capsys.readouterr().err == ""  # it is no terminal
