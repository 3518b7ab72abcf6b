"""Random acts of random people at one study, with mistakes, faults, crashes and reopenings between them."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from acknowledged import Acknowledged, all_rows
from entries import ANY, NOTES, Entries, Made, number, valued, wrong
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from sittings import MANY
from spoiling import BREAKS, FORGERIES, SPOIL, a_visit, forged
from study_fixtures import LOGINS, PASSWORD, START, Study
from trial_fixtures import laboratory

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import StorageFailed
from sle_desk.domain import roles
from sle_desk.domain.checks import CORRECTION_REASONS
from sle_desk.models.base import Record
from sle_desk.models.lab import Result, Sample
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import (
    backup,
    entered_in_error,
    form_records,
    labs,
    studies,
    void_forms,
    void_samples,
    void_visits,
)
from sle_desk.services.desk import Desk, Head
from sle_desk.services.form_records import Correction
from sle_desk.services.lab_judgement import TypedResult

WARD = (roles.COORDINATOR, roles.NURSE, roles.INVESTIGATOR, roles.PI)
# Those who may do most sit there most often.
ROLES = st.sampled_from((*WARD, *WARD, roles.STATISTICIAN, roles.MONITOR, roles.ADMINISTRATOR))
CODES = st.sampled_from([choice.code for choice in CORRECTION_REASONS])
VALUE_STALE, RECORD_STALE = "value.changed_meanwhile", "record.changed_meanwhile"
UNFOUNDED = ("change.reason_needed", "change.note_needed", "text.control")
PLACES: dict[Any, Any] = {
    FormRecord: entered_in_error.places_for_form,
    Sample: entered_in_error.places_for_sample,
}
VOID: dict[Any, Any] = {FormRecord: void_forms.void_form, Sample: void_samples.void_sample}
# What happens at least once in a hundred long runs.
EVERYTHING = {
    *("subject.register", "consent.record", "visit.record", "form.save", "results.save", "form.sign"),
    *("value.correct", "record.entered_in_error", "backup.make", "forged", "crashed", "opened"),
    "broke off",
}


def why(mistake: str, code: str, note: str) -> tuple[str, str, str]:
    """Return a reason and its note with a mistake in them, and the text that is to be kept of them."""
    code = {"change.reason_needed": "because", "change.note_needed": "other"}.get(mistake, code)
    note = {"change.note_needed": " ", "text.control": "\x00"}.get(mistake, note)
    return code, note, f"{code}: {note.strip()}" if note.strip() else code


def unfounded(code: str, note: str) -> str:
    """Return what a reason is refused with that needs a note and has none."""
    return "change.note_needed" if code == "other" and not note.strip() else ""


class Ward(Entries):
    """They correct, err, overstep, crash and come again, too."""

    crashes = backups = breaks = forgeries = 0

    @rule(mistake=wrong(*UNFOUNDED, VALUE_STALE), which=ANY, code=CODES, note=NOTES, given=number(41, 69))
    def corrects(self, mistake: str, which: int, code: str, note: str, given: Decimal) -> None:
        answer = self.pick(Answer, which)
        known = self.known.get(Answer, answer)
        record = known["form_record_id"]
        if known["field"] == "PGA":
            given = given.scaleb(-2)
        if given == known["number"]:
            # The same value again is taken as a correction that may leave no audit row: not tried here.
            return
        code, note, said = why(mistake, code, note)
        seen = self.version(Answer, answer) - (mistake == VALUE_STALE)
        # Given at hand, whether it is asked for or not: what is unlikely depends on the forms before.
        kept = {known["field"]: "source"}
        new = Correction(record, known["field"], valued(given), code, seen, note, kept)
        impossible = known["field"] == "height" or (known["field"] == "temperature" and given > 45)
        row = self.ask(
            "value.correct",
            lambda desk: form_records.correct_value(desk, new),
            *(mistake, unfounded(code, note)),
            *("value.impossible" if impossible else "", self.gone(FormRecord, record)),
            reason=said,
        )
        if row is not None:
            self.known.put(Answer, answer, number=given, typed=str(given))
            self.void_signatures(record, said)

    def gone(self, model: type[Any], row_id: int) -> str:
        """Return what work on a void record is refused with."""
        return "" if self.known.get(model, row_id)["state"] == "current" else "record.already_void"

    @precondition(lambda self: self.knows(Result))
    @rule(mistake=wrong(*UNFOUNDED, VALUE_STALE), which=ANY, code=CODES, note=NOTES, given=number(1, 200, 1))
    def corrects_a_result(self, mistake: str, which: int, code: str, note: str, given: Decimal) -> None:
        result = self.pick(Result, which)
        known = self.known.get(Result, result)
        if given == known["value"]:
            return
        code, note, said = why(mistake, code, note)
        seen = self.version(Result, result) - (mistake == VALUE_STALE)
        analyte = self.desk.protocol.laboratory.analytes[known["analyte"]]
        typed = TypedResult(known["analyte"], str(given), "", given, analyte.standard.code)
        row = self.ask(
            "value.correct",
            lambda desk: labs.correct_result(desk, result, typed, code, seen, note),
            *(mistake, unfounded(code, note)),
            self.gone(Sample, known["sample_id"]),
            reason=said,
        )
        if row is not None:
            self.known.put(Result, result, value=given, typed=str(given))

    @rule(
        mistake=wrong(*UNFOUNDED, RECORD_STALE),
        kind=st.sampled_from((FormRecord, FormRecord, Sample, Sample, Visit)),
        which=ANY,
        code=CODES,
        note=NOTES,
        elsewhere=st.booleans(),
    )
    def errs(
        self, mistake: str, kind: type[Record], which: int, code: str, note: str, elsewhere: bool
    ) -> None:
        if not self.knows(kind):
            return
        record = self.pick(kind, which)
        code, note, said = why(mistake, code, note)
        seen = self.version(kind, record) - (mistake == RECORD_STALE)
        if kind is Visit:
            hanging = void_visits.hanging(self.desk, record)
            void = partial(void_visits.void_visit, seen=hanging)
        else:
            places = PLACES[kind](self.desk, record) if elsewhere else ()
            there = places[which % len(places)].visit_id if places else None
            void = partial(VOID[kind], to_visit=there)
        done = self.ask(
            "record.entered_in_error",
            lambda desk: (void(desk, record, code, seen, note),),
            *(mistake, unfounded(code, note), self.gone(kind, record)),
            reason=said,
        )
        if done is not None:
            self.erred(kind, record, said)
            if done[0] is not None:
                self.moved(kind, record, done[0])

    def erred(self, kind: type[Record], record: int, said: str) -> None:
        """Keep that a record is void, with what hangs on it."""
        self.void(kind, record, said)
        for each in self.known.of(FormRecord, visit_id=record, state="current") if kind is Visit else ():
            self.void(FormRecord, each, said)
        for each in self.known.of(Sample, visit_id=record, state="current") if kind is Visit else ():
            self.void(Sample, each, said)

    def moved(self, kind: type[Record], record: int, there: int) -> None:
        """Keep what a form or sample holds at its right place: what it held at the wrong one."""
        self.known.put(kind, record, moved_to=there)
        if kind is FormRecord:
            held = [self.known.get(Answer, each) for each in self.known.of(Answer, form_record_id=record)]
            self.saved(
                form_records.form_row(self.desk, there), {each["field"]: each["number"] for each in held}
            )
            return
        held = [self.known.get(Result, each) for each in self.known.of(Result, sample_id=record)]
        with self.desk.view() as session:
            subject = session.get_one(Sample, there).subject_id
        row = next(each for each in labs.samples(self.desk, subject) if each.id == there)
        self.drawn(row)
        assert {each["analyte"]: each["value"] for each in held} == {
            code: each.value for code, each in row.results.items()
        }

    @rule(which=ANY)
    def oversteps(self, which: int) -> None:
        """Try an act that is shut to the role: nothing of it may happen, and the refusal is noted."""
        shut = [name for name, action in roles.ACTIONS.items() if self.desk.actor.role not in action.roles]
        action = shut[which % len(shut)]

        def overstep(desk: Desk) -> None:
            with desk.change(action, "because I can") as change:
                change.add(a_visit(change, self.pick(Subject, 0)))

        self.ask(action, overstep)

    @precondition(lambda self: self.breaks < 2)
    @rule()
    def breaks_off(self) -> None:
        """Write and then fail, as anybody, in every way: nothing is left, and the desk goes on."""
        self.breaks += 1
        before, subject = all_rows(self.desk), self.pick(Subject, 0)
        with pytest.raises(StorageFailed, match=r"audit\.no_context"), self.desk.view() as session:
            session.execute(SPOIL)
            session.commit()
        self.at.unchanged(before)
        for break_off, error, said in BREAKS.values():
            with pytest.raises(error, match=said), self.desk.change("backup.make") as change:
                change.add(a_visit(change, subject))
                change.event("backup.make", {"file": "none"})
                break_off(self.desk, change, subject)
            self.at.unchanged(before)
        self.at.told["broke off"] += 1

    @precondition(lambda self: not self.forgeries)
    @rule(statement=st.sampled_from(tuple(FORGERIES)))
    def forges_a_copy(self, statement: str) -> None:
        """Change a copy with the key: the check that finds no fault in the study finds this one."""
        self.forgeries += 1
        copy = self.work / "copy.sled"
        found = forged(self.desk, copy, statement)
        copy.unlink()
        assert FORGERIES[statement] in found, found
        self.at.told["forged"] += 1

    @precondition(lambda self: not self.backups)
    @rule()
    def backs_up(self) -> None:
        self.backups += 1
        head = self.desk.head()
        made = self.ask("backup.make", lambda desk: backup.make_backup(desk, self.at.folder))
        found = backup.rehearse(made.path, LOGINS[roles.PI], PASSWORD, None).verified
        assert (found.faults, found.number, found.link) == ((), head.number, head.link)

    @rule(role=ROLES, mistyped=st.booleans())
    def goes_and_another_comes(self, role: str, mistyped: bool) -> None:
        self.at.leave()
        self.at.another(role, mistyped)

    @rule(role=ROLES, rows=st.sampled_from((0, 1, MANY)))
    def crashes_and_another_comes(self, role: str, rows: int) -> None:
        self.crashes += 1
        self.at.crash(self.work / str(self.crashes), rows, self.pick(Subject, 0))
        self.at.another(role)

    def teardown(self) -> None:
        """Crash at the end and look once more, unless something is wrong already; take the study away."""
        try:
            if sys.exc_info()[0] is None and self.at.is_open:
                self.crashes_and_another_comes(roles.PI, MANY)
        finally:
            self.at.close()
            shutil.rmtree(self.work)


@pytest.fixture(scope="session")
def made_ward(tmp_path_factory: pytest.TempPathFactory, made_study: tuple[Path, str]) -> Made:
    """A study with two subjects, made once; each run works on a copy."""
    work = tmp_path_factory.mktemp("ward")
    shutil.copytree(made_study[0], work / "study")
    study = Study(StudyFolder(work / "study"), SteppingClock(START), made_study[1])
    laboratory(study)
    study.leave()
    unlocked = studies.unlock(study.folder.path, LOGINS[roles.PI], PASSWORD, study.clock)
    found = studies.opening_checks(unlocked, lambda step, share: None)
    studies.leave(unlocked)
    made = Made(study.folder.path, Acknowledged(Head(found.number, found.link)), START)
    return Entries(made, work, Counter()).begin()


def let_them_work(made: Made, work: Path, asked: settings) -> Counter[str]:
    """Run the machine; return how often each thing happened."""
    told: Counter[str] = Counter()
    machine: Any = partial(Ward, made, work, told)
    run_state_machine_as_test(machine, settings=asked)
    return told


def test_fault_56_random_acts_with_crashes_and_reopenings_lose_nothing(
    made_ward: Made, tmp_path: Path
) -> None:
    told = let_them_work(made_ward, tmp_path, settings(max_examples=10, stateful_step_count=25))
    assert all(told[each] for each in ("opened", "crashed", "forged", "broke off", "backup.make")), told


@pytest.mark.slow
def test_fault_56_in_a_hundred_long_runs(made_ward: Made, tmp_path: Path) -> None:
    told = let_them_work(made_ward, tmp_path, settings(max_examples=100, stateful_step_count=50))
    missing = EVERYTHING - set(told)
    assert not missing, sorted(missing)
