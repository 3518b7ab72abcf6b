"""Breaking atoms into lines: between words and between Chinese characters, never before a closing mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sle_desk.exports.pdf.atoms import LINE_END, Atom
from sle_desk.exports.pdf.fonts import width_of

Line = tuple[Atom, ...]


def broken(atoms: Sequence[Atom], width: float) -> list[Line]:
    """Return the atoms as lines no wider than the width; elastic pieces fill their line."""
    return [_filled(line, width) for paragraph in _paragraphs(atoms) for line in _fill(paragraph, width)]


def natural_width(atoms: Sequence[Atom]) -> float:
    """Return the width of the longest line when nothing has to be broken."""
    return max((sum(atom.width for atom in line) for line in _paragraphs(atoms)), default=0.0)


def narrowest_width(atoms: Sequence[Atom]) -> float:
    """Return the least width at which no word has to be broken."""
    return max((_width(cluster) for line in _paragraphs(atoms) for cluster in _clusters(line)), default=0.0)


def _width(atoms: Iterable[Atom]) -> float:
    return sum(atom.width for atom in atoms)


def _paragraphs(atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    paragraph: list[Atom] = []
    for atom in atoms:
        if atom.shape == LINE_END:
            yield paragraph
            paragraph = []
        else:
            paragraph.append(atom)
    yield paragraph


def _clusters(atoms: Iterable[Atom]) -> Iterator[list[Atom]]:
    cluster: list[Atom] = []
    for atom in atoms:
        cluster.append(atom)
        if not atom.glued:
            yield cluster
            cluster = []
    if cluster:
        yield cluster


def _fill(atoms: Sequence[Atom], width: float) -> Iterator[Line]:
    line: list[Atom] = []
    used = 0.0
    for cluster in _clusters(atoms):
        needed = _width(cluster)
        if used + needed <= width or cluster[0].blank:
            line += cluster
            used += needed
            continue
        if any(not atom.blank for atom in line):
            yield _trimmed(line)
        *whole, line = _cut(cluster, width)
        yield from map(tuple, whole)
        used = _width(line)
    yield _trimmed(line)


def _cut(cluster: Sequence[Atom], width: float) -> list[list[Atom]]:
    """A cluster that fits no line at all is cut between atoms, and an atom between characters."""
    lines: list[list[Atom]] = [[]]
    used = 0.0
    for atom in _pieces(cluster, width):
        if lines[-1] and used + atom.width > width:
            lines.append([])
            used = 0.0
        lines[-1].append(atom)
        used += atom.width
    return lines


def _pieces(cluster: Sequence[Atom], width: float) -> Iterator[Atom]:
    for atom in cluster:
        if atom.width <= width or len(atom.text) < 2:
            yield atom
            continue
        for character in atom.text:
            ink = atom.ink
            yield replace(atom, text=character, width=width_of(character, ink.font, ink.size))


def _trimmed(line: Sequence[Atom]) -> Line:
    end = len(line)
    while end and line[end - 1].blank:
        end -= 1
    return tuple(line[:end])


def _filled(line: Line, width: float) -> Line:
    elastic = sum(atom.elastic for atom in line)
    if not elastic:
        return line
    share = max(0.0, (width - _width(line))) / elastic
    return tuple(replace(atom, width=atom.width + share) if atom.elastic else atom for atom in line)
