"""Imports go one way, and modules are named for what they hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# The modules of hashing that know Django; all others are pure.
DJANGO = {
    *("apps", "changelog", "checks", "columns", "conf", "decoding_threads", "fields"),
    *("hash_runs", "index", "match_rows", "models", "querysets", "receivers", "search_plans"),
    *("signals", "soundness", "tables", "triggers"),
}
PURE = sorted({path.stem for path in (ROOT / "hashing").glob("*.py")} - DJANGO)
MEANINGLESS = {"utils", "helpers", "services", "common", "misc", "core"}
MODULES = sorted(
    path.relative_to(ROOT)
    for package in ("config", "gallery", "hashing", "tests", "benchmarks")
    for path in (ROOT / package).rglob("*.py")
)


def imports(module: Path) -> Iterator[str]:
    """Yield every name that `module` imports, in full, wherever in the file it does so."""
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import in line {node.lineno}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_module_has_a_name_and_imports_no_apps_module(module: Path) -> None:
    assert not MEANINGLESS & {*module.parts[:-1], module.stem}
    apps = {"config.apps", "gallery.apps", "hashing.apps"}
    assert not [name for name in imports(module) if ".".join(name.split(".")[:2]) in apps]


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] == "hashing"], ids=str)
def test_hashing_knows_nothing_of_the_gallery(module: Path) -> None:
    assert not [name for name in imports(module) if name.split(".")[0] in ("gallery", "config")]


@pytest.mark.parametrize("name", PURE)
def test_pure_module_knows_neither_django_nor_settings(name: str) -> None:
    for imported in imports(Path("hashing", f"{name}.py")):
        package, module, *_ = [*imported.split("."), ""]
        assert package != "django"
        assert package != "hashing" or module in PURE, f"{name} imports {imported}"


def test_partials_show_no_comments() -> None:
    # One of several lines is no comment to Django; a page that extends another drops it anyway.
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if not text.startswith("{% extends"):
            assert all("#}" in line for line in text.splitlines() if "{#" in line), path
