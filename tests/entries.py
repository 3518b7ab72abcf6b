"""What people enter at one study, drawn at random: right, or with one mistake that has a name."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from acknowledged import Acknowledged
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from people_invented import identity_number, someone
from sittings import Sittings
from study_fixtures import PASSWORD
from trial_fixtures import SURNAMES

from sle_desk.base.clock import SteppingClock
from sle_desk.domain import roles
from sle_desk.domain.checks import UNLIKELY, Value
from sle_desk.models.audit import Signature
from sle_desk.models.base import Base
from sle_desk.models.lab import Result, Sample
from sle_desk.models.subject import Consent, Identity, Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import (
    consent_records,
    form_records,
    form_signing,
    labs,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import FormRow, NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.labs import SampleRow
from sle_desk.services.seen import version_of
from sle_desk.services.subjects import NewConsent

DAY = timedelta(days=1)
LONG_AGO = date(1950, 1, 1)
ANY = st.integers(0, 999)
NOTES = st.text("ab 张'\";-%<&\\\n", max_size=12)
VISITS = st.sampled_from(("V0", "V1", "W2", "W4", "UNS"))
PANELS = {
    "CHEM": {"CREAT": "umol/L", "ALT": "U/L", "AST": "U/L", "BILI": "umol/L"},
    "CBC": {"HGB": "g/L", "NEUT": "10^9/L", "LYM": "10^9/L"},
}
# What a value that is unlikely and has no reason is refused with.
UNEXPLAINED = ("value.unlikely", "value.changed", "check.systolic_above_diastolic")


def wrong(*codes: str) -> st.SearchStrategy[str]:
    """Return a strategy: nothing is wrong, or one thing is, by the code of its refusal."""
    return st.sampled_from((*("" for _ in codes), *codes))


def number(low: int, high: int, decimals: int = 0) -> st.SearchStrategy[Decimal]:
    """Return a strategy for numbers as they stand on a paper."""
    return st.integers(low * 10**decimals, high * 10**decimals).map(lambda n: Decimal(n).scaleb(-decimals))


VITALS = st.fixed_dictionaries(
    {
        "temperature": number(34, 42, 1),
        "systolic": number(70, 220),
        "diastolic": number(40, 130),
        "pulse": number(20, 250),
        "weight": number(30, 150, 1),
    },
    optional={"height": number(135, 200, 1)},
)


def valued(given: Decimal) -> Value:
    """Return a number as an answer."""
    return Value(number=given, typed=str(given))


@dataclass(frozen=True)
class Made:
    """A study to begin with: its folder, what it has acknowledged, and where its clock stands."""

    folder: Path
    known: Acknowledged
    now: datetime


class Entries(RuleBasedStateMachine):
    """People at one study who enter and sign; nothing they were told may be lost."""

    def __init__(self, made: Made, work: Path, told: Counter[str]) -> None:
        super().__init__()
        self.work = Path(tempfile.mkdtemp(dir=work))
        self.known = deepcopy(made.known)
        shutil.copytree(made.folder, self.work / "0")
        self.at = Sittings(self.work / "0", SteppingClock(made.now), self.known, told)

    @property
    def desk(self) -> Desk:
        return self.at.desk

    def pick(self, model: type[Base], which: int, **like: object) -> int:
        """Return the number of one of the known rows."""
        found = self.known.of(model, **like)
        return found[which % len(found)]

    def knows(self, model: type[Base], **like: object) -> bool:
        """Tell whether a row is known."""
        return bool(self.known.of(model, **like))

    def version(self, model: Any, row_id: int) -> int:
        """Return the version of a row as it is shown."""
        with self.desk.view() as session:
            return version_of(session, session.get_one(model, row_id))

    def void(self, model: type[Base], row_id: int, reason: str) -> None:
        """Keep that a record is void, and what was signed of it."""
        self.known.put(model, row_id, state="void", void_reason=reason)
        if model is FormRecord:
            self.void_signatures(row_id, reason)

    def void_signatures(self, record_id: int, reason: str) -> None:
        """Keep that the signature of a form is void."""
        for row_id in self.known.of(Signature, about_id=record_id, state="valid"):
            self.known.put(Signature, row_id, state="void", void_reason=reason)

    @initialize()
    def somebody_sits_down(self) -> None:
        self.at.sit(roles.COORDINATOR)

    def begin(self) -> Made:
        """Enter what every run begins with, without a mistake; return the study signed out."""
        self.somebody_sits_down()
        for which in (0, 1):
            self.registers("", which)
            self.consents("", which, "")
            self.visits("", which, "V0", 0)
            self.fills("", which, {}, "pga")
        self.fills("", 0, {name: Decimal(60) for name in ("pulse", "weight")}, "vitals")
        self.draws("", 0, "CHEM", [Decimal(50), Decimal(20)])
        self.at.leave()
        self.at.sit(roles.INVESTIGATOR)
        self.signs("", 0)
        self.at.leave()
        return Made(self.at.path, self.known, self.at.clock.now())

    @rule(mistake=wrong("subject.duplicate_number", "day.future", "name.length", "text.control"), which=ANY)
    def registers(self, mistake: str, which: int) -> None:
        serial = len(self.known.of(Subject)) + 1
        born = date(1990, 1, 1) + which * DAY
        name = f"{SURNAMES[which % len(SURNAMES)]}慧{serial}"
        new = someone(
            name={"name.length": " ", "text.control": "张\x00慧"}.get(mistake, name),
            initials=f"P{serial}",
            birth_date=self.desk.today() + DAY if mistake == "day.future" else born,
            identity_number=identity_number(born, "F", serial),
        )
        if mistake == "subject.duplicate_number":
            known = self.known.get(Identity, self.pick(Identity, which))
            new = someone(initials="DUP", identity_number=known["identity_number"])
        row = self.ask("subject.register", lambda desk: subjects.register_subject(desk, new), mistake)
        if row is not None:
            self.known.put(Subject, row.id, code=f"SLE-{serial:03d}", birth_date=born, state="current")
            with self.desk.view() as session:
                identity = session.query(Identity).filter_by(subject_id=row.id).one().id
            self.known.put(Identity, identity, name=name, identity_number=new.identity_number)

    def ask(self, action: str, do: Callable[[Desk], Any], *mistakes: str, reason: str | None = None) -> Any:
        """Let the person at the desk act, as `Sittings.ask` says; a mistake without a name is none."""
        return self.at.ask(action, do, [each for each in mistakes if each], reason)

    @rule(
        mistake=wrong("day.future", "time.future", "day.before_birth", "text.control"), which=ANY, note=NOTES
    )
    def consents(self, mistake: str, which: int, note: str) -> None:
        subject, now = self.pick(Subject, which), self.desk.now()
        day = {"day.future": now.date() + DAY, "day.before_birth": LONG_AGO}.get(mistake, now.date())
        at_time = "23:59" if mistake == "time.future" else f"{now:%H:%M}"
        by = "\u202e" if mistake == "text.control" else f"Zhao Jing {note}"
        new = NewConsent(subject, "v2.1", day, at_time, by, "Y")
        row_id = self.ask(
            "consent.record", lambda desk: consent_records.record_consent(desk, new, "overlooked"), mistake
        )
        if row_id is not None:
            self.known.put(Consent, row_id, subject_id=subject, explained_by=by.strip(), signed_time=at_time)

    @rule(mistake=wrong("day.future", "day.before_birth"), which=ANY, code=VISITS, ago=st.integers(0, 4))
    def visits(self, mistake: str, which: int, code: str, ago: int) -> None:
        subject, today = self.pick(Subject, which), self.desk.today()
        day = {"day.future": today + DAY, "day.before_birth": LONG_AGO}.get(mistake, today - ago * DAY)
        there = self.knows(Visit, subject_id=subject, code=code, state="current") and code != "UNS"
        do = partial(visits.record_visit, subject_id=subject, code=code, on_day=day)
        row = self.ask("visit.record", do, mistake, "visit.twice" if there else "")
        if row is not None:
            self.known.put(Visit, row.id, subject_id=subject, code=code, on_day=day, state="current")

    @rule(
        mistake=wrong("value.impossible", "value.unlikely", "day.future", "visit.other_subject"),
        which=ANY,
        values=VITALS,
        form=st.sampled_from(("vitals", "vitals", "pga")),
    )
    def fills(self, mistake: str, which: int, values: dict[str, Decimal], form: str) -> None:
        visit = self.pick(Visit, which)
        place = self.known.get(Visit, visit)
        given = dict(values) if form == "vitals" else {"PGA": Decimal(which % 301).scaleb(-2)}
        if mistake in ("value.impossible", "value.unlikely"):
            given["weight"], form = Decimal(500 if mistake == "value.impossible" else 200), "vitals"
            given.pop("PGA", None)
        others = [each for each in self.known.of(Subject) if each != place["subject_id"]]
        if mistake == "visit.other_subject" and not others:
            mistake = ""
        new = NewForm(
            subject_id=others[0] if mistake == "visit.other_subject" else place["subject_id"],
            visit_id=visit,
            form=form,
            on_day=self.desk.today() + (DAY if mistake == "day.future" else 0 * DAY),
            given=Given({code: valued(each) for code, each in given.items()}),
        )
        if mistake != "value.unlikely":
            new = self.explained(new)
        twice = self.knows(FormRecord, visit_id=visit, form=form, state="current")
        row = self.ask(
            "form.save",
            lambda desk: form_records.save_form(desk, new),
            *(UNEXPLAINED if mistake == "value.unlikely" else (mistake,)),
            *("form.twice" if twice else "", "" if place["state"] == "current" else "record.already_void"),
        )
        if row is not None:
            self.saved(row, given)

    def explained(self, new: NewForm) -> NewForm:
        """Return the form with a reason for each unlikely value, as a person gives them who was asked."""
        unlikely = [each.field for each in form_records.findings(self.desk, new) if each.level == UNLIKELY]
        return NewForm(**{**vars(new), "given": Given(new.given.values, dict.fromkeys(unlikely, "source"))})

    def saved(self, row: FormRow, given: dict[str, Decimal]) -> None:
        """Keep a saved form and its values."""
        self.known.put(
            FormRecord, row.id, visit_id=row.visit_id, form=row.form, state="current", void_reason=""
        )
        assert set(row.answer_ids) == set(given)
        for code, answer in row.answer_ids.items():
            self.known.put(
                Answer, answer, form_record_id=row.id, field=code, number=given[code], typed=str(given[code])
            )

    @rule(
        mistake=wrong("sample.future", "lab.not_in_panel", "sample.other_subject", "sample.twice"),
        which=ANY,
        panel=st.sampled_from(tuple(PANELS)),
        values=st.lists(number(1, 200, 1), max_size=4),
    )
    def draws(self, mistake: str, which: int, panel: str, values: list[Decimal]) -> None:
        visit = self.pick(Visit, which)
        place, drawn = self.known.get(Visit, visit), self.desk.now()
        subject = place["subject_id"]
        others = [each for each in self.known.of(Subject) if each != subject]
        same = self.known.of(Sample, subject_id=subject, panel=panel, state="current")
        if (mistake == "sample.twice" and not same) or (mistake == "sample.other_subject" and not others):
            mistake = ""
        if mistake == "sample.twice":
            drawn = self.known.get(Sample, same[0])["drawn_at"]
        drawn += DAY if mistake == "sample.future" else 0 * DAY
        whose = others[0] if mistake == "sample.other_subject" else subject
        new = NewSample(whose, visit, panel, 1, drawn, report_number=f"R{which}")
        units = dict(zip(PANELS[panel].items(), values, strict=False))
        typed = [TypedResult(code, str(each), "", each, unit) for (code, unit), each in units.items()]
        if mistake == "lab.not_in_panel":
            typed.append(TypedResult("HIVAB", text="NEG"))
        row = self.ask(
            "results.save",
            lambda desk: labs.save_results(desk, new, tuple(typed)),
            *(mistake, "" if place["state"] == "current" else "record.already_void"),
        )
        if row is not None:
            self.drawn(row)
            assert {code: each.value for code, each in row.results.items()} == {
                code: each for (code, _), each in units.items()
            }

    def drawn(self, row: SampleRow) -> None:
        """Keep a sample and its results."""
        facts = {name: getattr(row, name) for name in ("subject_id", "visit_id", "panel", "drawn_at")}
        self.known.put(Sample, row.id, **facts, state="current", void_reason="")
        for code, each in row.results.items():
            self.known.put(
                Result, each.id, sample_id=row.id, analyte=code, typed=each.typed, value=each.value
            )

    @precondition(lambda self: self.knows(FormRecord, form="pga"))
    @rule(mistake=wrong("signature.password", "signature.statement", "record.changed_meanwhile"), which=ANY)
    def signs(self, mistake: str, which: int) -> None:
        record = self.pick(FormRecord, which, form="pga")
        known, action = self.known.get(FormRecord, record), form_signing.SIGN
        password = "not the password" if mistake == "signature.password" else PASSWORD
        signing = form_signing.signing_for(action, "en", password)
        if mistake == "signature.statement":
            signing = replace(signing, statement="I have seen it.")
        seen = self.version(FormRecord, record) - (mistake == "record.changed_meanwhile")
        signed = self.knows(Signature, about_id=record, state="valid")
        made = self.ask(
            action,
            lambda desk: form_signing.sign_form(desk, self.at.folder, record, seen, signing),
            *(mistake, "form.already_signed" if signed else ""),
            "" if known["state"] == "current" else "record.already_void",
        )
        if made is not None:
            facts = {"user_id": self.desk.actor.user_id, "content_hash": made.content_hash}
            self.known.put(Signature, made.id, about_id=record, **facts, state="valid", void_reason="")
