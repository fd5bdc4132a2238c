"""A private S3 server on loopback, for as long as the tests run."""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

PORTS = (
    *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc"),
    *("filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc"),
    *("s3.port.iceberg", "s3.port.lance"),
)
SECONDS_TO_START = 60


@dataclass(frozen=True)
class S3Server:
    """Where it is, and how to be let in."""

    url: str
    access_key: str = "gallery"
    secret_key: str = "only-for-tests"

    def options(self, bucket: str) -> dict[str, Any]:
        """Return STORAGE_OPTIONS for `bucket`, as a site would set them."""
        return {
            "endpoint_url": self.url,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "bucket_name": bucket,
            "region_name": "us-east-1",
            "signature_version": "s3v4",
            "addressing_style": "path",
            "file_overwrite": False,
        }

    @contextmanager
    def client(self) -> Iterator[BaseClient]:
        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
        try:
            yield client
        finally:
            client.close()


def executable() -> str | None:
    """Return the path of the server's program, which comes as a wheel; None without it."""
    beside_python = Path(sys.executable).parent
    return shutil.which("weed", path=str(beside_python)) or shutil.which("weed")


@contextmanager
def running(program: str, folder: Path) -> Iterator[S3Server]:
    """Run the server with its data in `folder`, from when it answers until the block ends."""
    ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
    server = S3Server(f"http://127.0.0.1:{ports['s3.port']}")
    (folder / "identities.json").write_text(json.dumps(_identities(server)))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(_command(program, folder, ports), stdout=log, stderr=log)
        try:
            _wait(server, process, folder / "log")
            yield server
        finally:
            # At once: nobody needs its data, and an orderly end takes it ten seconds.
            process.kill()
            process.wait()
            for port in ports.values():
                for leftover in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
                    leftover.unlink()


def _command(program: str, folder: Path, ports: dict[str, int]) -> list[str]:
    return [
        *(program, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *("-s3", f"-s3.config={folder / 'identities.json'}", "-s3.iam=false"),
        *("-volume.max=0", "-master.volumeSizeLimitMB=64"),
        *(f"-{name}={port}" for name, port in ports.items()),
    ]


def _identities(server: S3Server) -> dict[str, Any]:
    keys = {"accessKey": server.access_key, "secretKey": server.secret_key}
    actions = ["Admin", "Read", "List", "Tagging", "Write"]
    return {"identities": [{"name": "gallery", "credentials": [keys], "actions": actions}]}


def _free_ports(number: int) -> list[int]:
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.socket()) for _ in range(number)]
        for each in bound:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in bound]


def _wait(server: S3Server, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    with server.client() as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                client.create_bucket(Bucket="first")
                # The bucket is there before the first volume that could hold an object.
                client.put_object(Bucket="first", Key="object", Body=b"")
            except (BotoCoreError, ClientError):
                time.sleep(0.1)
            else:
                return
    raise RuntimeError(f"The S3 server does not answer:\n{log.read_text()[-2000:]}")
