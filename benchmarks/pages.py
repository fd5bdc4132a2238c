"""
How long do pages take in a large gallery, and how many queries?

    python benchmarks/pages.py --n 500000 [--json]
    DATABASE_URL=postgres://… python benchmarks/pages.py --n 500000 [--json]

A temporary database is filled with rows of made-up hashes; there are a fifth as many clusters, and
a fifth as many decisions. A superuser and a reviewer who cannot see all pictures request each page
through Django's test client. Times are medians in milliseconds, of CPU time on SQLite. DATABASE_URL
names another database, which has to be empty or filled by this script; there it is clock time,
because another process does the work.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from pages_asked import Visitor, arrivals, public_pages, review_pages, upload
from pages_gallery import fill

REPEATS = 5
# Each page is requested twice more: once to warm up, and once to count its queries.
ASKED = REPEATS + 2
IMPORTED = 1000
Timed = dict[str, tuple[float, int]]


def measured(ask: Callable[[], Any]) -> tuple[float, int]:
    """Return the median time of `ask` in milliseconds, and its number of queries."""
    from django.db import connection

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    asked = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*arguments)

    ask()
    with connection.execute_wrapper(count):
        ask()
    assert asked, "Every page asks the database something; the count is wrong."
    times = []
    for _ in range(REPEATS):
        start = clock()
        ask()
        times.append(1000 * (clock() - start))
    return round(statistics.median(times), 1), asked


def pages(only: str) -> dict[str, Callable[[], Any]]:
    """Return the pages whose names contain `only`."""
    root, rae = Visitor("root"), Visitor("rae")
    found = {
        **public_pages(root),
        **review_pages(root, ASKED),
        **{f"reviewer {name}": ask for name, ask in review_pages(rae, ASKED).items()},
        "upload": upload(root, ASKED),
        **{f"anonymous {name}": ask for name, ask in public_pages(Visitor()).items()},
        f"import of {IMPORTED}": arrivals(IMPORTED),
    }
    return {name: ask for name, ask in found.items() if only in name}


def run(count: int, only: str) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from gallery import matching
    from gallery.models import Cluster, Image

    call_command("migrate", verbosity=0)
    seconds = None if Image.objects.exists() else fill(count)
    if connection.vendor == "postgresql":  # what autovacuum does after a while
        connection.cursor().execute("VACUUM ANALYZE")
    asked = {}
    for name, ask in pages(only).items():
        matching.finish()  # earlier decisions are not part of the time of a page
        asked[name] = measured(ask)
    return {
        "n": Image.objects.count(),
        "clusters": Cluster.objects.count(),
        "database": connection.vendor,
        "rebuild_s": seconds and round(seconds, 1),
        "ms": {name: ms for name, (ms, _) in asked.items()},
        "queries": {name: queries for name, (_, queries) in asked.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--n", type=int, default=100_000, help="pictures in the gallery")
    parser.add_argument("--only", default="", help="measure pages with this in their names")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "VAR_DIR": folder,
            "DATABASE_URL": os.environ.get("DATABASE_URL", f"sqlite:///{folder}/pages.sqlite3"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "0",
            "ALLOWED_HOSTS": "testserver",
            "SECRET_KEY": "only-for-this-run",
        }
        import django

        django.setup()
        result = run(options.n, options.only)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['n']} pictures, {result['clusters']} clusters, {result['database']}")
    for name, ms in result["ms"].items():
        print(f"  {name:<34} {ms:>8.1f} ms {result['queries'][name]:>4} queries")


if __name__ == "__main__":
    main()
