"""What no file of the repository may hold, and how long and how well introduced its modules are."""

import ast
import re

from portal import HOME
from portal.app import declarations
from portal.db.engine import Base

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
# Words of our own that names no longer use; the glossary has those that came instead.
LEFT = frozenset(
    re.findall(
        r"\w+",
        """
        coding codings courtesy deciding desk door doors draw drawing drawn errand errands exhibit
        exhibits founding guarded held illustrated inert keep keeping keeps kept ledger letter
        letters most newcomer notices noting office offices organizing overdue passage passages
        proposal proposals remembered ruling rulings said shelf shelves shown speaking standing
        tell telling tells told tongue tongues touched turnstile unsaved upkeep vouch vouches wish
        """,
    )
)
# Where one of them is the field's own word.
RIGHT = {
    "portal/domain/registrations/": {"held"},  # a place is held until its guest confirms it
    "portal/i18n/kazakh/": {"letter", "letters"},  # of an alphabet
    "portal/search/": {"letters"},
}
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


def test_no_name_uses_a_word_that_has_been_left():
    files = [p for p in FILES if p.is_relative_to(HOME / "templates")]
    files += [p for p in FILES if p.is_relative_to(HOME / "static")]
    names = [(name_of(path), path.stem) for path in [*MODULES, *files]]
    names += [pair for path in MODULES for pair in _defined(path, ast.parse(text_of(path)))]
    names += [
        (name_of(path), macro)
        for path in files
        for macro in re.findall(r"{%-? macro (\w+)", text_of(path))
    ]
    names += [("route", declared.name) for declared in declarations()]
    names += [("table", table) for table in Base.metadata.tables]
    assert len(names) > 5_000
    assert [
        (where, name) for where, name in names if _words_of(name) & (LEFT - _right(where))
    ] == []


def _defined(path, scope):
    """What a module and its classes define, and what their functions set on `self`."""
    for node in ast.walk(scope):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield name_of(path), node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield name_of(path), node.attr
        if isinstance(node, ast.Module | ast.ClassDef):
            targets = [
                t for each in node.body if isinstance(each, ast.Assign) for t in each.targets
            ]
            targets += [each.target for each in node.body if isinstance(each, ast.AnnAssign)]
            yield from ((name_of(path), t.id) for t in targets if isinstance(t, ast.Name))


def _words_of(name):
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def _right(where):
    return next((words for folder, words in RIGHT.items() if where.startswith(folder)), set())
