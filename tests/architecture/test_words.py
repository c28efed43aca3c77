"""What no file of the repository may hold, and how long and how well introduced its modules are."""

import ast
import re

from portal import HOME

FOLDERS = (".ci", "locales", "migrations", "portal", "static", "templates", "tests")
TEXTS = {
    *(".py", ".html", ".txt", ".css", ".js", ".svg", ".toml", ".json", ".lock", ".po", ".pot"),
    *(".md", ".cfg", ".ini", ".mako", ".yml", ".yaml", ""),
}
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (HOME / folder).rglob("*")
    if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts
) + sorted(p for p in HOME.iterdir() if p.is_file() and p.suffix in TEXTS and p.name != ".git")
MODULES = [p for p in FILES if p.suffix == ".py" and p.is_relative_to(HOME / "portal")]
PYTHON = [p for p in FILES if p.suffix == ".py"]
LONGEST = 400
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service"}
VAGUE |= {"services", "data", "info", "misc"}
# Put together here, so that this file does not hold them itself.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("proxy", "golang", "org"),
        ("index", "crates", "io"),
        ("docker", "io"),
    )
]
MACHINE = re.compile(r"(?<![\w.}])/(?:work|root|Users)/|(?<![\w.}])/home/\w")


def name_of(path):
    return str(path.relative_to(HOME))


def text_of(path):
    return path.read_text(encoding="utf-8")


def test_there_is_something_to_look_through():
    assert len(MODULES) > 80
    assert HOME / "pyproject.toml" in FILES


def test_no_file_names_a_package_registry():
    found = [
        (name_of(path), host)
        for path in FILES
        for host in REGISTRIES
        if host in text_of(path).lower()
    ]
    assert found == []


def test_no_file_names_a_folder_of_somebodys_machine():
    assert [name_of(path) for path in FILES if MACHINE.search(text_of(path))] == []


def test_modules_are_short():
    lengths = {name_of(path): len(text_of(path).splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_modules_say_what_lives_in_them():
    written = [path for path in PYTHON if text_of(path).strip()]
    assert [
        name_of(path) for path in written if not ast.get_docstring(ast.parse(text_of(path)))
    ] == []


def test_names_of_modules_and_classes_say_what_they_are():
    vague = []
    for path in PYTHON:
        if VAGUE & set(path.stem.lower().split("_")):
            vague.append(name_of(path))
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.ClassDef):
                parts = {part.lower() for part in re.findall(r"[A-Z][a-z]*", node.name)}
                if VAGUE & parts:
                    vague.append(f"{name_of(path)}: {node.name}")
    assert vague == []


def nodes_of(kind):
    """Every node of a kind in the portal's modules, with the module's name."""
    for path in MODULES:
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, kind):
                yield name_of(path), node


def test_only_transactions_themselves_commit():
    """One request is one transaction: nobody else says when it ends."""
    assert [name for name, node in nodes_of(ast.Attribute) if node.attr == "commit"] == []


def test_only_the_clock_asks_what_time_it_is():
    asking = [
        name
        for name, node in nodes_of(ast.Attribute)
        if node.attr in {"now", "utcnow", "today"}
        and getattr(node.value, "id", None) in {"datetime", "date"}
    ]
    assert asking == ["portal/core/clock.py"]


def test_statements_are_never_written_with_values_in_them():
    """SQL text with a placeholder of Python's own would be an injection in waiting."""
    written = [(name, node.args) for name, node in nodes_of(ast.Call) if _says_sql(node.func)]
    assert written
    assert [name for name, args in written if any(isinstance(a, ast.JoinedStr) for a in args)] == []


def _says_sql(called):
    return getattr(called, "id", None) == "text" or getattr(called, "attr", None) in {
        "text",
        "exec_driver_sql",
    }
