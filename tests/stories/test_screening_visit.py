"""A whole screening visit typed from its printed worksheet, by keys, in the order of the sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from at_the_desk import Person, people
from at_the_papers import print_paper, write_into
from at_the_visit import at_the_subject, begin_visit, fill_form, fill_report, register
from outputs import words_of
from people_invented import identity_number
from sqlalchemy import select
from study_fixtures import Study
from visit_answers import form_answers, from_paper, report_of
from worksheet_order import entry_order

from sle_desk.domain import roles
from sle_desk.domain.forms import LOGS
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.models.audit import Audit
from sle_desk.services import form_records, labs, log_entries, visit_states
from sle_desk.services.desk import Desk
from sle_desk.services.snapshots import snapshot

__all__ = ["people"]
NAME, BORN = "欧阳慧敏", date(1992, 3, 4)
SCREENING = "V0"
# Who types the first half of the sheet, and the second.
WHO = ("chen.lan", "lin.yue")
# What stands on the paper beside the visit: an earlier illness, and the medicines she takes.
ILLNESS = ("1", ":Appendicitis", ":2008-UK-UK", "N", ":2008-UK-UK")
MEDICINES = (
    (":Hydroxychloroquine", ":200", "1", "2", ":2019-06-UK", "Y", "1", "2", ":SLE"),
    (":Prednisone", ":7.5", "1", "1", ":2025-03-UK", "Y", "1", "1", ":SLE"),
)
# Typed so, kept so.
AS_KEPT = {"t": "2026-11-23", "758": "07:58"}


def print_worksheet(person: Person, folder: Path) -> list[str]:
    """Print the worksheet and return what it lists, in its order; every name stands on the one page."""
    person.to_page("reports")
    write_into(person, folder)
    path = print_paper(person, "worksheet", SCREENING, folder)
    protocol = person.desk.protocol
    # Where a name was broken into two lines does not matter.
    printed = "".join(words_of(path).split())
    with snapshot(person.desk) as copy:
        order = entry_order(visit_worksheet(copy, 1, SCREENING), protocol, SCREENING)
    visit = protocol.visit(SCREENING)
    assert sorted(order) == sorted((*visit.forms, *visit.panels))
    forms = {form.code: form.label for form in protocol.forms}
    labels = forms | {panel.code: panel.label for panel in protocol.laboratory.panels}
    for code in order:
        # PGA and vital signs stand there field by field.
        if code not in ("pga", "vitals"):
            assert "".join(person.language.words(labels[code]).split()) in printed, code
    return order


def on_paper(protocol: Protocol, code: str) -> Mapping[str, str]:
    """Return what the paper says of a form or panel."""
    is_panel = code in protocol.visit(SCREENING).panels
    return report_of(protocol, code) if is_panel else form_answers(protocol, code, "758")


def type_from_paper(person: Person, visit: int, codes: list[str]) -> None:
    """Type forms and reports of the visit in this order."""
    protocol = person.desk.protocol
    for code in codes:
        answers = on_paper(protocol, code)
        if code in protocol.visit(SCREENING).panels:
            fill_report(person, visit, code, answers)
        else:
            fill_form(person, visit, code, from_paper(protocol, code, answers))


def type_beside_the_visit(person: Person) -> None:
    """Type the medical history and the medicines she takes."""
    person.add_entry("records", "medical_history", *ILLNESS)
    for steps in MEDICINES:
        person.add_entry("medicines", "medication", *steps)


def nothing_is_missing(person: Person) -> None:
    """Look at the list of the visit and at the entries beside it."""
    person.to_tab("visits")
    (state,) = (row for row in visit_states.visit_states(person.desk, 1) if row.code == SCREENING)
    assert {form.state for form in state.forms} == {"complete"}
    for words in ("Not started", "Incomplete", "Drawn, awaited"):
        assert not person.sees(f": {person.language.text(words)}\n")
    assert person.sees(f": {person.language.text('Complete')}\n")
    entries = [row for log in LOGS for row in log_entries.entries(person.desk, log, 1)]
    assert sorted((row.form, row.state) for row in entries) == [
        ("medical_history", "complete"),
        ("medication", "complete"),
        ("medication", "complete"),
    ]


def kept(desk: Desk, visit: int, code: str) -> tuple[dict[str, str], set[tuple[str, int]]]:
    """Return what is saved of a form or report, by field as it was typed, and its rows."""
    if code in desk.protocol.visit(SCREENING).panels:
        (sample,) = (row for row in labs.samples(desk, 1) if row.panel == code)
        said = {name: row.typed or row.text or "" for name, row in sample.results.items()}
        return said, {("result", row.id) for row in sample.results.values()}
    form = form_records.saved_form(desk, visit, code)
    assert form is not None
    said = {name: value.typed or value.as_typed for name, value in form.values.items()}
    return said, {("answer", row_id) for row_id in form.answer_ids.values()}


def written(desk: Desk) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """Return what the audit tells of each value: what was done with it, and by whom."""
    found = defaultdict(list)
    with desk.view() as session:
        for row in session.scalars(select(Audit).where(Audit.table_name.in_(("answer", "result")))):
            found[row.table_name, row.row_id or 0].append((row.operation, row.user))
    return dict(found)


# The longest: in the other language with --slow; each language has its stories in every run.
@pytest.mark.parametrize("language", ["en", pytest.param("zh_CN", marks=pytest.mark.slow)])
def test_a_screening_visit_is_typed_from_its_worksheet(
    trial: Study, people: list[Person], tmp_path: Path, language: str
) -> None:
    person = Person(trial, WHO[0], language)
    people[:] = [person]
    register(person, NAME, BORN, identity_number(BORN, "F"))
    order = print_worksheet(person, tmp_path)
    person.to_subject("SLE-001")
    visit = begin_visit(person, SCREENING)
    half = len(order) // 2
    type_from_paper(person, visit, order[:half])
    people.clear()
    person.close()
    with at_the_subject(trial, WHO[1], language) as person:
        type_from_paper(person, visit, order[half:])
        type_beside_the_visit(person)
        nothing_is_missing(person)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    audit = written(desk)
    for place, code in enumerate(order):
        said, rows = kept(desk, visit, code)
        assert said == {name: AS_KEPT.get(text, text) for name, text in on_paper(desk.protocol, code).items()}
        assert [audit[row] for row in rows] == [[("insert", WHO[place >= half])]] * len(rows), code
