"""Files that break galleries, through HTTP to a real server; see benchmarks/hostile.py."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_file_gets_what_it_must(hostile: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "hostile.py", hostile, "--json"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    verdicts = json.loads(done.stdout)["verdicts"]
    assert len(verdicts) > 400
    for verdict in verdicts:
        accepted = verdict["status"] in ("stored", "duplicate")
        assert verdict["http_status"] in ((200, 201) if accepted else (400, 413, 422)), verdict
        assert verdict["expected"] != "accept" or accepted, verdict
        assert verdict["expected"] != "reject" or not accepted, verdict
        assert accepted or verdict["reason"].endswith("."), verdict
        # Twice the goals for a refusal: the machine that runs tests does other things too.
        limits = (2.5, 1024) if accepted else (0.6, 150)
        assert (verdict["cpu_s"], verdict["memory_mb"]) <= limits, verdict
        assert verdict["memory_mb"] <= limits[1], verdict
