"""Build the package, install it into new projects and try its pages there: see bin/try-package."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import copy, which
from tempfile import TemporaryDirectory, mkdtemp
from time import monotonic
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PAGES = {"photos": ROOT / "README.md", "pictures": ROOT / "docs" / "hashing.md"}


@dataclass(frozen=True)
class Release:
    """A release of Django, and the oldest Python that it supports."""

    django: str
    python: tuple[int, int]


RELEASES = [
    Release("5.2", (3, 11)),  # Django runs on 3.10 too, hashing does not
    Release("6.0", (3, 12)),
    Release("6.1", (3, 12)),
]
# Variables of this project's environment, which an outside project does not have.
OURS = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "VIRTUAL_ENV"}
PYTHONS = [(3, minor) for minor in range(11, 16)]


def main(names: list[str]) -> None:
    """Try the releases in `names`, or all of them; exit with 1 if none could be tried."""
    releases = [release for release in RELEASES if not names or release.django in names]
    pythons = _pythons()
    with TemporaryDirectory() as folder:
        wheel = _wheel(Path(folder))
        tried = [_try_release(release, pythons, wheel, Path(folder)) for release in releases]
    print(f"{sum(tried)} releases of Django tried, {len(tried) - sum(tried)} skipped.")
    if not any(tried):
        sys.exit(1)


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run a command and return what it printed; end with its output if it fails."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return done.stdout


def _wheel(folder: Path) -> Path:
    """Build the wheel and check that it holds `hashing` alone, and all of it."""
    run(sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "--wheel-dir", folder)
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "hashing").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    if packed != wanted:
        sys.exit(f"{wheel.name} differs from hashing/ in: {', '.join(sorted(packed ^ wanted))}")
    print(f"{wheel.name}: {len(packed)} files, all of them in hashing/.")
    return wheel


def _try_release(
    release: Release, pythons: dict[tuple[int, int], Path], wheel: Path, folder: Path
) -> bool:
    """Try `release` with the oldest Python for it; return False if there is none."""
    fitting = sorted(version for version in pythons if version >= release.python)
    if not fitting:
        needed = ".".join(map(str, release.python))
        print(f"Django {release.django}: skipped, because it needs Python {needed} or later.")
        return False
    begin = monotonic()
    python = _environment(pythons[fitting[0]], folder)
    _install(python, wheel, f"django~={release.django}.0", "psycopg[binary]")
    databases = _databases(release, python)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda item: _try_project(python, folder, *item), databases.items()))
    version = run(python, "-c", "import django; print(django.__version__)").strip()
    print(
        f"Django {version} on Python {fitting[0][0]}.{fitting[0][1]}, {' and '.join(databases)}: "
        f"passed in {monotonic() - begin:.0f} s."
    )
    return True


def _environment(interpreter: Path, folder: Path) -> Path:
    """Return the Python of an environment for `interpreter`, created the first time."""
    environment = folder / f"venv-{interpreter.name}"
    if not environment.exists():
        run(interpreter, "-m", "venv", "--without-pip", environment)
    return environment / "bin" / "python"


def _install(python: Path, *packages: str | Path) -> None:
    """Install packages with the pip of this project, without compiling what is never imported."""
    options = ("--quiet", "--no-compile")
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, *packages)


def _databases(release: Release, python: Path) -> dict[str, str]:
    """Return the URL of a new database by the name of its kind; SQLite's is empty."""
    databases = {"SQLite": ""}
    if server := os.environ.get("POSTGRES_URL"):
        name = f"outside_{release.django.replace('.', '_')}"
        create = f"psycopg.connect({server!r}, autocommit=True).execute('CREATE DATABASE {name}')"
        run(python, "-c", f"import psycopg; {create}")
        databases["PostgreSQL"] = f"{server.rpartition('/')[0]}/{name}"
    return databases


def _try_project(python: Path, folder: Path, kind: str, database: str) -> None:
    """Start a project and let walkthrough.py follow each page in an app of its own."""
    project = Path(mkdtemp(prefix=kind, dir=folder))
    run(python, "-m", "django", "startproject", "site_of_photos", project, cwd=project)
    for name in ("outside_settings.py", "pages.py", "walkthrough.py", "drawing.py"):
        copy(HERE / name, project)
    for app, page in PAGES.items():
        run(python, "manage.py", "startapp", app, cwd=project)
        copy(page, project / app / "page.md")
    environment = {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "outside_settings",
        "PYTHONWARNINGS": "error::DeprecationWarning,error::PendingDeprecationWarning",
    }
    for step in ("before", "after"):
        run(python, "walkthrough.py", step, *PAGES, cwd=project, **environment)


def _pythons() -> dict[tuple[int, int], Path]:
    """Return the interpreters on this machine, by version: on the PATH, or installed by pyenv."""
    return {version: path for version in PYTHONS if (path := _python(version))}


def _python(version: tuple[int, int]) -> Path | None:
    name = ".".join(map(str, version))
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [*pyenv.glob(f"{name}.*/bin/python{name}")]
    if on_path := which(f"python{name}"):
        candidates.insert(0, Path(on_path))
    return next((path for path in candidates if _works(path)), None)


def _works(path: Path) -> bool:
    """Return whether the interpreter starts and has the modules that this needs."""
    probe = subprocess.run([path, "-c", "import sqlite3, venv"], capture_output=True)
    return probe.returncode == 0


if __name__ == "__main__":
    main(sys.argv[1:])
