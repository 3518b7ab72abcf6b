"""The laboratory dictionary: analytes, panels in the order of the report, cross-checks and grade tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from sle_desk.base.language import Words
from sle_desk.domain.analytes import NUMBER, Analyte, AnalyteReader, SeedRange, Source, Unit, code_of
from sle_desk.domain.grade_table import GradeTable, parse_grade_tables
from sle_desk.domain.reading import Entry, unique

__all__ = ["Analyte", "CrossCheck", "Laboratory", "Panel", "SeedRange", "Source", "Unit", "parse_laboratory"]

LABS_FILE, GRADES_FILE = "labs.toml", "grades.toml"
SUM, QUOTIENT = CROSS_CHECKS = ("sum", "quotient")
_ONE = Decimal(1)


@dataclass(frozen=True)
class Panel:
    """What is reported together, in the order of the report."""

    code: str
    label: Words
    analytes: tuple[str, ...]


@dataclass(frozen=True)
class CrossCheck:
    """A value compared with what others say: the sum of the parts, or factor x first part / second part.

    Values stand in standard units; the wider of the two tolerances counts.
    """

    code: str
    label: Words
    kind: str
    target: str
    parts: tuple[str, ...]
    factor: Decimal
    tolerance: Decimal
    tolerance_percent: Decimal
    source: str


@dataclass(frozen=True)
class Laboratory:
    """The whole dictionary: analytes by code, panels in their order, grade tables by version."""

    version: str
    sources: Mapping[str, Source]
    analytes: Mapping[str, Analyte]
    panels: tuple[Panel, ...]
    cross_checks: tuple[CrossCheck, ...]
    grading: Mapping[str, GradeTable]

    def panel(self, code: str) -> Panel:
        """Return the panel of this code."""
        return next(panel for panel in self.panels if panel.code == code)


def _cross_check(entry: Entry, analytes: Mapping[str, Analyte], reader: AnalyteReader) -> CrossCheck:
    kind = entry.one_of("kind", CROSS_CHECKS)
    numbers = [code for code, analyte in analytes.items() if analyte.kind == NUMBER]
    parts = entry.texts("parts")
    strange = [part for part in parts if part not in numbers]
    if strange or (kind == QUOTIENT and len(parts) != 2):
        raise entry.fault("parts", "package.unknown_reference", found=", ".join(strange or parts))
    check = CrossCheck(
        code=entry.text("code"),
        label=entry.words("label"),
        kind=kind,
        target=entry.one_of("target", numbers),
        parts=parts,
        factor=entry.optional_decimal("factor") or _ONE,
        tolerance=entry.decimal("tolerance"),
        tolerance_percent=entry.decimal("tolerance_percent"),
        source=reader.source(entry, "source"),
    )
    entry.done()
    return check


def _panel(entry: Entry, analytes: Mapping[str, Analyte]) -> Panel:
    codes = unique(entry.texts("analytes"), lambda code: code, entry.file, f"{entry.key}.analytes")
    for code in codes:
        if code not in analytes or analytes[code].computed:
            raise entry.fault("analytes", "package.unknown_reference", found=code)
    panel = Panel(entry.text("code"), entry.words("label"), codes)
    entry.done()
    return panel


def parse_laboratory(labs: object, grades: object) -> Laboratory:
    """Return the dictionary of labs.toml and grades.toml; PackageFaulty names file, key and reason."""
    root = Entry(LABS_FILE, "", labs)
    version = root.text("version")
    reader = AnalyteReader(root)
    declared = unique(map(reader.analyte, root.tables("analyte")), code_of, root.file, "analyte")
    analytes = {analyte.code: analyte for analyte in declared}
    panels = unique((_panel(entry, analytes) for entry in root.tables("panel")), code_of, root.file, "panel")
    checks = tuple(
        _cross_check(entry, analytes, reader) for entry in root.tables("cross_check", optional=True)
    )
    root.done()
    units = {code: frozenset(unit.code for unit in found.units) for code, found in analytes.items()}
    answers = {code: frozenset(answer.code for answer in found.answers) for code, found in analytes.items()}
    return Laboratory(
        version=version,
        sources=MappingProxyType(reader.sources),
        analytes=MappingProxyType(analytes),
        panels=panels,
        cross_checks=unique(checks, code_of, root.file, "cross_check"),
        grading=parse_grade_tables(GRADES_FILE, grades, units, answers),
    )
