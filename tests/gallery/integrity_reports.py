"""What `check_integrity` says, and every file that is there."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError


def check(*arguments: str) -> dict[str, Any]:
    """Run the command without grace; the report says how it exited too."""
    out = io.StringIO()
    exit_code = 0
    try:
        call_command("check_integrity", "--grace", "0", "--json", *arguments, stdout=out)
    except CommandError as error:
        exit_code = error.returncode
    return {**json.loads(out.getvalue()), "exit_code": exit_code}


def kinds(report: dict[str, Any]) -> list[str]:
    return [finding["kind"] for finding in report["findings"]]


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
