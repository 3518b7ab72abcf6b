"""One subject by keys alone, from registration to what goes to the sponsor, and everything found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from at_the_desk import Person
from judged_subjects import DOSES, HISTORY, RESULTS, SEROLOGY
from outputs import ARM_WORDS, arms_told, words_of
from people_invented import identity_number
from PySide6.QtWidgets import QApplication
from study_fixtures import PASSWORD, Study

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import (
    allocation,
    checklist,
    dispensing,
    dose_log,
    form_records,
    labs,
    papers,
    signatures,
    visits,
)
from sle_desk.services.desk import Desk

NAME, BORN = "欧阳慧敏", date(1992, 3, 4)
IDENTITY = identity_number(BORN, "F")
CBC = (
    "3.25",
    "3.41",
    "104",
    "88.3",
    "28.2",
    "0.301",
    "319",
    "14.2",
    "131",
    "1.92",
    "0.96",
    "0.31",
    "0.34",
    "0.02",
)
VITALS = {"temperature": "36.6", "systolic": "118", "diastolic": "76", "pulse": "72", "respiration": "16",
          "oxygen_saturation": "98", "weight": "56.4", "height": "160"}  # fmt: skip
PREGNANCY = {"done": "done", "type": "serum", "result": "NEG", "day": "t"}
SECRETS = (NAME, IDENTITY, "1992-03-04", "19920304", "OYHM")
PRESENT = ("RASH", "ARTH", "DNA")


# The coordinator types what an investigator judged, from the paper the investigator signed.
SIGNED = {"source_signer": "Zhao Jing", "source_signed_on": "t"}
ON_PAPER = {"source": "paper", "source_reference": "Binder 3", **SIGNED}


def register(person: Person) -> None:
    """Register somebody and record the consent."""
    person.press("Ctrl+N")
    person.until_page("register")
    person.fill_in(
        {
            "name": NAME,
            "sex": "F",
            "birth_date": str(BORN),
            "identity_kind": "resident",
            "identity_number": IDENTITY,
        }
    )
    person.press("Ctrl+Enter")
    person.until_page("consent")
    consent = {"consent_version": "v2.1", "signed_on": "t", "signed_time": "750", "copy_given": "Y"}
    person.fill_in({**consent, "explained_by": "Zhao Jing"})
    person.press("Ctrl+Enter")
    person.until_page("subject")


def begin_visit(person: Person, code: str) -> int:
    """Begin a visit of today from the subject's page."""
    person.to_row(lambda row: type(row).__name__ == "VisitLine" and row.code == code)
    person.press("Enter")
    person.fill("t")
    person.until(lambda: any(row.code == code for row in visits.visits(person.desk, 1)))
    return next(row.id for row in visits.visits(person.desk, 1) if row.code == code)


def fill_form(person: Person, visit_id: int, form: str, answers: Mapping[str, str]) -> None:
    """Fill a form of a visit and save it."""
    person.to_form(visit_id, form)
    person.fill_in(answers)
    person.press("Ctrl+Enter")
    person.until_page("subject")


def fill_report(person: Person, visit_id: int, panel: str, values: Mapping[str, str]) -> None:
    """Type a laboratory report as far as it goes and save it."""
    person.to_form(visit_id, panel)
    number = f"P26112304{visit_id}{len(panel)}"
    person.fill_in({"report_number": number, "drawn_on": "t", "drawn_time": "755", **values})
    person.press("Ctrl+Enter")
    if type(person.page).__name__ == "LabsPage":
        person.press("Ctrl+Enter")
    person.until_page("subject")


def screen(person: Person) -> int:
    """Do the screening visit."""
    visit = begin_visit(person, "V0")
    fill_form(person, visit, "vitals", VITALS)
    fill_form(person, visit, "pregnancy_test", {**PREGNANCY, "time": "758"})
    protocol = person.desk.protocol
    source = protocol.form("history_screening").field("history_source").choices[0].code
    history = {**HISTORY, **DOSES, "history_source": source, **ON_PAPER}
    fill_form(person, visit, "history_screening", history)
    fill_report(person, visit, "CBC", dict(zip(protocol.laboratory.panel("CBC").analytes, CBC, strict=True)))
    chemistry = {
        code: value for code, value, *_ in RESULTS if code in protocol.laboratory.panel("CHEM").analytes
    }
    fill_report(person, visit, "CHEM", chemistry)
    fill_report(person, visit, "SEROLOGY", dict.fromkeys(SEROLOGY, "NEG"))
    return visit


def score(person: Person, visit_id: int, form: str, answers: Mapping[str, str]) -> None:
    """Fill an assessment, open it again and sign it."""
    fill_form(person, visit_id, form, answers)
    person.to_form(visit_id, form)
    person.press("Ctrl+G")
    person.until_dialog()
    person.sign()
    record = form_records.saved_form(person.desk, visit_id, form)
    assert record is not None
    person.until(
        lambda: any(row.valid for row in signatures.signatures_of(person.desk, "form_record", record.id))
    )
    person.press("Esc")
    person.until_page("subject")


def sledai(person: Person) -> dict[str, str]:
    """Return a SLEDAI-2K of 8 points."""
    weights = person.desk.protocol.instruments.sledai.weights
    return {code: "Y" if code in PRESENT else "N" for code in weights}


def to_eligibility(person: Person) -> None:
    """Go to the checklist of the subject in sight."""
    person.press("e")
    person.until_page("eligibility")


def answer_every_leaf(person: Person) -> None:
    """Answer each leaf as its evidence suggests, with a reason where nothing is computed."""
    page = person.page
    person.press("Home")
    for _ in range(len(page.list.rows)):
        row = page.list.current
        if not row.judgeable:
            person.press("Down")
            continue
        suggested = row.row.judged.suggestion
        keys = {"met": "y", "present": "y", "not_met": "n", "absent": "n", "not_applicable": "a"}
        person.press(keys[suggested] if suggested else "y" if "met" in row.row.judged.leaf.answers else "n")
        if page.panel.isVisible():
            person.type("Asked and examined.")
            person.press("Ctrl+Enter")


def judge(person: Person) -> None:
    """Let the PI decide every leaf and sign the verdict."""
    answer_every_leaf(person)
    for _ in range(len(person.page.list.rows)):
        person.press("PageDown")
        person.until(lambda: True)
    person.press("Ctrl+Enter")
    person.until_dialog()
    person.sign()
    person.until(lambda: checklist.checklist(person.desk, 1).signed is not None)


def baseline(person: Person) -> int:
    """Do the baseline visit: scores signed, weight, pregnancy test, samples."""
    visit = begin_visit(person, "V1")
    score(person, visit, "pga", {"PGA": "1.50"})
    score(person, visit, "sledai2k", sledai(person))
    letters = [field.code for field in person.desk.protocol.form("bilag_letters").fields() if field.choices]
    score(person, visit, "bilag_letters", dict.fromkeys(letters, "C"))
    score(person, visit, "joints28", {"tender": "2", "swollen": "2"})
    now = f"{person.desk.now():%H%M}"
    fill_form(person, visit, "pregnancy_test", {**PREGNANCY, "time": now})
    fill_form(person, visit, "vitals", VITALS)
    fill_form(
        person, visit, "pre_dose_samples", {"taken": "Y", "time": now, "tubes": "6", "taken_by": "Lin Yue"}
    )
    return visit


def randomise(person: Person) -> None:
    """Open the allocation: identifiers and password typed again."""
    person.press("r")
    person.until_dialog()
    person.press(*"001", "Tab", *"1992", "Tab")
    person.type(PASSWORD)
    person.press("Ctrl+Enter")
    person.until(lambda: allocation.allocation_of(person.desk, 1) is not None)


def infuse(person: Person) -> None:
    """Prepare the first infusion, check it, and record it as given over an hour."""
    person.press("d")
    person.until_page("doses")
    person.press("i")
    person.until_page("infusion")
    person.fill("C7K2", "C7K3", "Chen Lan")
    person.press("Ctrl+Enter")
    person.until(lambda: [row.progress for row in dose_log.doses(person.desk, 1)] == ["prepared"])
    start = person.desk.now()
    person.study.clock.advance(timedelta(minutes=90))
    person.fill(f"{start:%H%M}", f"{start + timedelta(minutes=60):%H%M}")
    person.press("N", "Ctrl+Enter")
    person.until(lambda: [row.progress for row in dose_log.doses(person.desk, 1)] == ["given"])


def inject(person: Person) -> None:
    """Hand over a kit and record the first injection as given."""
    person.to_subject("SLE-001")
    person.press("d")
    person.until_page("doses")
    person.press("k")
    person.until_dialog()
    person.fill("K-0417", "202607-A3", "2027-06-30", "1", "60")
    person.press("Ctrl+Enter")
    person.until(lambda: len(dispensing.kits(person.desk, 1)) == 1)
    person.until_table()
    person.press("G", "N", "Enter")
    person.until(lambda: len(dose_log.doses(person.desk, 1)) == 2)


def correct_temperature(person: Person) -> None:
    """Correct a saved temperature, with its reason."""
    visit = next(row.id for row in visits.visits(person.desk, 1) if row.code == "V1")
    person.to_form(visit, "vitals")
    person.press("F2")
    person.type("36.8")
    person.press("Enter", "1", "Enter")
    form = form_records.saved_form(person.desk, visit, "vitals")
    assert form is not None and form.values["temperature"].typed == "36.8"


def print_and_export(person: Person, folder: Path) -> tuple[Path, Path, Path]:
    """Print the baseline summary and the slip, save both as files, and export a workbook."""
    reports = person.shell.page("reports")
    reports.ask_new_file = lambda parent, title, name: folder / name
    reports.ask_folder = lambda parent, title, start: folder
    person.press("Esc")
    person.until_page("subject")
    visit = next(row.id for row in visits.visits(person.desk, 1) if row.code == "V1")
    person.to_row(lambda row: (getattr(row, "visit_id", 0), getattr(row, "code", "")) == (visit, "vitals"))
    person.press("p")
    person.until_page("reports")
    person.press("Enter")
    person.until(lambda: len(papers.papers(person.desk)) == 1)
    person.press("s")
    person.in_dialog(lambda: choose_slip(person))
    person.press("Ctrl+P")
    person.until(lambda: len(papers.papers(person.desk)) == 2)
    person.press("s")
    # The one that stays at the site holds doses; the focus lands on the button that writes.
    person.press("Ctrl+E", "Shift+Tab", "Shift+Tab", "Right", "Tab", "Tab", "Enter")
    person.until(lambda: list(folder.glob("*.xlsx")))
    summary, slip = (next(folder.glob(f"*R-000{number}_*.pdf")) for number in (1, 2))
    return summary, slip, next(folder.glob("*.xlsx"))


def choose_slip(person: Person) -> None:
    """Choose the randomisation slip among what can be printed."""
    person.to_row(lambda row: row.kind == "slip")
    person.press("Enter")


def correct_by_hand(desk: Desk) -> None:
    """Change one value of the study after the export."""
    visit = next(row.id for row in visits.visits(desk, 1) if row.code == "V1")
    form = form_records.saved_form(desk, visit, "vitals")
    assert form is not None
    value = Value(number=Decimal("57.4"), typed="57.4")
    form_records.correct_value(
        desk, form_records.Correction(form.id, "weight", value, "slip", form.answer_versions["weight"])
    )


def sheet(path: Path, name: str) -> list[dict[str, object]]:
    """Return the rows of a sheet by the names in its head."""
    book = openpyxl.load_workbook(path)
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def differences(desk: Desk, path: Path) -> list[str]:
    """Compare vital signs, laboratory and doses of a workbook with what stands in the study."""
    found = []
    known = {row.id: row.code for row in visits.visits(desk, 1)}
    saved = {code: form_records.saved_form(desk, visit_id, "vitals") for visit_id, code in known.items()}
    for row in sheet(path, "VITALS"):
        form = saved.pop(str(row["VISIT"]))
        assert form is not None
        for code, value in form.values.items():
            cells = (row[code.upper()], row[f"{code.upper()}_TYPED"])
            if cells != (float(value.number), value.typed):
                found.append(f"VITALS {row['VISIT']} {code}: {cells}")
    found += [f"VITALS {code}: no row" for code, form in saved.items() if form is not None]
    results = {
        (known[sample.visit_id], result.analyte): result
        for sample in labs.samples(desk, 1)
        for result in sample.results.values()
    }
    for row in sheet(path, "LAB"):
        result = results.pop((str(row["VISIT"]), str(row["TEST"])))
        cells = (row["VALUE"], row["VALUE_TYPED"] or None, row["UNIT"] or "", row["RESULT_TEXT"])
        wanted = (
            float(result.value) if result.value is not None else None,
            result.typed or None,
            result.unit,
            result.text,
        )
        if cells != wanted:
            found.append(f"LAB {row['TEST']}: {cells} is not {wanted}")
    found += [f"LAB {key}: no row" for key in results]
    doses = {row.id: row for row in dose_log.doses(desk, 1)}
    for row in sheet(path, "DOSES"):
        dose = doses.pop(int(str(row["DOSE"])))
        if (row["DRUG"], row["ADMINISTERED"]) != (dose.given.drug, float(dose.given.administered)):
            found.append(f"DOSES {dose.id}: {row['ADMINISTERED']}")
    return found + [f"DOSES {number}: no row" for number in doses]


@contextmanager
def at_the_subject(study: Study, login: str, language: str) -> Iterator[Person]:
    """Let somebody sign in ten minutes later, go to the subject and leave again."""
    study.clock.advance(timedelta(minutes=10))
    person = Person(study, login, language)
    person.to_subject("SLE-001")
    yield person
    person.close()


def through_the_trial(study: Study, language: str) -> None:
    """Go from registration to the first doses and a correction."""
    person = Person(study, "chen.lan", language)
    register(person)
    screened = screen(person)
    person.close()
    with at_the_subject(study, "zhao.jing", language) as person:
        score(person, screened, "sledai2k", sledai(person))
    with at_the_subject(study, "chen.lan", language) as person:
        to_eligibility(person)
        answer_every_leaf(person)
        rows = checklist.checklist(person.desk, 1).rows
        assert all(row.precheck is not None for row in rows if row.judged.state == "in_force")
    with at_the_subject(study, "wu.min", language) as person:
        to_eligibility(person)
        judge(person)
    with at_the_subject(study, "zhao.jing", language) as person:
        baseline(person)
    with at_the_subject(study, "wu.min", language) as person:
        assert not arms_told(person.desk) and not [word for word in ARM_WORDS if person.sees(word)]
        randomise(person)
        assert arms_told(person.desk)
    with at_the_subject(study, "lin.yue", language) as person:
        infuse(person)
        inject(person)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_whole_path(trial: Study, qapp: QApplication, tmp_path: Path, language: str) -> None:
    through_the_trial(trial, language)
    with at_the_subject(trial, "chen.lan", language) as person:
        correct_temperature(person)
        outputs = print_and_export(person, tmp_path)
    for path in outputs:
        words = words_of(path)
        assert not [secret for secret in SECRETS if secret in words], path.name
    summary, slip, book = outputs
    for printed in ("SLE-001", "36.6 → 36.8", f"{VITALS['weight']} kg", "1.50", "564 mg"):
        assert printed in words_of(summary), printed
    assert "R-001" in words_of(slip)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    assert differences(desk, book) == []
    correct_by_hand(desk)
    assert [found.partition(":")[0] for found in differences(desk, book)] == ["VITALS V1 weight"]
