"""Every export of the demonstration: workbooks of each preset and papers, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sle_desk.base.language import LANGUAGES, Language
from sle_desk.demo.clinic import Patient
from sle_desk.demo.invented import COORDINATOR
from sle_desk.demo.ward import Ward
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.exporting import write_export
from sle_desk.exports.file_names import file_name, inside
from sle_desk.exports.printing import print_eligibility_form, print_slip, print_visit_summary, print_worksheet
from sle_desk.services import plan, subjects, visits
from sle_desk.services.desk import Desk

# How many patients get a visit summary, and how many a worksheet of the next visit.
SUMMARIES, WORKSHEETS, SLIPS, FORMS = 2, 1, 1, 1


def write_all(ward: Ward, folder: Path, patients: Sequence[Patient]) -> tuple[Path, ...]:
    """Write the workbooks and papers of every kind; return the files."""
    folder.mkdir()
    desk = ward.sit(COORDINATOR)
    written = [
        write_export(desk, folder, preset, Language(language)).path
        for preset in PRESETS
        for language in LANGUAGES
    ]
    seen = [patient for patient in patients if patient.id and visits.visits(desk, patient.id)]
    # The allocated ones first: their summaries have the most in them.
    seen.sort(key=lambda patient: not patient.arm)
    for patient in seen[:SUMMARIES]:
        written += _summaries(desk, folder, patient)
    awaited = [patient for patient in seen if patient.arm and _next_visit(desk, patient)]
    for patient in awaited[-WORKSHEETS:]:
        written += _worksheets(desk, folder, patient)
    for patient in [patient for patient in seen if patient.arm][-SLIPS:]:
        written += _of_subject(desk, folder, patient, "SLIP", print_slip)
    for patient in [patient for patient in seen if not patient.arm][-FORMS:] or seen[-FORMS:]:
        written += _of_subject(desk, folder, patient, "ELIGIBILITY", print_eligibility_form)
    return tuple(written)


def _summaries(desk: Desk, folder: Path, patient: Patient) -> list[Path]:
    visit = visits.visits(desk, patient.id)[-1]
    code = subjects.subject_row(desk, patient.id).code
    paths = []
    for language in LANGUAGES:
        path = inside(folder, file_name(code, visit.code, language.upper(), ending="pdf"))
        print_visit_summary(desk, visit.id, Language(language), path)
        paths.append(path)
    return paths


def _of_subject(
    desk: Desk,
    folder: Path,
    patient: Patient,
    name: str,
    write: Callable[[Desk, int, Language, Path], object],
) -> list[Path]:
    code, paths = subjects.subject_row(desk, patient.id).code, []
    for language in LANGUAGES:
        path = inside(folder, file_name(code, name, language.upper(), ending="pdf"))
        write(desk, patient.id, Language(language), path)
        paths.append(path)
    return paths


def _next_visit(desk: Desk, patient: Patient) -> str:
    waiting = (visit for visit in plan.calendar(desk, patient.id).visits if visit.visit_id is None)
    return next((visit.planned.code for visit in waiting), "")


def _worksheets(desk: Desk, folder: Path, patient: Patient) -> list[Path]:
    code, visit = subjects.subject_row(desk, patient.id).code, _next_visit(desk, patient)
    paths = []
    for language in LANGUAGES:
        path = inside(folder, file_name(code, visit, "WORKSHEET", language.upper(), ending="pdf"))
        print_worksheet(desk, patient.id, visit, Language(language), path)
        paths.append(path)
    return paths
