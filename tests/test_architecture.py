"""Imports go one way, packages are entered by their faces, and modules have telling names."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PRODUCT = ("config", "demo", "gallery", "hashing")
MEANINGLESS = {"utils", "helpers", "services", "common", "misc", "core"}

# Rooms from the lowest floor up: a room may import from lower floors only. Modules and packages
# that are named here are rooms; all else belongs to the room that it lies in.
FLOORS = (
    ("hashing.exceptions", "hashing.signals", "hashing.models", "hashing.colour_spaces"),
    ("hashing.pictures", "hashing.search"),
    ("hashing.fingerprints", "hashing.forensics"),
    ("hashing.matching", "hashing.keypoints", "hashing.verification", "hashing.conf"),
    ("hashing.decoding_pool", "hashing.fields"),
    ("hashing.receivers", "hashing.index"),
    ("hashing.model_matching", "hashing.subjects"),
    ("hashing.querysets",),
    ("hashing.checkpoints", "hashing.checks", "hashing.same_pictures"),
    ("hashing.apps",),
    ("hashing.management",),
    ("hashing",),
    ("gallery.people",),
    ("gallery.conf", "gallery.querysets", "gallery.batches", "gallery.terminal"),
    ("gallery.models",),
    ("gallery.web", "gallery.access", "gallery.files", "gallery.verdicts"),
    ("gallery.verification",),
    ("gallery.matching", "gallery.decisions", "gallery.comparing"),
    ("gallery.library", "gallery.parts", "gallery.suggestions", "gallery.review"),
    ("gallery.similar",),
    ("gallery.clusters", "gallery.uploads"),
    ("gallery.worker",),
    ("gallery.receivers", "gallery.checks", "gallery.context_processors"),
    ("gallery.templatetags",),
    ("gallery.views", "gallery.admin", "gallery.management"),
    ("gallery.urls", "gallery.apps"),
    ("gallery",),
    ("demo", "config"),
)
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
# These know neither Django nor settings, so that they can be used and tested without a site.
PURE = {
    f"hashing.{name}"
    for name in (
        *("exceptions", "pictures", "search", "fingerprints", "forensics", "matching"),
        *("keypoints", "verification", "colour_spaces"),
    )
}


class Import(NamedTuple):
    """A name that a module imports, in full, and the line where it does."""

    module: str
    name: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.name}"


@cache
def modules(*folders: str) -> dict[str, Path]:
    """Return all modules below `folders` by their dotted names."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def imports(module: str, path: Path) -> Iterator[Import]:
    """Yield every name that the module imports when it runs, wherever in the file it does so."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = f"{'.' * node.level}{node.module or ''}"
            yield from (Import(module, f"{source}.{a.name}", node.lineno) for a in node.names)


@cache
def imported(*folders: str) -> list[Import]:
    """Return every import in the modules below `folders`."""
    return [one for module, path in modules(*folders).items() for one in imports(module, path)]


def room_of(name: str) -> str | None:
    """Return the innermost room that `name`, a module or a name in one, lies in."""
    while name and name not in LEVEL:
        name = name.rpartition(".")[0]
    return name or None


@cache
def faces() -> dict[str, set[str]]:
    """
    Return the names that each package inside an app shows to others.

    The face of an app itself, such as `hashing`, is for other projects and hides nothing.
    """
    found = {}
    for module, path in modules(*PRODUCT).items():
        if "." not in module:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                found[module] = set(ast.literal_eval(node.value))
    return found


def is_inside(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def test_imports_go_one_way() -> None:
    assert not [
        str(one)
        for one in imported(*PRODUCT)
        if (there := room_of(one.name)) and (here := room_of(one.module))
        and here != there and LEVEL[here] <= LEVEL[there]
    ]  # fmt: skip


def test_packages_are_entered_by_their_faces() -> None:
    offenders = []
    for one in imported(*PRODUCT, "benchmarks", "docs"):
        source, _, name = one.name.rpartition(".")
        entered = one.name if name not in faces().get(source, {name}) else source
        offenders += [
            str(one)
            for face in faces().keys() - set(PRODUCT)  # an app shows its modules too
            if entered != face and is_inside(entered, face) and not is_inside(one.module, face)
        ]
    assert not offenders


def test_no_private_name_leaves_its_module() -> None:
    assert not [
        str(one)
        for one in imported(*PRODUCT, "benchmarks", "docs")
        if one.name.split(".")[0] in PRODUCT and one.name.rpartition(".")[2].startswith("_")
    ]


def test_no_circle_of_modules() -> None:
    known = modules(*PRODUCT)
    arrows: dict[str, set[str]] = {module: set() for module in known}
    for one in imported(*PRODUCT):
        target = one.name if one.name in known else one.name.rpartition(".")[0]
        # A package's own modules are named by its face; the way back to it is the circle.
        if target in known and target != one.module and not is_inside(target, one.module):
            arrows[one.module].add(target)
    # What imports nothing that is left, or is imported by nothing that is left, is in no circle.
    while True:
        wanted = set().union(*arrows.values())
        kept = {module: targets & arrows.keys() for module, targets in arrows.items()
                if targets & arrows.keys() and module in wanted}  # fmt: skip
        if kept == arrows:
            break
        arrows = kept
    assert not arrows


def test_pure_rooms_know_neither_django_nor_settings() -> None:
    pure = [one for one in imported("hashing") if room_of(one.module) in PURE]
    assert pure
    assert not [
        str(one)
        for one in pure
        if one.name.split(".")[0] == "django"
        or (one.name.startswith("hashing.") and room_of(one.name) not in PURE)
    ]


def test_modules_have_telling_names_and_absolute_imports() -> None:
    every = (*PRODUCT, "tests", "benchmarks")
    assert not [name for name in modules(*every) if MEANINGLESS & set(name.split("."))]
    assert not [str(one) for one in imported(*every) if one.name.startswith(".")]


def test_partials_show_no_comments() -> None:
    # One of several lines is no comment to Django; a page that extends another drops it anyway.
    offenders = [
        path
        for path in (ROOT / "templates").rglob("*.html")
        if not (text := path.read_text(encoding="utf-8")).startswith("{% extends")
        and not all("#}" in line for line in text.splitlines() if "{#" in line)
    ]
    assert not offenders
