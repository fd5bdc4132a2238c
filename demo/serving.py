"""The web server of the demonstration."""

import os
import socket
import sys
from typing import NoReturn

from django.conf import settings
from django.core.management.base import CommandError

from demo.site import USER_NAME

HOST = "127.0.0.1"


def require_free(port: int) -> None:
    """Raise CommandError if the server could not listen at `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} is not available ({error}). Choose another: bin/demo --port 8080"
            ) from error


def welcome(port: int, password: str) -> str:
    """Return what to try first, and where."""
    site = f"http://{HOST}:{port}"
    return f"""
{settings.GALLERY["SITE_NAME"]} is running at {site}/

  Log in       {site}/login/   as {USER_NAME}, password {password}
  Similar      open any picture and scroll to "Visually similar"
  Search       {site}/search/   with a picture of yours, or with a hash
  Upload       {site}/upload/   the same picture twice, resized, in grey …
  Duplicates   {site}/admin/gallery/image/duplicates/

Your data is kept in {settings.VAR_DIR}. Press Ctrl+C to stop.
"""


def serve(port: int) -> NoReturn:
    """Replace this process by the web server."""
    os.chdir(settings.BASE_DIR)
    sys.stdout.flush()
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}"]
    os.execv(sys.executable, [*gunicorn, "--workers", "2", "--threads", "4"])
