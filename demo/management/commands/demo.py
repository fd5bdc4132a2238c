"""demo: a gallery to look at, one command away."""

import io
import json
import os
import secrets
import socket
import sys
from argparse import ArgumentParser
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from demo.collection import DemoPicture, demo_pictures
from gallery import matching
from gallery.files import kept_together
from gallery.matching import facts_of_clusters, image_clusters
from gallery.models import Image
from gallery.similar import same_pictures
from gallery.uploads import Details, decoded, store

USER_NAME = "demo"
SOURCE = "demo"
MAX_DISTANCE = 10
# A few degrees move every edge: of such copies, as of heavy crops, not all are found.
HARDEST = {"tilted", "cropped"}


class Command(BaseCommand):
    help = (
        "Prepare the database, fill an empty gallery with pictures drawn by code and altered "
        "copies of them, and serve it. Run again, it keeps everything."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--check",
            action="store_true",
            help="do not serve; print the clusters, and fail if a copy is not found",
        )
        parser.add_argument("--json", action="store_true", help="print the check as JSON")

    def handle(self, *, port: int, check: bool, **options: Any) -> None:
        serves = not (check or options["json"])
        if serves:
            _require_free(port)
        call_command("migrate", verbosity=0)
        password = _superuser_password()
        self._fill()
        if serves:
            self._welcome(port, password)
            _serve(port)
        report = _report()
        self.stdout.write(json.dumps(report) if options["json"] else _table(report))
        if report["missed"]:
            raise CommandError(f"Missed: {', '.join(report['missed'])}.")

    def _fill(self) -> None:
        if Image.objects.exists():
            return
        owner = get_user_model().objects.get_by_natural_key(USER_NAME)
        pictures = _in_order_of_storing()
        self.stderr.write(f"Drawing {len(pictures)} pictures …")
        # All or nothing: a gallery that was interrupted half full would stay so.
        with kept_together() as stored:
            for picture in tqdm(pictures, file=self.stderr, disable=not self.stderr.isatty()):
                stored.append(_store(picture, owner))

    def _welcome(self, port: int, password: str) -> None:
        site = f"http://127.0.0.1:{port}"
        self.stdout.write(
            f"""
{settings.GALLERY["SITE_NAME"]} is at {site}/

  Log in       {site}/login/   as {USER_NAME}, password {password}
  Look-alikes  open any picture: "Visually similar" stands beside it
  Search       {site}/search/   with a picture of yours, or with a hash
  Upload       {site}/upload/   the same picture twice, resized, in grey …
  Duplicates   {site}/admin/gallery/image/duplicates/

Everything is kept in {settings.VAR_DIR}. Stop with Ctrl+C.
"""
        )


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} cannot be used ({error}). Choose another one: bin/demo --port 8080"
            ) from error


def _superuser_password() -> str:
    """
    Return the password of the demonstration's superuser, who is made the first time.

    It may have been changed since; then it is not ours to tell.
    """
    users = get_user_model().objects
    path = Path(settings.VAR_DIR) / "demo_password"
    user = users.filter(username=USER_NAME).first()
    if user is None:
        password = secrets.token_urlsafe(9)
        path.touch(mode=0o600)
        path.write_text(password)
        users.create_superuser(USER_NAME, password=password)
        return password
    password = path.read_text() if path.exists() else ""
    return password if user.check_password(password) else "as you set it"


def _in_order_of_storing() -> list[DemoPicture]:
    """Return all pictures so that the newest-first grid opens as the collection does."""
    families = [
        list(family)
        for _, family in groupby(
            demo_pictures(), key=lambda picture: picture.original or picture.file_name
        )
    ]
    # Within a family the original stays first: it is older than its copies.
    return [picture for family in reversed(families) for picture in family]


def _store(picture: DemoPicture, owner: Any) -> Image:
    file = File(io.BytesIO(picture.encoded()), name=picture.file_name)
    details = Details(
        title=picture.title,
        alt_text=picture.alt_text,
        tags=picture.tags,
        albums=(picture.album,) if picture.album else (),
        source=f"{SOURCE}/{picture.file_name}",
    )
    return store(file, decoded(file), owner, picture.file_name, details)


def _serve(port: int) -> None:
    """Become the web server."""
    os.chdir(settings.BASE_DIR)
    sys.stdout.flush()
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    os.execv(sys.executable, [*gunicorn, "--workers", "2", "--threads", "4"])


def _report() -> dict[str, Any]:
    """Return the clusters that were found, and for each altered copy whether it is in one."""
    clusters = facts_of_clusters(image_clusters(max_distance=MAX_DISTANCE), "phash")
    number_of = {
        member["source"]: number
        for number, cluster in enumerate(clusters)
        for member in cluster["members"]
    }
    matching.finish()
    how = _sentences()
    copies = [_copy_facts(copy, number_of, how) for copy in demo_pictures() if copy.original]
    missed = [
        copy["name"]
        for copy in copies
        if (not copy["same"] and copy["alteration"] not in HARDEST)
        or (copy["first_class"] and not copy["found"])
    ]
    return {
        "pictures": Image.objects.count(),
        "clusters": clusters,
        "copies": copies,
        "missed": missed,
    }


def _sentences() -> dict[tuple[str, str], str]:
    """Return how copies differ, by the sources of the original and the copy."""
    owner = get_user_model().objects.get_by_natural_key(USER_NAME)
    originals = [f"{SOURCE}/{copy.original}" for copy in demo_pictures() if copy.original]
    return {
        (original.source, same.image.source): same.sentence
        for original in Image.objects.filter(source__in=originals)
        for same in same_pictures(original, owner)
    }


def _copy_facts(
    copy: DemoPicture, number_of: dict[str, int], how: dict[tuple[str, str], str]
) -> dict[str, Any]:
    number = number_of.get(f"{SOURCE}/{copy.file_name}")
    sentence = how.get((f"{SOURCE}/{copy.original}", f"{SOURCE}/{copy.file_name}"), "")
    return {
        "name": copy.file_name,
        "original": copy.original,
        "alteration": copy.alteration,
        "first_class": copy.first_class,
        "same": bool(sentence),
        "sentence": sentence,
        "found": number is not None and number == number_of.get(f"{SOURCE}/{copy.original}"),
    }


def _table(report: dict[str, Any]) -> str:
    lines = [f"{report['pictures']} pictures, {len(report['clusters'])} clusters:"]
    for cluster in report["clusters"]:
        lines.append(f"\n  diameter {cluster['diameter']}, {cluster['kind']}")
        for member in cluster["members"]:
            lines.append(f"    {member['distance']:>3}  {member['hash']}  {member['name']}")
    lines.append("\nAltered copies (first-class kinds must be found):")
    for copy in sorted(report["copies"], key=lambda copy: (not copy["first_class"], copy["name"])):
        rank = "first-class" if copy["first_class"] else "harder"
        mark = "found" if copy["found"] else "not found"
        lines.append(f"  {mark:<10} {rank:<12} {copy['alteration']:<18} {copy['name']}")
        lines.append(f"             the same picture: {copy['sentence'] or 'not found'}")
    return "\n".join(lines)
