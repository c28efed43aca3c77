"""Features of the web stand beside each other: few know another, and none another's routes."""

import ast
from itertools import chain

from portal import HOME

WEB = HOME / "portal" / "web"
BELOW = {"caching", "components", "errors", "http", "providers"}
FEATURES = {each.name for each in WEB.iterdir() if each.is_dir()} - BELOW - {"__pycache__"}
MAX_PAIRS = 8


def imported_modules(module):
    """The modules that a module imports, as paths below portal/web."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal.web."):
            within = node.module.split(".")[2:]
            for name in node.names:
                of_package = WEB.joinpath(*within, name.name).with_suffix(".py")
                yield (
                    of_package if of_package.exists() else WEB.joinpath(*within).with_suffix(".py")
                )


def imports_between_features():
    for module in chain.from_iterable((WEB / each).rglob("*.py") for each in FEATURES):
        own = module.relative_to(WEB).parts[0]
        for imported in imported_modules(module):
            other = imported.relative_to(WEB).parts[0]
            if other in FEATURES - {own}:
                yield own, other, imported


def test_few_features_know_another():
    pairs = {(own, other) for own, other, _module in imports_between_features()}
    assert len(pairs) <= MAX_PAIRS, sorted(pairs)
    assert not {(other, own) for own, other in pairs} & pairs


def test_no_feature_knows_the_routes_of_another():
    routes = {
        (own, str(module.relative_to(WEB)))
        for own, _other, module in imports_between_features()
        if "PortalRouter(" in module.read_text()
    }
    assert not routes
