"""What the ward does for one patient of the demonstration, each act by the person whose act it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from sle_desk.demo import values
from sle_desk.demo.founding import CONSENT
from sle_desk.demo.invented import COORDINATOR, INVESTIGATOR, NURSE, PI, patient
from sle_desk.demo.ward import Ward
from sle_desk.domain.checks import Value
from sle_desk.services import (
    allocation,
    checklist,
    consent_records,
    eligibility,
    form_records,
    form_signing,
    lab_judging,
    laboratories,
    labs,
    subjects,
    visits,
    void_samples,
    void_subjects,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample
from sle_desk.services.lab_judging import Verdict
from sle_desk.services.subjects import NewConsent

# CTCAE grade from which a result of the demonstration is judged significant.
MODERATE = 2
PASSPORT = "passport"
# Planned at the screening visit too, and not drawn there: the visit it is typed at by mistake.
MISPLACED = "COMP"


class Patient:
    """One patient: who she is drawn to be, and what is done for her before the first dose."""

    def __init__(self, ward: Ward, number: int, chance: Random) -> None:
        self.ward = ward
        self.number = number
        self.chance = chance
        self.id = self.screening = 0
        self.arm = ""
        self.weight = values.drawn(chance, "48.0", "71.0", 1)
        self.height = chance.randint(152, 170)

    def register(self) -> None:
        """Register her and record her consent: the coordinator's acts."""
        desk = self.ward.sit(COORDINATOR)
        new = self.person = patient(self.number, desk.today(), self.chance)
        doubles = subjects.possible_duplicates(desk, new)
        reason = "Another person: the identity papers were compared." if doubles else ""
        self.id = subjects.register_subject(desk, new, not_duplicate=reason).id
        signed = f"{desk.now():%H:%M}"
        consent = NewConsent(self.id, CONSENT, desk.today(), signed, INVESTIGATOR.name, "Y")
        consent_records.record_consent(desk, consent)
        self.ward.minutes(12)

    def register_again(self) -> None:
        """Register her a second time by her passport, and mark that as entered in error."""
        desk = self.ward.sit(COORDINATOR)
        passport = f"DEMO{self.number:05d}"
        twice = replace(
            self.person, initials=self.person.initials[:2], identity_kind=PASSPORT, identity_number=passport
        )
        reason = "Her passport, not yet compared with the list."
        row = subjects.register_subject(desk, twice, not_duplicate=reason)
        self.ward.minutes(20)
        note = "Came with her passport; registered before by her identity card."
        void_subjects.void_subject(desk, row.id, "slip", row.version, note, same_as=self.id)
        self.ward.minutes(3)

    def screen(self, history: Mapping[str, str]) -> None:
        """Record the screening visit with what the criteria ask for."""
        desk = self.ward.sit(INVESTIGATOR)
        visit = self.screening = visits.record_visit(desk, self.id, "V0", desk.today()).id
        self.save(desk, visit, "demography", values.choices({"race": "asian", "ethnic_group": "han"}))
        self.save(desk, visit, "history_screening", values.history(desk.protocol, history))
        self.save(desk, visit, values.CLASSIFICATION, values.classification(desk.protocol))
        self.save(desk, visit, "vitals", values.vitals(self.chance, self.weight, self.height))
        since = {"diagnosed": Value(text=f"{desk.today().year - 4}-UK-UK")}
        self.save(desk, visit, "sle_history", {**values.choices(values.ORGANS), **since})
        self.asked(desk, visit, desk.protocol.visit("V0").forms)
        self.pregnancy_test(desk, visit)
        self.assess(desk, visit, "sledai2k", later=False)
        for panel in ("CBC", "CHEM"):
            self.sample(desk, visit, panel)
        self.serology(desk, visit)
        self.ward.minutes(30)

    def save(self, desk: Desk, visit: int, form: str, answers: Mapping[str, Value]) -> int:
        """Save a form of now; return its number."""
        new = NewForm(self.id, visit, form, desk.today(), Given(answers), f"{desk.now():%H:%M}")
        return form_records.save_form(desk, new).id

    def asked(self, desk: Desk, visit: int, forms: Sequence[str]) -> None:
        """Save what is asked and looked at alike at every visit, as far as the visit has the form."""
        for form, answers in values.ASKED.items():
            if form in forms:
                self.save(desk, visit, form, values.choices(answers))

    def pregnancy_test(self, desk: Desk, visit: int) -> None:
        """Save a negative pregnancy test of now."""
        answers = {
            **values.choices({"done": "done", "type": "serum", "result": "NEG"}),
            "day": Value(day=desk.today()),
            "time": Value(text=f"{desk.now():%H:%M}"),
        }
        self.save(desk, visit, "pregnancy_test", answers)

    def assess(self, desk: Desk, visit: int, form: str, *, later: bool) -> None:
        """Save an assessment and sign it."""
        answers = values.score(desk.protocol, self.chance, form, later)
        record = form_records.form_row(desk, self.save(desk, visit, form, answers))
        signing = form_signing.signing_for(form_signing.SIGN, "en", INVESTIGATOR.password)
        form_signing.sign_form(desk, self.ward.folder, record.id, record.version, signing)
        self.ward.minutes(2)

    def sample(self, desk: Desk, visit: int, panel: str) -> None:
        """Save the results of a panel drawn now."""
        laboratory = laboratories.laboratories(desk)[0].id
        new = NewSample(self.id, visit, panel, laboratory, desk.now(), f"P{desk.now():%y%m%d%H%M}")
        labs.save_results(desk, new, values.results(self.chance, panel))

    def serology(self, desk: Desk, visit: int) -> None:
        """Save serology that excludes nobody."""
        laboratory = laboratories.laboratories(desk)[0].id
        new = NewSample(self.id, visit, "SEROLOGY", laboratory, desk.now())
        labs.save_results(desk, new, values.negative_serology())

    def precheck(self) -> None:
        """Let the coordinator pre-check each leaf whose evidence suggests an answer."""
        desk = self.ward.sit(COORDINATOR)
        for row in checklist.checklist(desk, self.id).to_decide:
            if row.judged.suggestion:
                eligibility.precheck(desk, self.id, row.code, row.judged.suggestion)
        self.ward.minutes(15)

    def judge(self) -> str:
        """Let the PI decide each leaf as its evidence suggests and sign; return the verdict."""
        desk = self.ward.sit(PI)
        for sample in labs.samples(desk, self.id):
            for result in filter(lab_judging.waits, sample.results.values()):
                verdict = Verdict(lab_judging.CS if (result.grade or 0) >= MODERATE else lab_judging.NCS)
                lab_judging.judge_result(desk, result.id, verdict, result.version)
        for row in checklist.checklist(desk, self.id).to_decide:
            suggested = row.judged.suggestion
            answer = suggested or ("met" if "met" in row.judged.leaf.answers else "absent")
            reason = "" if suggested else "Asked and examined: a demonstration decision."
            eligibility.decide(desk, self.id, row.code, answer, reason)
        sheet = checklist.checklist(desk, self.id)
        signing = eligibility.signing_for(sheet.verdict.outcome, "en", PI.password)
        eligibility.sign_eligibility(desk, self.ward.folder, self.id, sheet.codes, signing)
        self.ward.minutes(10)
        return sheet.verdict.outcome

    def baseline(self, *, wrong_visit: bool = False) -> None:
        """Record the baseline visit: signed scores, pregnancy test, weight, samples before the dose.

        With `wrong_visit` one report is first typed at the screening visit, then moved to this one.
        """
        desk = self.ward.sit(INVESTIGATOR)
        visit = visits.record_visit(desk, self.id, "V1", desk.today()).id
        self.asked(desk, visit, desk.protocol.visit("V1").forms)
        for form in ("pga", "sledai2k", "bilag_letters", "joints28"):
            self.assess(desk, visit, form, later=False)
        desk = self.ward.sit(NURSE)
        self.pregnancy_test(desk, visit)
        self.save(desk, visit, "vitals", values.vitals(self.chance, self.weight, self.height))
        for panel in values.PANELS:
            misplaced = wrong_visit and panel == MISPLACED
            self.sample(desk, self.screening if misplaced else visit, panel)
            if misplaced:
                self._move_to(desk, visit)
        self.samples_before_dose(desk, visit)
        self.ward.minutes(10)

    def _move_to(self, desk: Desk, visit: int) -> None:
        wrong = next(row for row in labs.samples(desk, self.id) if row.panel == MISPLACED)
        note = "Typed at the screening visit."
        void_samples.void_sample(desk, wrong.id, "slip", wrong.version, note, to_visit=visit)

    def samples_before_dose(self, desk: Desk, visit: int) -> None:
        """Record that the samples were taken before the dose."""
        taken = {
            **values.choices({"taken": "Y"}),
            **values.numbers({"tubes": "6"}),
            "time": Value(text=f"{desk.now():%H:%M}"),
            "taken_by": Value(text=NURSE.name),
        }
        self.save(desk, visit, "pre_dose_samples", taken)

    def allocate(self) -> None:
        """Let the coordinator open the next allocation, the identifiers typed again."""
        desk = self.ward.sit(COORDINATOR)
        row = subjects.subject_row(desk, self.id)
        opened = allocation.open_allocation(
            desk,
            self.ward.folder,
            self.id,
            row.code[-3:],
            str(row.birth_date.year),
            allocation.signing_for(COORDINATOR.role, "en", COORDINATOR.password),
        )
        self.arm = opened.arm
        self.ward.minutes(5)
