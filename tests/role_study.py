"""A study in which each act of the matrix has something to be about, and a person for every role."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from amendment_packages import SENTENCE, packed
from dose_fixtures import dispense, inject, injection, prepared
from logged import event
from stock_fixtures import A3, enter
from study_fixtures import CHEAP, LOGINS, PASSWORD, Study
from trial_fixtures import pregnancy_test, register, score
from word_files import written

from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.stock import QUARANTINED
from sle_desk.exports import printing
from sle_desk.services import (
    amendments,
    backup,
    consent_versions,
    deviation_records,
    dispositions,
    ethics,
    form_records,
    labs,
    people,
    preparing,
    site_days,
    visits,
)
from sle_desk.services.actor import NewPerson
from sle_desk.services.amendments import AmendmentRow
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.ethics import NewApproval
from sle_desk.services.form_records import FormRow
from sle_desk.services.in_force import decisions_made
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.preparing import PreparedInfusion, PreparedRow
from sle_desk.services.signatures import Ink

EN = Language("en")
DAY = date(2026, 11, 23)
# Roles that no other test has a person for.
MORE = {
    roles.DRUG_MANAGER: ("gao.yao", "Gao Yao"),
    roles.QUALITY_CONTROL: ("zhi.kong", "Zhi Kong"),
    roles.INSPECTOR: ("shi.cha", "Shi Cha"),
}
ALL_LOGINS = {**LOGINS, **{role: login for role, (login, _) in MORE.items()}}
# A lot that nobody was handed anything of.
STOCKED = replace(A3, lot="202610-R1")
# Allocated already, and one who is screened.
BOTH, SCREENED, FAILED = 1, 4, 5
APPROVAL = NewApproval("other", "PHB-7", "IRB", date(2026, 10, 1), "Letter")


@dataclass
class Made:
    """What the acts are about; each is there before anybody acts."""

    study: Study
    place: Path
    visit: int = 0
    form: FormRow | None = None
    signable: FormRow | None = None
    event: FormRow | None = None
    given: int = 0
    deviation: int = 0
    paper: int = 0
    backup: Path = field(default_factory=Path)
    words: Path = field(default_factory=Path)
    signed_decision: int = 0
    amendment: AmendmentRow | None = None
    receipt: int = 0
    quarantine: int = 0
    # Whose screening failed.
    failed: int = 0
    waiting: PreparedRow | None = None
    dose: GivenDose | None = None
    infusion: PreparedInfusion | None = None

    @property
    def ink(self) -> Ink:
        """Return a signature on paper of today by the PI."""
        return Ink("Wu Min", self.desk.today(), "Binder 3")

    @property
    def desk(self) -> Desk:
        """Return the desk of whoever sits there."""
        assert self.study.desk is not None
        return self.study.desk

    def person(self, login: str) -> int:
        """Return the number of an account."""
        return next(each.id for each in people.people(self.desk) if each.login == login)

    def result(self) -> labs.ResultRow:
        """Return the result that waits for a judgement."""
        return labs.samples(self.desk, SCREENED)[0].results["HGB"]


def prepare(study: Study, place: Path) -> Made:
    """Make everything that some act is about, in a trial with a subject in each arm."""
    made = Made(study, place, words=written(place))
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    for role, (login, name) in MORE.items():
        people.create_person(admin, study.folder, NewPerson(login, name, PASSWORD), (role,), CHEAP)
    made.amendment = amendments.import_amendment(admin, packed(place / "amendment.zip", SENTENCE))
    assert register(study, SCREENED) == SCREENED
    desk = study.sit("chen.lan", roles.COORDINATOR)
    made.visit = visits.record_visit(desk, SCREENED, "V0", desk.today()).id
    made.form = form_records.form_row(desk, pregnancy_test(desk, SCREENED, made.visit))
    low = TypedResult("HGB", "96", "", Decimal(96), "g/L")
    labs.save_results(desk, NewSample(SCREENED, made.visit, "CBC", 1, desk.now()), (low,))
    made.deviation = deviation_records.record(desk, SCREENED, "A sample was lost", desk.today()).id
    site_days.record_days(
        desk, date(2026, 12, 28), None, site_days.Entered("holiday", Words("", "停诊"), "Notice 1")
    )
    ethics.record_approval(desk, APPROVAL)
    made.failed = register(study, FAILED)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    dispositions.record_disposition(desk, made.failed, "screen_failure", "", desk.today(), "window")
    # After everybody signed: who is screened is to sign this one too.
    by = desk.today() + timedelta(days=90)
    asked = NewVersion("v2.9", date(2026, 10, 1), date(2026, 10, 2), "PHB-6", reconsent="Y", reconsent_by=by)
    consent_versions.record_version(desk, asked, before_goes_on=True)
    dispense(desk, BOTH)
    made.receipt = enter(desk, lot=STOCKED)
    made.quarantine = enter(desk, QUARANTINED, STOCKED, count=2)
    made.paper = printing.print_slip(desk, BOTH, EN).paper_id
    made.given = inject(desk, BOTH).id
    made.event = event(desk, BOTH)
    study.clock.advance(timedelta(minutes=5))
    made.dose, made.infusion = injection(desk, 3), prepared(desk, BOTH)
    made.waiting = preparing.prepare_infusion(desk, replace(made.infusion, subject_id=2))
    study.clock.advance(timedelta(minutes=5))
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    made.signable = form_records.form_row(desk, score(desk, SCREENED, made.visit, "pga"))
    with desk.view() as session:
        made.signed_decision = decisions_made(session)[0].number
    made.backup = backup.make_backup(desk, study.folder).path
    study.leave()
    return made
