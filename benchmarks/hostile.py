"""
How does the gallery cope with files that break other galleries?

    python benchmarks/hostile.py DIR [--json]

DIR holds the files and a MANIFEST.tsv with the columns `file`, `category`, `expected` (accept,
reject, accept-or-reject), `upload_name_json` and `content_type`. Each file is posted through HTTP
to a real server of one worker under the name and type of its row; the worker's CPU time and the
peak of its memory are read from the kernel. Linux only.
"""

import argparse
import csv
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
BOUNDARY = "----a-boundary-that-no-picture-holds"
TIMEOUT = 30


@dataclass(frozen=True)
class Verdict:
    """The answer to one file, and its cost in CPU seconds and memory."""

    file: str
    category: str
    expected: str
    http_status: int
    status: str
    code: str
    reason: str
    cpu_s: float
    memory_mb: float

    @property
    def is_right(self) -> bool:
        accepted = self.status in ("stored", "duplicate")
        wanted = {"accept": accepted, "reject": not accepted and bool(self.reason)}
        return self.http_status < 500 and wanted.get(self.expected, True)


class Server:
    """A gallery with a database of its own behind gunicorn, and one user who can upload."""

    def __init__(self, folder: str) -> None:
        self.environment = {
            **os.environ,
            "VAR_DIR": folder,
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "ERROR",
        }
        self.environment.pop("DATABASE_URL", None)
        self._manage("migrate", "-v0")
        self.cookie = self._manage("shell", "--no-imports", "-v0", "-c", LOG_IN).strip()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "config.wsgi", "--workers", "1", "--threads", "2",
             "--bind", f"127.0.0.1:{self.port}", "--log-level", "error"],
            cwd=ROOT, env=self.environment,
        )  # fmt: skip
        self.token = self._token()
        self.worker = self._worker()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def post(self, name: str, content_type: str, data: bytes) -> tuple[int, dict[str, Any]]:
        """Send a file as a browser does, and return the HTTP status and the result of the file."""
        # Browsers escape these three, so that the header stays on one line.
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{quoted}"'
        head += f"\r\nContent-Type: {content_type or 'application/octet-stream'}\r\n\r\n"
        body = head.encode("utf-8", "surrogatepass") + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        status, answer = self._ask("POST", "/upload/", body)
        try:
            parsed = json.loads(answer)
        except ValueError:
            return status, {"status": "no JSON", "reason": answer[:200].decode(errors="replace")}
        return status, (parsed.get("results") or [{"status": "rejected", **parsed}])[0]

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.worker}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def forget_peak(self) -> None:
        Path(f"/proc/{self.worker}/clear_refs").write_text("5")  # see proc(5)

    def memory_mb(self, name: str) -> float:
        text = Path(f"/proc/{self.worker}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024

    def _manage(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {
            "Accept": "application/json",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Cookie": f"sessionid={self.cookie}; csrftoken={getattr(self, 'token', '')}",
            "X-CSRFToken": getattr(self, "token", ""),
        }
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        self.last_headers = response.headers
        answer = response.read()
        connection.close()
        return response.status, answer

    def _token(self) -> str:
        """Wait for the server, and return the CSRF token of its upload form."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                self._ask("GET", "/upload/")
            except ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return re.search("csrftoken=(\\w+)", self.last_headers["Set-Cookie"])[1]

    def _worker(self) -> int:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(path.read_text().split()[0])


LOG_IN = """
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
user = User.objects.create_user("visitor")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(session.session_key)
"""


def try_all(folder: Path) -> list[Verdict]:
    """Post every file of the manifest in `folder`, and return the verdicts."""
    with (folder / "MANIFEST.tsv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with tempfile.TemporaryDirectory() as var:
        server = Server(var)
        try:
            # The first upload pays for lazy imports.
            server.post("warm-up.jpg", "image/jpeg", b"not a picture")
            return [_try(server, folder, row) for row in rows]
        finally:
            server.stop()


def _try(server: Server, folder: Path, row: dict[str, str]) -> Verdict:
    data = (folder / row["file"]).read_bytes()
    server.forget_peak()
    cpu, memory = server.cpu_s(), server.memory_mb("VmRSS")
    status, result = server.post(json.loads(row["upload_name_json"]), row["content_type"], data)
    return Verdict(
        file=row["file"],
        category=row["category"],
        expected=row["expected"],
        http_status=status,
        status=result["status"],
        code=result.get("code", ""),
        reason=result.get("reason", result.get("message", "")),
        cpu_s=round(server.cpu_s() - cpu, 2),
        memory_mb=round(server.memory_mb("VmHWM") - memory, 1),
    )


def table(verdicts: list[Verdict]) -> str:
    """Return a Markdown table with a row for each category."""
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.category].append(verdict)
    lines = [
        "| files | count | stored | rejected | as expected | worst CPU s | worst MB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, group in sorted(groups.items()):
        refused = sum(verdict.status == "rejected" for verdict in group)
        right = sum(verdict.is_right for verdict in group)
        lines.append(
            f"| {name} | {len(group)} | {len(group) - refused} | {refused} | {right} "
            f"| {max(v.cpu_s for v in group):.2f} | {max(v.memory_mb for v in group):.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    verdicts = try_all(arguments.folder)
    if arguments.json:
        print(json.dumps({"verdicts": [asdict(verdict) for verdict in verdicts]}))
        return
    print(table(verdicts))
    for verdict in verdicts:
        if not verdict.is_right:
            print(f"\n{verdict.file}: {verdict.http_status} {verdict.status} {verdict.reason}")


if __name__ == "__main__":
    main()
