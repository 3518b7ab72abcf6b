"""The making of the message catalogue: gather from the sources, take in translations, compile.

Part of the set-up and of development; the running application only reads the compiled catalogue.
A message is the literal text in `language.text("...")` or `message("...")`; both sides of a conditional
expression count. In domain only `message` counts: `.text` there reads the protocol package.
"""

from __future__ import annotations

import ast
import io
import string
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sle_desk.base.paths import resource

if TYPE_CHECKING:
    from babel.messages import Catalog

PACKAGE = Path(__file__).resolve().parents[1]
_SILENT = "domain"
# Where `text` alone is a language's; elsewhere it is a statement of SQL.
_NAMED = "ui"
# No dates and no addresses: the catalogue changes in git only when a message does.
_HEADER = """\
# The messages of sle_desk in Simplified Chinese. Written by `python3 run.py messages`.
msgid ""
msgstr ""
"Language: zh_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def translations() -> Path:
    """Return the committed catalogue; the compiled one stands beside it."""
    return resource("i18n", "zh_CN", "LC_MESSAGES", "sle_desk.po")


def literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts an argument can be, where it is written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def messages_in(tree: ast.AST, speaks: bool = True, named: bool = False) -> Iterator[str]:
    """Yield the messages of one source; `speaks` is false where `.text` is not a language's.

    `named` is true where a plain `text("...")` is a language's too: `text = language.text`.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        markers = ("message", "text") if named else ("message",)
        marked = isinstance(node.func, ast.Name) and node.func.id in markers
        spoken = speaks and isinstance(node.func, ast.Attribute) and node.func.attr == "text"
        if marked or spoken:
            yield from literals(node.args[0])


def names_it(tree: ast.AST) -> bool:
    """Tell whether a source calls what a language says by the plain name: `text = language.text`."""
    return any(
        isinstance(node, ast.Assign)
        and [ast.unparse(target) for target in node.targets] == ["text"]
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "text"
        for node in ast.walk(tree)
    )


def gather(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Return each message of the package with the files that say it."""
    found: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = place.parts[0] == _NAMED or names_it(tree)
        for text in messages_in(tree, place.parts[0] != _SILENT, named):
            found.setdefault(text, set()).add(f"{package.name}/{place.as_posix()}")
    return found


def placeholders(text: str) -> set[str]:
    """Return the names of the facts that a message puts in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def faults(found: Mapping[str, object], translated: Mapping[str, str]) -> list[str]:
    """Return what is wrong between sources and catalogue: missing, unused, other facts than the message."""
    lines = [f"not translated: {text!r}" for text in sorted(found) if not translated.get(text, "").strip()]
    lines += [f"nobody says: {text!r}" for text in sorted(set(translated) - set(found))]
    for text, chinese in sorted(translated.items()):
        if chinese.strip() and placeholders(text) != placeholders(chinese):
            lines.append(f"other facts: {text!r} and {chinese!r}")
    return lines


def _catalog(path: Path) -> Catalog:
    from babel.messages import Catalog
    from babel.messages.pofile import read_po

    if not path.exists():
        return Catalog(locale="zh_CN")
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def read_translations(path: Path) -> dict[str, str]:
    """Return the Chinese of each message in the catalogue, obsolete ones too; empty where there is none."""
    catalog = _catalog(path)
    return {
        str(entry.id): str(entry.string or "") for entry in [*catalog, *catalog.obsolete.values()] if entry.id
    }


def read_table(path: Path) -> dict[str, str]:
    r"""Return translations from lines of message, tab, Chinese; a code may stand before; `\n` ends a line."""
    pairs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.replace("\\n", "\n") for cell in line.split("\t")]
        if len(cells) >= 2:
            pairs[cells[-2]] = cells[-1]
    return pairs


def update(path: Path, found: Mapping[str, set[str]], taken: Mapping[str, str]) -> dict[str, str]:
    """Write the catalogue anew: every message said, the Chinese it has or is given, nothing else."""
    from babel.messages import Catalog
    from babel.messages.pofile import write_po

    known = {**read_translations(path), **taken}
    new = Catalog(locale="zh_CN")
    for text, places in found.items():
        entry = new.add(text, known.get(text, ""), locations=[(place, 1) for place in sorted(places)])
        entry.flags.discard("python-format")  # Facts are put in by name, in braces; % is a percentage.
        entry.flags.discard("python-brace-format")
    written = io.BytesIO()
    write_po(written, new, width=100, sort_output=True, include_lineno=False, omit_header=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_HEADER.encode() + written.getvalue())
    return {text: known.get(text, "") for text in found}


def compile_catalogue(path: Path) -> None:
    """Write the compiled catalogue beside the committed one."""
    from babel.messages.mofile import write_mo

    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, _catalog(path))


def main(arguments: list[str]) -> int:
    """Compile, or update from the sources and from tables of translations; 1 when something is missing."""
    command, *tables = arguments
    path = translations()
    faulty = []
    if command == "update":
        taken: dict[str, str] = {}
        for table in tables:
            taken.update(read_table(Path(table)))
        found = gather()
        faulty = faults(found, update(path, found, taken))
        print(f"{len(found)} messages in {path.name}")
        for line in faulty:
            print(line)
    compile_catalogue(path)
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
