"""Python sources read as names and calls, and rules over them."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

Offences = Iterator[tuple[ast.AST, str]]


@dataclass(frozen=True)
class Source:
    """One Python file: its place below the project folder, its text and its tree."""

    place: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the parsed text."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Return every node of the tree."""
        return list(ast.walk(self.tree))

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Return what each imported name stands for: `dt` for `datetime.datetime`."""
        found = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    bound = name.asname or name.name.partition(".")[0]
                    found[bound] = name.name if name.asname else bound
            elif isinstance(node, ast.ImportFrom):
                for name in node.names:
                    found[name.asname or name.name] = f"{node.module}.{name.name}"
        return found

    def dotted(self) -> Iterator[tuple[ast.AST, str]]:
        """Yield each used or imported name in full: `datetime.datetime.now`, `PySide6.QtWidgets.QLabel`."""
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                yield from ((node, f"{node.module}.{name.name}") for name in node.names)
            elif isinstance(node, ast.Name | ast.Attribute):
                yield node, _spelled(node, self.aliases)

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Yield each call with the last name of what is called."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                yield node, node.func.id if isinstance(node.func, ast.Name) else node.func.attr


def _spelled(node: ast.expr, aliases: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_spelled(node.value, aliases)}.{node.attr}"
    return aliases.get(node.id, node.id) if isinstance(node, ast.Name) else ""


@dataclass(frozen=True)
class Rule:
    """A rule: where it looks, where it does not, what offends, and offences that it must catch."""

    name: str
    look: Callable[[Source], Offences]
    planted: tuple[str, ...]
    innocent: str
    rooms: tuple[str, ...] = ("sle_desk/",)
    homes: tuple[str, ...] = ()

    def offences(self, source: Source) -> list[str]:
        """Return each offence of a source as place, line and what is wrong."""
        if not source.place.startswith(self.rooms) or source.place.startswith(self.homes or ("\0",)):
            return []
        return [f"{source.place}:{getattr(node, 'lineno', 1)} {what}" for node, what in self.look(source)]


def names(*forbidden: str, whole: bool = False) -> Callable[[Source], Offences]:
    """Return a look for names used or imported, in full or (unless `whole`) by their last part."""

    def look(source: Source) -> Offences:
        for node, name in source.dotted():
            if name in forbidden or (not whole and name.rpartition(".")[2] in forbidden):
                yield node, name

    return look


def functions(source: Source) -> Iterator[tuple[ast.AST, int, str]]:
    """Yield each function with its length in lines."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, node.end_lineno - node.lineno + 1, node.name
