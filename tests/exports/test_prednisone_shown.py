"""The prednisone equivalent as it goes out: on the paper of a visit, in the workbook, as a stair."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pypdf
import pytest
from dose_fixtures import at, dispense, inject
from logged import medicine, put_right
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.prednisone import Stretch
from sle_desk.exports.drawing import Band, Label, Line, Step, step_curve
from sle_desk.exports.exporting import write_export
from sle_desk.exports.prednisone_words import over_words, stair
from sle_desk.exports.printing import print_visit_summary
from sle_desk.exports.read_back import read_back
from sle_desk.services import form_records, papers, visits
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction
from sle_desk.services.prednisone import Prednisone

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
EN, ZH = Language("en"), Language("zh_CN")
BOTH, BEL, IL2 = 1, 2, 3


@pytest.fixture
def desk(arms: Study) -> Desk:
    """The coordinator's desk."""
    return arms.sit("chen.lan", roles.COORDINATOR)


def paper(desk: Desk, visit: str, language: Language, folder) -> str:
    row = next(row for row in visits.visits(desk, BOTH) if row.code == visit)
    path = folder / "paper.pdf"
    path.write_bytes(print_visit_summary(desk, row.id, language).content)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    return re.sub(r"\s+", " ", text)


def ended(desk: Desk, row, day: str) -> None:
    """Say of an entry that it ended."""
    values = Given({"ongoing": Value(choice="N"), "stop": Value(text=day)})
    form_records.complete_form(desk, row.id, values, row.version)


def test_the_paper_of_a_visit_lists_what_was_taken_since_the_visit_before(arms, desk, tmp_path):
    old = medicine(desk, "Prednisone", "7.5", "2024-UK-UK")
    at(arms, desk.today() + timedelta(days=14))
    visits.record_visit(desk, BOTH, "W2", desk.today())
    ended(desk, old, "2026-11-29")
    medicine(desk, "Prednisone", "15", "2026-11-30")
    medicine(desk, "Betamethasone", "1", "2026-12-05")
    said = paper(desk, "W2", EN, tmp_path)
    assert "Systemic glucocorticoids since the visit before" in said
    assert "Prednisone equivalent (limit 10 mg a day)" in said
    for row in (
        "2026-11-23 2026-11-29 7.5 mg a day –",
        "2026-11-30 2026-12-04 15 mg a day –",
        "2026-12-05 2026-12-07 23.333333 mg a day –",
    ):
        assert row in said, row
    told = paper(desk, "W2", ZH, tmp_path)
    assert "上次访视以来的全身性糖皮质激素" in told and "15 mg/日" in told


def test_what_is_not_known_is_said_on_the_paper_and_is_no_number(desk, tmp_path):
    medicine(desk, "Prednisone", "5", "2026-11-UK")
    said = paper(desk, "V1", EN, tmp_path)
    assert "2026-11-01 2026-11-23 not known a start or an end is not exact" in said
    assert "0 mg a day" in said.partition("2026-11-01")[0]


def test_a_subject_without_a_glucocorticoid_has_no_such_section(desk, tmp_path):
    medicine(desk, "Ibuprofen", "400", "2026-11-01")
    assert "glucocorticoids" not in paper(desk, "V1", EN, tmp_path)


def standing(desk: Desk) -> bool:
    return papers.papers(desk)[0].state != "superseded"


def test_a_paper_stands_until_a_day_that_it_shows_comes_to_something_else(arms, desk, tmp_path):
    prednisone = medicine(desk, "Prednisone", "5", "2026-11-01")
    paper(desk, "V1", EN, tmp_path)
    at(arms, desk.today() + timedelta(days=7))
    # What came after the visit, what is no glucocorticoid, what says nothing of an amount.
    medicine(desk, "Prednisone", "5", "2026-11-28")
    ended(desk, prednisone, "2026-11-27")
    medicine(desk, "Ibuprofen", "400", "2026-11-01")
    assert standing(desk)
    seen = form_records.form_row(desk, prednisone.id).answer_versions["stop"]
    earlier = Correction(prednisone.id, "stop", Value(text="2026-11-20"), "slip", seen)
    form_records.correct_value(desk, earlier)
    assert not standing(desk)
    assert "2026-11-21 2026-11-23 0 mg a day" in paper(desk, "V1", EN, tmp_path)
    later = medicine(desk, "Hydrocortisone", "20", "2026-11-22")
    assert not standing(desk)
    paper(desk, "V1", EN, tmp_path)
    put_right(desk, later, "frequency", "BID")
    assert not standing(desk)


def baseline(desk: Desk, folder, preset: str = "site") -> list[object]:
    for table in read_back(write_export(desk, folder, preset, EN).path):
        if table.name == "SUBJECTS":
            place = [found.name for found in table.columns].index("BASELINE_PREDNISONE")
            return [row[place] for row in table.rows]
    raise AssertionError("no sheet of subjects")


def test_the_workbook_has_the_sum_on_the_day_of_the_first_dose_and_nothing_where_it_is_not_known(
    arms, desk, tmp_path
):
    for name, dose in (("Prednisone", "5"), ("Methylprednisolone", "4"), ("Prednisone", "2.5")):
        medicine(desk, name, dose, "2026-01-01")
    medicine(desk, "Prednisone", "20", "2026-11-UK", BEL)
    at(arms, date(2026, 11, 25))
    medicine(desk, "Prednisone", "20", "2026-11-25", IL2)
    assert baseline(desk, tmp_path) == [Decimal("12.5"), None, 0]
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, date(2026, 11, 25), "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert baseline(desk, tmp_path) == [Decimal("12.5"), None, 20]
    assert baseline(desk, tmp_path, "sponsor") == [Decimal("12.5"), None, 20]


def test_a_subject_of_whom_no_glucocorticoid_is_recorded_has_nothing_and_no_nought(desk, tmp_path):
    medicine(desk, "Ibuprofen", "400", "2026-01-01")
    assert baseline(desk, tmp_path) == [None, None, None]


def of(drawing, kind):
    return [item for item in drawing.items if isinstance(item, kind)]


def test_the_stair_breaks_off_where_nothing_is_known_and_a_field_with_a_question_mark_stands_there():
    steps = (
        Step(0, 10, Decimal(20)),
        Step(10, 14, Decimal(10)),
        Step(14, 20, None),
        Step(20, 30, Decimal(0)),
    )
    drawing = step_curve(steps, Decimal(10), ("10-01", "10-31"))
    (field,) = of(drawing, Band)
    stairs = [line for line in of(drawing, Line) if line.width == 1.6]
    assert [len(line.points) for line in stairs] == [4, 2]
    first, second = stairs
    assert first.points[-1][0] == pytest.approx(field.x0) and second.points[0][0] == pytest.approx(field.x1)
    assert all(one[0] == two[0] or one[1] == two[1] for one, two in pairwise(first.points))
    words = [label.text for label in of(drawing, Label)]
    assert words.count("?") == 1 and {"20", "10", "0", "10-01", "10-31"} <= set(words)
    dashes = [line for line in of(drawing, Line) if line.width == 0.8]
    heights = {y for line in dashes for _, y in line.points}
    assert len(dashes) > 10 and heights == {first.points[-1][1]}
    assert step_curve(()).items == ()


def test_the_same_days_are_told_in_words():
    day = date(2026, 11, 1)
    found = Prednisone(
        (
            Stretch(day, date(2026, 11, 9), Decimal(100) / 3),
            Stretch(date(2026, 11, 10), date(2026, 11, 30), None, ("dates", "dose")),
        ),
        Decimal(10),
    )
    words = over_words(found)
    assert words.en == (
        "2026-11-01 to 2026-11-09: 33.333333 mg a day; 2026-11-10 to 2026-11-30: not known: a start or "
        "an end is not exact, a dose comes to no daily amount; limit 10 mg a day"
    )
    assert words.zh.startswith("2026-11-01至2026-11-09：33.333333 mg/日") and words.zh.endswith(
        "上限10 mg/日"
    )
    assert over_words(Prednisone(found.stretches[:1])).en.endswith("no limit in force")
    assert {"11-01", "11-30"} <= {label.text for label in of(stair(found, 236.0, 64.0), Label)}
