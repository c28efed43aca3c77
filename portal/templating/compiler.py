"""What compiled templates call, without the detours of Jinja's own that ours never take.

A page calls some hundred macros and escapes some hundred values, each a microsecond or two.
"""

from collections.abc import Callable
from functools import partial
from keyword import iskeyword
from typing import Any, Final

import markupsafe
from jinja2 import Environment, nodes
from jinja2 import Template as JinjaTemplate
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.runtime import Macro as JinjaMacro
from jinja2.utils import missing
from markupsafe import Markup

# Follows the first line of every compiled template, which imports Jinja's; on that line, since
# errors are told by the lines that Jinja counts.
INSTEAD: Final = "; from portal.templating.compiler import Macro, escape"
# What `markupsafe.escape` does with a plain text before it marks it.
_escaped: Final[Callable[[Any], str]] = markupsafe._escape_inner  # type: ignore[attr-defined]  # noqa: SLF001
_marked: Final[Callable[[str], Markup]] = partial(str.__new__, Markup)


class Calls(CodeGenerator):
    """Writes calls as Python has them, not by way of the context.

    That asks each time whether what is called wants to be given the context, and nothing does:
    translations are our own functions, and macros escape as their environment does.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802 - Jinja's
        """A call; `forward_caller` with what stands within its block."""
        self.visit(node.node, frame)
        self.write("(")
        for each in (*node.args, *node.kwargs):
            self.visit(each, frame)
            self.write(", ")
        if forward_caller:
            self.write("caller=caller, ")
        for stars, more in (("*", node.dyn_args), ("**", node.dyn_kwargs)):
            if more is not None:
                self.write(stars)
                self.visit(more, frame)
                self.write(", ")
        self.write(")")


class Lookups(Calls):
    """Writes attributes of names so too, unless they are a dictionary's, whose items Jinja finds.

    What has neither is an error, as it is when Jinja looks for it.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's
        """What stands behind a dot."""
        if not isinstance(node.node, nodes.Name) or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f".{node.attr} if ")
        self.visit(node.node, frame)
        self.write(".__class__ is not dict else ")
        super().visit_Getattr(node, frame)
        self.write(")")


class Template(JinjaTemplate):
    """A template whose components are the same wherever they are brought along.

    Jinja compares their globals each time, of which an environment of ours has one set.
    """

    _module: TemplateModule | None

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002
        return self._module or super()._get_default_module()


class Macro(JinjaMacro):
    """A macro; unless it takes more than it names it is called at once, in the order of names."""

    def __init__(
        self,
        environment: Environment,
        func: Callable[..., str],
        name: str,
        arguments: list[str],
        *takes: bool,
    ) -> None:
        """`takes`: further names, further values, a caller; and whether it escapes."""
        super().__init__(environment, func, name, arguments, *takes)
        *takes_more, self._escapes = takes
        self._drawn_by, self._most = func, -1 if any(takes_more) else len(arguments)

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """What it draws."""
        if kwargs and self._most >= 0:
            rest = self.arguments[len(args) :]
            args = (*args, *[kwargs.pop(name, missing) for name in rest])
        wanting = self._most - len(args)
        if kwargs or wanting < 0:
            return super().__call__(*args, **kwargs)
        drawn = self._drawn_by(*args, *(missing,) * wanting) if wanting else self._drawn_by(*args)
        return _marked(drawn) if self._escapes else drawn


def escape(value: object) -> str:
    """What stands for a value in a page.

    Not marked as escaped, since nothing but the page's text comes of it.
    """
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value]
    return _escaped(value) if kind is str else markupsafe.escape(value)
