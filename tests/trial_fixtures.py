"""A trial under way, made for tests through the services: all decided, a list sealed, subjects allocated.

The list is BELIL2, BEL, IL2 again and again unless another order is asked for.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from judged_subjects import DOSES, HISTORY, RESULTS, SEROLOGY, WITHOUT_PROPOSAL, choices_made
from made_once import once
from people_invented import identity_number, someone
from study_fixtures import PASSWORD, START, Study, proof

from sle_desk.base.clock import SteppingClock
from sle_desk.demo.values import CLASSIFICATION, classification
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.protocol import VALUE, Given, Protocol
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import (
    allocation,
    checklist,
    consent_records,
    decisions,
    eligibility,
    form_records,
    laboratories,
    labs,
    subjects,
    visits,
)
from sle_desk.services.allocation import AllocationRow
from sle_desk.services.answers import Given as Answers
from sle_desk.services.decisions import MEMO, SIGN, NewDecision
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.signatures import Signing, sign
from sle_desk.services.subjects import NewConsent

ARMS = ("BELIL2", "BEL", "IL2")
WEIGHT = Decimal("61.2")
SURNAMES = "张李王刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
SCREENING_PANELS = {"CHEM": ("CREAT", "ALT", "AST", "BILI"), "CBC": ("HGB", "NEUT", "LYM")}


def list_of(order: Sequence[str] = ARMS, size: int = 30) -> str:
    """Return an allocation list as the statistician hands it over."""
    rows = (f"{number},{order[(number - 1) % len(order)]}" for number in range(1, size + 1))
    return "\n".join(("number,arm", *rows))


def decide_everything(
    study: Study, chosen: Mapping[str, str] | None = None, but: frozenset[str] = frozenset()
) -> None:
    """Let the PI decide all that the package leaves open: as proposed, or as chosen; `but` stays open."""
    desk = study.sit("wu.min", roles.PI)
    for code, option in choices_made(desk.protocol, chosen):
        if code not in but:
            decide(study, desk, code, option)
    study.leave()


def decide(study: Study, desk: Desk, code: str, option: str, **values: Given) -> int:
    """Sign one decision of the PI, with the proposals its option asks for unless values are given."""
    new = new_decision(desk, code, option, **values)
    return decisions.sign_decision(desk, study.folder, new, decisions.signing_for(SIGN, "en", PASSWORD))


def new_decision(desk: Desk, code: str, option: str, **values: Given) -> NewDecision:
    """Return a decision to be signed, with the proposals its option asks for unless values are given."""
    protocol, own = desk.protocol, ""
    asks: tuple[str, ...] = (code,)
    if option != VALUE:
        picked = protocol.clarification(code).option(option)
        asks, own = picked.asks, "As the approved protocol says." if picked.own_words else ""
    given = {name: values.get(name.replace(".", "_"), _proposed(protocol, name)) for name in asks}
    return NewDecision(
        code=code,
        option=option,
        basis=MEMO,
        document="Memo of 2026-11-20",
        approved_on=date(2026, 11, 20),
        effective_from=desk.today(),
        reason="Settled before the first subject.",
        values=given,
        own_words=own,
    )


def _proposed(protocol: Protocol, code: str) -> Given:
    proposal = protocol.setting(code).proposal
    return proposal if proposal is not None else WITHOUT_PROPOSAL[code]


def load_list(study: Study, order: Sequence[str] = ARMS, size: int = 30) -> None:
    """Let the statistician import a list."""
    allocation.import_list(study.sit("sun.tong", roles.STATISTICIAN), "R1", list_of(order, size))
    study.leave()


def choices(values: Mapping[str, str]) -> dict[str, Value]:
    """Return choice answers."""
    return {code: Value(choice=choice) for code, choice in values.items()}


def numbers(values: Mapping[str, str]) -> dict[str, Value]:
    """Return number answers."""
    return {code: Value(number=Decimal(typed), typed=typed) for code, typed in values.items()}


def register(study: Study, number: int = 1) -> int:
    """Register an invented woman of 34 and record her consent; return her number."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    born = date(1992, 3, 4) + timedelta(days=number)
    new = someone(
        name=f"{SURNAMES[number % len(SURNAMES)]}慧{number}",
        initials=f"H{number}",
        birth_date=born,
        identity_number=identity_number(born, "F", number),
    )
    subject = subjects.register_subject(desk, new)
    consent = NewConsent(subject.id, "v2.1", desk.today(), f"{desk.now():%H:%M}", "Zhao Jing", "Y")
    consent_records.record_consent(desk, consent)
    study.clock.advance(timedelta(minutes=10))
    return subject.id


def _save(desk: Desk, subject_id: int, visit_id: int, form: str, values: Mapping[str, Value]) -> int:
    given = Answers(values)
    new = NewForm(subject_id, visit_id, form, desk.today(), given, f"{desk.now():%H:%M}")
    return form_records.save_form(desk, new).id


def vitals(desk: Desk, subject_id: int, visit_id: int, weight: Decimal = WEIGHT) -> int:
    """Save vital signs with a weight."""
    values = {"temperature": "36.6", "systolic": "122", "diastolic": "78", "pulse": "72", "respiration": "16"}
    return _save(
        desk, subject_id, visit_id, "vitals",
        numbers({**values, "oxygen_saturation": "98", "weight": str(weight), "height": "160"}),
    )  # fmt: skip


def pregnancy_test(desk: Desk, subject_id: int, visit_id: int) -> int:
    """Save a negative pregnancy test of now."""
    values = {
        **choices({"done": "done", "type": "serum", "result": "NEG"}),
        "day": Value(day=desk.today()),
        "time": Value(text=f"{desk.now():%H:%M}"),
    }
    return _save(desk, subject_id, visit_id, "pregnancy_test", values)


def laboratory(study: Study) -> int:
    """Return the laboratory, recorded when there is none yet."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    known = laboratories.laboratories(desk)
    if known:
        return known[0].id
    return laboratories.record_laboratory(desk, "central", "Central laboratory", date(2026, 1, 1))


def screen(study: Study, subject_id: int) -> int:
    """Record the screening visit with what the criteria ask for; return the visit."""
    laboratory_id = laboratory(study)
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    visit = visits.record_visit(desk, subject_id, "V0", desk.today()).id
    history = {**choices(HISTORY), **numbers(DOSES), "history_source": Value(choice="records")}
    _save(desk, subject_id, visit, "history_screening", _shown(desk.protocol, history))
    if any(form.code == CLASSIFICATION for form in desk.protocol.forms):
        _save(desk, subject_id, visit, CLASSIFICATION, classification(desk.protocol))
    vitals(desk, subject_id, visit)
    pregnancy_test(desk, subject_id, visit)
    sign_form(study, desk, score(desk, subject_id, visit, "sledai2k"))
    for panel, analytes in SCREENING_PANELS.items():
        results(desk, subject_id, visit, laboratory_id, panel, analytes)
    serology(desk, subject_id, visit, laboratory_id)
    study.clock.advance(timedelta(minutes=20))
    return visit


def _shown(protocol: Protocol, values: Mapping[str, Value]) -> dict[str, Value]:
    form = protocol.form("history_screening")
    known = {field.code: field for field in form.fields()}
    fitting = {code: value for code, value in values.items() if code in known}
    source = known.get("history_source")
    if source is not None and source.choices:
        fitting["history_source"] = Value(choice=source.choices[0].code)
    return fitting


def results(
    desk: Desk, subject_id: int, visit_id: int, laboratory_id: int, panel: str, analytes: Sequence[str]
) -> int:
    """Save plain laboratory numbers drawn now; return the sample."""
    known = {analyte: (value, unit) for analyte, value, unit, *_ in RESULTS}
    typed = tuple(
        TypedResult(analyte, known[analyte][0], "", Decimal(known[analyte][0]), known[analyte][1])
        for analyte in analytes
    )
    new = NewSample(subject_id, visit_id, panel, laboratory_id, desk.now())
    return labs.save_results(desk, new, typed).id


def serology(desk: Desk, subject_id: int, visit_id: int, laboratory_id: int) -> int:
    """Save negative serology; return the sample."""
    typed = tuple(TypedResult(analyte, text="NEG") for analyte in SEROLOGY)
    return labs.save_results(
        desk, NewSample(subject_id, visit_id, "SEROLOGY", laboratory_id, desk.now()), typed
    ).id


def score(desk: Desk, subject_id: int, visit_id: int, form: str) -> int:
    """Save an assessment of an active subject: SLEDAI-2K 8, PGA 1.50, no BILAG letter above C, two joints."""
    protocol = desk.protocol
    if form == "sledai2k":
        present = {"RASH", "ARTH", "DNA"}
        items = protocol.instruments.sledai.weights
        values = choices({code: "Y" if code in present else "N" for code in items})
    elif form == "bilag_letters":
        values = choices({field.code: "C" for field in protocol.form(form).fields() if field.choices})
    elif form == "pga":
        values = numbers({"PGA": "1.50"})
    else:
        values = numbers({"tender": "2", "swollen": "2"})
    return _save(desk, subject_id, visit_id, form, values)


def sign_form(study: Study, desk: Desk, record_id: int) -> None:
    """Let the investigator sign a saved form."""
    row = form_records.form_row(desk, record_id)
    content = {code: value.as_typed for code, value in row.values.items()}
    signing = Signing("form.correct", "I have made this assessment.", "en", PASSWORD)
    with desk.change("form.sign") as change:
        sign(change, signing, "form_record", record_id, content)


def judge(study: Study, subject_id: int) -> None:
    """Let the PI decide every leaf as the evidence suggests, and sign that the subject is eligible."""
    desk = study.sit("wu.min", roles.PI)
    judge_leaves(desk, subject_id)
    sign_judged(study, desk, subject_id)
    study.clock.advance(timedelta(minutes=10))


def judge_leaves(desk: Desk, subject_id: int) -> None:
    """Decide every leaf as the evidence suggests."""
    for row in checklist.checklist(desk, subject_id).to_decide:
        suggested = row.judged.suggestion
        answer = suggested or _favourable(row.judged.leaf.answers)
        eligibility.decide(desk, subject_id, row.code, answer, "" if suggested else "Asked and examined.")


def sign_judged(study: Study, desk: Desk, subject_id: int) -> None:
    """Sign that a subject whose every leaf is decided is eligible."""
    shown = frozenset(checklist.checklist(desk, subject_id).codes)
    signing = eligibility.signing_for("eligible", "en", PASSWORD)
    eligibility.sign_eligibility(desk, study.folder, subject_id, shown, signing)


def _favourable(answers: Sequence[str]) -> str:
    return "met" if "met" in answers else "absent"


def baseline(study: Study, subject_id: int, weight: Decimal = WEIGHT) -> int:
    """Record the baseline visit with its signed scores, weight and pre-dose samples; return the visit."""
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    visit = visits.record_visit(desk, subject_id, "V1", desk.today()).id
    for form in ("pga", "sledai2k", "bilag_letters", "joints28"):
        sign_form(study, desk, score(desk, subject_id, visit, form))
    pregnancy_test(desk, subject_id, visit)
    vitals(desk, subject_id, visit, weight)
    taken = {
        **choices({"taken": "Y"}),
        **numbers({"tubes": "6"}),
        "time": Value(text=f"{desk.now():%H:%M}"),
        "taken_by": Value(text="Lin Yue"),
    }
    _save(desk, subject_id, visit, "pre_dose_samples", taken)
    study.clock.advance(timedelta(minutes=10))
    return visit


def ready_to_allocate(study: Study, number: int = 1, weight: Decimal = WEIGHT) -> int:
    """Bring one subject from registration to the door of the allocation, in one day."""
    subject_id = register(study, number)
    screen(study, subject_id)
    judge(study, subject_id)
    baseline(study, subject_id, weight)
    return subject_id


def open_as(study: Study, login: str, role: str, subject_id: int, digits: str = "") -> AllocationRow:
    """Open the next allocation for a subject as a person in a role."""
    return open_at(study, study.sit(login, role), subject_id, digits)


def open_at(study: Study, desk: Desk, subject_id: int, digits: str = "") -> AllocationRow:
    """Open the next allocation for a subject at a desk."""
    last, year = proof(desk, subject_id)
    return allocation.open_allocation(
        desk,
        study.folder,
        subject_id,
        digits or last,
        year,
        allocation.signing_for(desk.actor.role, "en", PASSWORD),
    )


def allocated(study: Study, number: int = 1, weight: Decimal = WEIGHT) -> AllocationRow:
    """Bring one subject to the arm that the next row of the list holds."""
    subject_id = ready_to_allocate(study, number, weight)
    row = open_as(study, "wu.min", roles.PI, subject_id)
    study.clock.advance(timedelta(minutes=5))
    return row


def make_trial(study: Study) -> Study:
    """Decide everything and load the list."""
    decide_everything(study)
    load_list(study)
    laboratory(study)
    study.leave()
    return study


Made = tuple[Path, str, datetime]


def _made(factory: pytest.TempPathFactory, name: str, before: Made, make: Callable[[Study], object]) -> Made:
    """Return a study made further from a copy of another: its folder, recovery key and clock."""

    def further() -> Made:
        place = factory.mktemp(name) / "study"
        study = copied(before, place)
        make(study)
        study.leave()
        return place, before[1], study.clock.now()

    return once(f"{name} by {make.__module__}.{make.__qualname__}", further)


def copied(made: Made, place: Path) -> Study:
    """Return a copy of a study that was made once, to work on."""
    shutil.copytree(made[0], place)
    return Study(StudyFolder(place), SteppingClock(made[2]), made[1])


def _lent(made: Made, place: Path) -> Iterator[Study]:
    copy = copied(made, place)
    yield copy
    copy.leave()


@pytest.fixture(scope="session")
def made_trial(tmp_path_factory: pytest.TempPathFactory, made_study: tuple[Path, str]) -> Made:
    """A trial with everything decided and a list loaded, made once; each test works on a copy."""
    return _made(tmp_path_factory, "trial", (*made_study, START), make_trial)


@pytest.fixture(scope="session")
def made_ready(tmp_path_factory: pytest.TempPathFactory, made_trial: Made) -> Made:
    """A trial whose first subject stands at the door of the allocation."""
    return _made(tmp_path_factory, "ready", made_trial, ready_to_allocate)


@pytest.fixture(scope="session")
def made_arms(tmp_path_factory: pytest.TempPathFactory, made_trial: Made) -> Made:
    """A trial with a subject in each arm, allocated today and not yet dosed."""

    def three(study: Study) -> None:
        for number in (1, 2, 3):
            allocated(study, number)

    return _made(tmp_path_factory, "arms", made_trial, three)


@pytest.fixture
def trial(tmp_path: Path, made_trial: Made) -> Iterator[Study]:
    """A trial ready for its first subject, signed out."""
    yield from _lent(made_trial, tmp_path / "trial")


@pytest.fixture
def ready(tmp_path: Path, made_ready: Made) -> Iterator[Study]:
    """A trial whose subject 1 is ready to be allocated."""
    yield from _lent(made_ready, tmp_path / "ready")


@pytest.fixture
def arms(tmp_path: Path, made_arms: Made) -> Iterator[Study]:
    """A trial with subject 1 in BELIL2, 2 in BEL and 3 in IL2, each weighing 61.2 kg today."""
    yield from _lent(made_arms, tmp_path / "arms")
