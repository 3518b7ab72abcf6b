"""Papers and workbooks beside the bare libraries writing the same page and the same cells."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from time import process_time

import openpyxl
import segno
from reportlab.pdfgen.canvas import Canvas

from measure import Ratio, ratio
from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language, Words
from sle_desk.domain.values import Measured
from sle_desk.exports.about import About
from sle_desk.exports.drawing import Point
from sle_desk.exports.pdf.fonts import REGULAR, register_fonts
from sle_desk.exports.pdf.stamp import Stamp, StudyName, square_content
from sle_desk.exports.pdf.visit_summary import (
    ActivityRow,
    Curve,
    DrugRow,
    LabRow,
    Note,
    VisitSummary,
    visit_summary_pdf,
)
from sle_desk.exports.tables import CodeList, Column, Table, flat_columns, flat_rows
from sle_desk.exports.workbook import write_workbook

ROWS = 60_000
NOW = datetime(2026, 11, 23, 9, 44, tzinfo=timezone(timedelta(hours=8)))
FLAGS = CodeList("FLAG", (("L", Words("Low", "低")), ("H", Words("High", "高"))))


def laboratory(rows: int) -> Table:
    """Return a laboratory table as the study exports it, every value another."""

    def column(name: str, kind: str, **options: object) -> Column:
        return Column(name, Words(name.lower(), name.lower()), kind, **options)

    columns = (
        *(column("SUBJID", "text"), column("VISIT", "code"), column("LBTESTCD", "code")),
        *(column("LBTEST", "text"), column("LBORRES", "number", unit="g/L", as_typed=True)),
        *(column("LBORRESU", "text"), column("LBORNRLO", "number"), column("LBORNRHI", "number")),
        *(column("LBNRIND", "code", codelist="FLAG"), column("LBTOXGR", "whole"), column("LBDAT", "day")),
        *(column("LBDTC", "instant"), column("LBDY", "whole"), column("REMARK", "text")),
    )
    values = []
    for number in range(rows):
        result = Decimal(number % 997) / 100
        drawn = NOW + timedelta(minutes=number % 5000)
        values.append(
            (
                *(f"SLE-{number % 30:03}", f"W{number % 24}", "NEUT", "Neutrophils 中性粒细胞绝对值"),
                *(Measured(str(result), result), "10^9/L", Decimal("1.8"), Decimal("6.3")),
                *("L" if result < 2 else None, number % 5, date(2026, 1, 1) + timedelta(days=number % 300)),
                *(drawn, number % 169, f"remark {number}"),
            )
        )
    return Table("LB", Words("Laboratory", "实验室检查"), columns, values)


def workbook_ratio() -> Ratio:
    """Return our workbook of 60,000 rows over bare openpyxl in write-only mode with the same cells."""
    table = laboratory(ROWS)
    names = [column.name for column in flat_columns(table)]
    cells = list(flat_rows(table))
    about = About(Words("S", "S"), "N", "X-1", 1, "C", NOW, NOW, "v1", "sle_desk", codelists=(FLAGS,))
    folder = Path(tempfile.mkdtemp())

    def ours() -> None:
        write_workbook(folder / "ours.xlsx", [table], about, Language("en"), replace=True)

    def floor() -> None:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("LB")
        sheet.append(names)
        for row in cells:
            sheet.append(row)
        book.save(folder / "floor.xlsx")

    made = f"{ROWS} rows of {len(names)} columns"
    return ratio("workbook over openpyxl write_only", ours, floor, aim=1.5, repeats=3, note=made)


def summary() -> VisitSummary:
    """Return a visit summary of the usual size."""
    laboratory = tuple(
        LabRow(f"Test {n}", f"{n}.62", "×10⁹/L", "1.8 – 6.3", "Low", "Grade 1", "−0.31", "NCS", "Zhao Jing")
        for n in range(6)
    )
    activity = tuple(
        ActivityRow(f"Score {n}", tuple(f"{n}.{visit}0" for visit in range(5))) for n in range(6)
    )
    return VisitSummary(
        study=StudyName(Words("Belimumab ± low-dose IL-2 in SLE", "贝利尤单抗"), "NCT05262686"),
        subject="SLE-004",
        arm="BEL + IL-2",
        sex_age="F, 34 y",
        randomised=date(2026, 9, 14),
        visit=Words("Week 8", "第 8 周"),
        visit_day=date(2026, 11, 9),
        study_day=57,
        window="in (± 3 d)",
        weight="56.4 kg",
        treatment=(
            DrugRow("Belimumab 10 mg/kg i.v.", 3, 3, 0, 0, "1701 mg", "100 %", date(2026, 11, 9)),
            DrugRow("IL-2 1 million IU s.c.", 29, 28, 1, 1, "28 million IU", "96.6 %", date(2026, 11, 9)),
        ),
        activity_visits=("Screen", "W0", "W2", "W4", "W8"),
        activity=activity,
        curve=Curve("SLEDAI-2K", tuple(Point(n, Decimal(12 - n), f"W{n}") for n in range(5))),
        laboratory=laboratory,
        compared_with="W4",
        notes=tuple(Note("deviation", "IL-2 dose 21 missed because of fever.", f"DV-{n}") for n in range(5)),
    )


STAMP = Stamp(
    *("R-0042", 1, 18204, "LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ", NOW, "Chen Lan", NOW),
    *("v2.0 of 2026-03-12", "VISIT-W8 v1.2", "sle_desk 1.0.0", False),
)
DRAWING = ("drawString", "line", "rect", "roundRect", "circle", "drawPath", "setFont", "translate")
STATE = ("saveState", "restoreState", "setFillColor", "setStrokeColor", "setLineWidth")


def strokes() -> list[tuple[str, tuple[object, ...], dict[str, object]]]:
    """Return what our summary draws: the page that a hand would write with the library alone."""
    drawn: list[tuple[str, tuple[object, ...], dict[str, object]]] = []
    kept = {name: getattr(Canvas, name) for name in (*DRAWING, *STATE)}

    def spied(name: str) -> object:
        def call(canvas: Canvas, *arguments: object, **options: object) -> object:
            drawn.append((name, arguments, options))
            return kept[name](canvas, *arguments, **options)

        return call

    for name in kept:
        setattr(Canvas, name, spied(name))
    try:
        visit_summary_pdf(summary(), Language("en"), STAMP, font_files())
    finally:
        for name, method in kept.items():
            setattr(Canvas, name, method)
    return drawn


def summary_ratio() -> Ratio:
    """Return our visit summary over a page drawn by hand: the same strokes, fonts and QR square."""
    content, language, fonts = summary(), Language("en"), font_files()
    register_fonts(fonts)
    hand = strokes()

    def ours() -> None:
        visit_summary_pdf(content, language, STAMP, fonts)

    def floor() -> None:
        segno.make(square_content(STAMP), error="m", micro=False)
        canvas = Canvas(BytesIO(), initialFontName=REGULAR, invariant=1)
        for name, arguments, options in hand:
            getattr(canvas, name)(*arguments, **options)
        canvas.showPage()
        canvas.save()

    return ratio(
        "visit summary over the page drawn by hand", ours, floor, aim=2, repeats=25, timer=process_time
    )


def ratios() -> Iterator[Ratio]:
    """Yield the ratios of papers and workbooks."""
    yield workbook_ratio()
    yield summary_ratio()
