"""What was entered in error is in no export and no page; entries and voids end as entering what stands."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from dose_fixtures import dispense, inject
from examples import few
from hypothesis import given
from hypothesis import strategies as st
from people_invented import someone
from study_fixtures import START, Study, clock, made_study
from trial_fixtures import arms, laboratory, made_arms, made_trial, numbers, results, vitals

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.exports import visit_summaries
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.study_export import study_tables
from sle_desk.exports.tables import Table
from sle_desk.models.store import verification
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import (
    checklist,
    consent_records,
    dispositions,
    dose_corrections,
    dose_log,
    form_records,
    labs,
    overview,
    plan,
    printables,
    subjects,
    visit_states,
    visits,
    void_consents,
    void_forms,
    void_samples,
    void_subjects,
    void_visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.snapshots import snapshot
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
BOTH, INTERLEUKIN = 1, 3
# What is another number or instant for the same fact, and the trail that keeps everything.
APART = frozenset({"RECORDED_AT", "PROPOSED_AT", "RAISED_AT", "DOSE", "RECORD"})


def tables(desk: Desk) -> dict[str, Table]:
    """Return the dataset of the site, the audit apart."""
    with snapshot(desk) as copy:
        return {each.name: each for each in study_tables(copy, PRESETS["site"]) if each.name != "AUDIT"}


def column(table: Table, name: str) -> list[object]:
    place = [found.name for found in table.columns].index(name)
    return [row[place] for row in table.rows]


def told(desk: Desk) -> dict[str, list[str]]:
    """Return the rows of each table without what tells one entry of a fact from another."""
    return {
        name: sorted(
            repr([cell for cell, place in zip(row, table.columns, strict=True) if place.name not in APART])
            for row in table.rows
        )
        for name, table in tables(desk).items()
    }


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def test_each_kind_of_void_record_is_in_no_table_summary_list_or_plan(arms: Study) -> None:
    lab = laboratory(arms)
    arms.clock.advance(timedelta(hours=2))
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    arms.clock.advance(timedelta(days=14))
    before, day_one = told(desk), subjects.subject_row(desk, INTERLEUKIN).day_one
    summaries = [row for row in printables.printables(desk) if row.visit_id is not None]
    plan_before = plan.calendar(desk, INTERLEUKIN)
    steps = overview.today(desk).groups

    visit = visits.record_visit(desk, INTERLEUKIN, "W2", desk.today())
    vitals(desk, INTERLEUKIN, visit.id, Decimal("63.4"))
    results(desk, INTERLEUKIN, visit.id, lab, "CBC", ("HGB",))
    dose = inject(desk, INTERLEUKIN, administered=Decimal(2), reason="mistake")
    consent = consent_records.record_consent(
        desk, NewConsent(INTERLEUKIN, "v9", desk.today(), "09:00", "Zhao Jing", "Y")
    )
    step = dispositions.record_disposition(desk, INTERLEUKIN, "exit", "", desk.today(), "subject")
    twin = subjects.register_subject(desk, someone(identity_number="", initials="TWIN"))
    vitals(desk, twin.id, visits.record_visit(desk, twin.id, "V0", desk.today()).id)
    assert told(desk) != before

    void_subjects.void_subject(desk, twin.id, "slip", twin.version, same_as=INTERLEUKIN)
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    void_consents.void_consent(desk, consent, "slip", 1)
    row = next(row for row in dose_log.doses(desk, INTERLEUKIN) if row.id == dose.id)
    dose_corrections.void_dose(desk, row.id, "slip", row.version)
    (sample,) = [each for each in labs.samples(desk, INTERLEUKIN) if each.visit_id == visit.id]
    void_samples.void_sample(desk, sample.id, "slip", sample.version)
    saved = form_records.saved_form(desk, visit.id, "vitals")
    assert saved is not None
    void_forms.void_form(desk, saved.id, "slip", saved.version)
    assert len(told(desk)["VISITS"]) == len(before["VISITS"]) + 1
    void_visits.void_visit(desk, visit.id, "slip", visit.version, seen=())

    assert told(desk) == before
    assert subjects.subject_row(desk, INTERLEUKIN).day_one == day_one
    assert [each.code for each in subjects.subjects(desk)] == ["SLE-001", "SLE-002", "SLE-003"]
    assert plan.calendar(desk, INTERLEUKIN) == plan_before
    assert overview.today(desk).groups == steps
    assert [row for row in printables.printables(desk) if row.visit_id is not None] == summaries
    assert Decimal("63.4") not in {value.number for _, value in form_records.weights(desk, INTERLEUKIN)}
    assert all(each.visit_id != visit.id for each in visit_states.visit_states(desk, INTERLEUKIN))
    with snapshot(desk) as copy, pytest.raises(RuleBroken, match="no_visit"):
        visit_summaries.visit_summary(copy, visit.id)
    assert desk.cursor_check(_passes)


def _passes(cursor: Any) -> bool:
    return verification.verify(cursor).holds


def test_a_summary_of_a_later_visit_compares_with_nothing_void_and_evidence_forgets_it(arms: Study) -> None:
    lab = laboratory(arms)
    arms.clock.advance(timedelta(days=14))
    desk = nurse(arms)
    early = visits.record_visit(desk, BOTH, "W2", desk.today())
    results(desk, BOTH, early.id, lab, "CBC", ("HGB",))
    arms.clock.advance(timedelta(days=14))
    desk = nurse(arms)
    late = visits.record_visit(desk, BOTH, "W4", desk.today())
    results(desk, BOTH, late.id, lab, "CBC", ("HGB",))
    with snapshot(desk) as copy:
        compared = visit_summaries.visit_summary(copy, late.id)
    (sample,) = [each for each in labs.samples(desk, BOTH) if each.visit_id == early.id]
    void_samples.void_sample(desk, sample.id, "slip", sample.version)
    with snapshot(desk) as copy:
        assert visit_summaries.visit_summary(copy, late.id).compared_with != compared.compared_with
    assert checklist.checklist(desk, BOTH).signed is not None


# A random course of entries, moves and voids.

FORMS, PANELS, CODES = ("vitals", "pga"), ("CBC",), ("V0", "V1")
PLACES = tuple((who, visit) for who in (0, 1) for visit in CODES)


@dataclass
class Ward:
    """Two subjects with two visits each; every entry is told by its number, so that it can be made again."""

    desk: Desk
    lab: int
    who: list[int] = field(default_factory=list)
    visit: dict[tuple[int, str], int] = field(default_factory=dict)
    stands: dict[tuple[str, int, str], int] = field(default_factory=dict)
    consents: dict[int, int] = field(default_factory=dict)
    consent_of: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for initials in ("AAA", "BBB"):
            new = subjects.register_subject(self.desk, someone(identity_number="", initials=initials))
            self.who.append(new.id)
        for who, code in PLACES:
            made = visits.record_visit(self.desk, self.who[who], code, self.desk.today())
            self.visit[who, code] = made.id

    def enter(self, what: str, who: int, code: str, number: int) -> None:
        """Enter a form or sample whose values say its number."""
        subject, visit, desk = self.who[who], self.visit[who, code], self.desk
        if what in PANELS:
            drawn = START + timedelta(minutes=number)
            typed = TypedResult("HGB", f"{100 + number}", "", Decimal(100 + number), "g/L")
            labs.save_results(desk, NewSample(subject, visit, what, self.lab, drawn, f"P{number}"), (typed,))
        else:
            values = {
                "pga": {"PGA": f"1.{number:02d}"},
                "vitals": {"pulse": "160", "weight": f"60.{number:02d}"},
            }
            kept = {"pulse": "confirmed"} if what == "vitals" else {}
            given = Given(numbers(values[what]), kept)
            form_records.save_form(desk, NewForm(subject, visit, what, desk.today(), given))
        self.stands[what, who, code] = number

    def take_away(self, what: str, who: int, code: str, to: tuple[int, str] | None) -> None:
        """Mark what stands there as entered in error; entered at another place where that is free."""
        free = to is not None and (what, *to) not in self.stands
        there = self.visit[to] if to is not None and free else None
        visit = self.visit[who, code]
        if what in PANELS:
            row = next(each for each in labs.samples(self.desk, self.who[who]) if each.visit_id == visit)
            void_samples.void_sample(self.desk, row.id, "slip", row.version, to_visit=there)
        else:
            saved = form_records.saved_form(self.desk, visit, what)
            assert saved is not None
            void_forms.void_form(self.desk, saved.id, "slip", saved.version, to_visit=there)
        number = self.stands.pop((what, who, code))
        if to is not None and free:
            self.stands[what, *to] = number

    def consent(self, who: int, number: int) -> None:
        """Record a consent, or mark the one that stands as entered in error."""
        if who in self.consents:
            void_consents.void_consent(self.desk, self.consents.pop(who), "slip", 1)
            return
        day = self.desk.today() - timedelta(days=number % 3)
        new = NewConsent(self.who[who], "v2.1", day, "08:00", "Zhao Jing", "Y")
        self.consents[who] = consent_records.record_consent(self.desk, new, "overlooked")
        self.consent_of[who] = number


STEPS = st.lists(
    st.tuples(
        st.sampled_from((*FORMS, *PANELS, "consent")),
        st.sampled_from(PLACES),
        st.none() | st.sampled_from(PLACES),
    ),
    min_size=3,
    max_size=14,
)


def _copied(place: Path, kept: tuple[Path, str, object]) -> Study:
    shutil.copytree(kept[0], place)
    return Study(StudyFolder(place), SteppingClock(START + timedelta(hours=3)), kept[1])


@few(8)
@given(steps=STEPS)
def test_entries_moves_and_voids_end_as_entering_only_what_stands(made_trial, steps) -> None:
    with TemporaryDirectory() as place:
        study = _copied(Path(place) / "one", made_trial)
        ward = Ward(study.sit("chen.lan", roles.COORDINATOR), 1)
        for number, (what, (who, code), to) in zip(count(1), steps, strict=False):
            if what == "consent":
                ward.consent(who, number)
            elif (what, who, code) in ward.stands:
                ward.take_away(what, who, code, to if to != (who, code) else None)
            else:
                ward.enter(what, who, code, number)
        found = told(ward.desk)
        assert ward.desk.cursor_check(_passes)
        study.leave()
        plain = _copied(Path(place) / "two", made_trial)
        other = Ward(plain.sit("chen.lan", roles.COORDINATOR), 1)
        for who in ward.consents:
            other.consent(who, ward.consent_of[who])
        for (what, who, code), number in ward.stands.items():
            other.enter(what, who, code, number)
        assert told(other.desk) == found
        plain.leave()


def test_a_deviation_and_a_query_about_a_void_form_are_in_no_table(made_trial, tmp_path: Path) -> None:
    study = _copied(tmp_path / "one", made_trial)
    ward = Ward(study.sit("chen.lan", roles.COORDINATOR), 1)
    ward.enter("vitals", 0, "V0", 1)
    found = tables(ward.desk)
    assert column(found["DEVIATIONS"], "DEVIATION") == ["consent.after_procedure"]
    assert len(found["QUERIES"].rows) == 1
    ward.take_away("vitals", 0, "V0", None)
    found = tables(ward.desk)
    assert found["DEVIATIONS"].rows == [] and found["QUERIES"].rows == [] and found["VITALS"].rows == []
    study.leave()
