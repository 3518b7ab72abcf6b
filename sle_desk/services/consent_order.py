"""Consent before any procedure, none after leaving: what the order of consents, forms and samples shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sle_desk.domain.consent_rules import known_at, time_done, was_after_consent
from sle_desk.domain.dosing import MAJOR, MINOR, ProposedDeviation
from sle_desk.domain.ethics import covers
from sle_desk.domain.reconsent import LATE, wanted
from sle_desk.domain.roles import CONSENT as CONSENT_TASK
from sle_desk.domain.values import partial_bounds
from sle_desk.domain.visit_rules import EARLY_TERMINATION, PROCEDURE_AFTER, procedure_after_exit
from sle_desk.models.lab import Sample
from sle_desk.models.safety import Deviation
from sle_desk.models.subject import Consent, ConsentVersion
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.answers import values_of
from sle_desk.services.approvals import approvals_in
from sle_desk.services.courses import course, courses, gone_on
from sle_desk.services.deaths import Death, death_of
from sle_desk.services.delegated import people_called
from sle_desk.services.desk import Change
from sle_desk.services.deviations import PROPOSED, propose_about, renew_proposals
from sle_desk.services.reconsents import RECONSENT, asked_in, reconsent_shows, versions_in
from sle_desk.services.signers import was_delegated
from sle_desk.services.withdrawals import (
    DATA,
    WITHDRAWAL,
    Spells,
    samples_refused,
    spells_of,
    withdrawn_by,
)

AFTER_PROCEDURE, AFTER_DEATH = "consent.after_procedure", "consent.after_death"
EXPLAINER_UNKNOWN, EXPLAINER_NOT_DELEGATED = "consent.explainer_unknown", "consent.explainer_not_delegated"
COPY_NOT_GIVEN, NO = "consent.copy_not_given", "N"
SAMPLES_WITHDRAWN = "consent.samples_withdrawn"
DATA_WITHDRAWN = "consent.data_withdrawn"
# Where an entry beside the visits says of which day it is; one that says nothing is of the day it was made.
_OWN_DAY = ("start", "day", "since", "aware_day")
# What is compared here begins so; what else is said of a form (its medicine) is compared by others.
_OWNED = ("consent.", PROCEDURE_AFTER)
# Asked with every form and sample: put together once, and of the table, for that costs more than the answer.
_CONSENT = Consent.__table__.c
_FIRST_CONSENT = (
    select(_CONSENT.signed_on, _CONSENT.signed_time)
    .where(_CONSENT.subject_id == bindparam("subject"), _CONSENT.state == "current")
    .order_by(_CONSENT.signed_on, _CONSENT.signed_time)
    .limit(1)
)


def propose_before_consent(change: Change, record: FormRecord) -> None:
    """Propose a deviation about a form before consent, after its withdrawal for data, or after leaving."""
    found = _form_shows(change, record, _ends_of(change.session, record.subject_id))
    propose_about(change, record.subject_id, ("form_record", record.id), record.on_day, found)


def propose_about_sample(change: Change, sample: Sample) -> None:
    """Propose a deviation about a sample before any consent, after its withdrawal, or after leaving."""
    found = _sample_shows(change, sample, _ends_of(change.session, sample.subject_id))
    propose_about(change, sample.subject_id, ("sample", sample.id), sample.drawn_at.date(), found)


def renew_entry(change: Change, record: FormRecord) -> None:
    """Compare an entry beside the visits again: what it says of its day was completed or corrected."""
    if record.visit_id is None and record.state == "current":
        change.session.flush()
        shows = _form_shows(change, record, _ends_of(change.session, record.subject_id))
        about = ("form_record", record.id)
        renew_proposals(change, record.subject_id, about, record.on_day, _OWNED, shows)


def renew_consent_findings(change: Change, subject_id: int) -> None:
    """Compare a subject's forms and consents again: what no longer holds goes void, what is new is proposed.

    Whoever records or voids a consent, a form or a sample calls it inside the change in hand.
    """
    session = change.session
    session.flush()
    ends = _ends_of(session, subject_id)
    forms = session.scalars(
        select(FormRecord).where(FormRecord.subject_id == subject_id, FormRecord.state == "current")
    ).all()
    for record in forms:
        about, shows = ("form_record", record.id), _form_shows(change, record, ends)
        renew_proposals(change, subject_id, about, record.on_day, _OWNED, shows)
    samples = session.scalars(
        select(Sample).where(Sample.subject_id == subject_id, Sample.state == "current")
    ).all()
    for sample in samples:
        about, shows = ("sample", sample.id), _sample_shows(change, sample, ends)
        renew_proposals(change, subject_id, about, sample.drawn_at.date(), _OWNED, shows)
    consents = session.scalars(
        select(Consent)
        .where(Consent.subject_id == subject_id, Consent.state == "current")
        .order_by(Consent.signed_on, Consent.signed_time, Consent.id)
    ).all()
    died = death_of(session, subject_id)
    for consent in consents:
        about = ("consent", consent.id)
        shows = version_shows(session, consent) + _explainer_shows(session, consent)
        shows += _copy_shows(consent) + _dead_shows(consent, died)
        # Whoever signs again was covered by what was signed before.
        if consent is consents[0]:
            shows += _procedure_before(session, consent)
            shows += reconsent_shows(session, course(session, subject_id), change.at.date())
        renew_proposals(change, subject_id, about, consent.signed_on, _OWNED, shows)


def renew_reconsent(change: Change, subject_id: int) -> None:
    """Compare again whether a newer version was signed by its day; it is told at the first consent."""
    session = change.session
    first = session.scalar(
        select(Consent)
        .where(Consent.subject_id == subject_id, Consent.state == "current")
        .order_by(Consent.signed_on, Consent.signed_time, Consent.id)
        .limit(1)
    )
    if first is None or wanted(versions_in(session), change.at.date()) is None:
        return
    session.flush()
    shows = reconsent_shows(session, course(session, subject_id), change.at.date())
    renew_proposals(change, subject_id, ("consent", first.id), first.signed_on, (RECONSENT,), shows)


def propose_overdue_reconsents(change: Change) -> None:
    """Propose for everybody whose last day to sign went by since somebody looked."""
    session, today = change.session, change.at.date()
    if wanted(versions_in(session), today) is None:
        return
    for subject_id, asked in asked_in(session, courses(session), today).items():
        if asked.state == LATE and asked.settled_on is None:
            renew_reconsent(change, subject_id)


def renew_after_exit(change: Change, subject_id: int) -> None:
    """Compare visits and consents with the day of leaving or the death, where one is recorded or was told."""
    session = change.session
    told = select(Deviation.id).where(
        Deviation.subject_id == subject_id,
        Deviation.code.in_((PROCEDURE_AFTER, AFTER_DEATH)),
        Deviation.progress == PROPOSED,
    )
    ended = gone_on(session, subject_id) is not None or death_of(session, subject_id) is not None
    if ended or session.scalar(told.limit(1)) is not None:
        renew_consent_findings(change, subject_id)


@dataclass(frozen=True)
class _Ends:
    """The day a subject left, and when consent was withdrawn."""

    left: date | None
    spells: Spells


def _ends_of(session: Session, subject_id: int) -> _Ends:
    return _Ends(gone_on(session, subject_id), spells_of(session, subject_id))


def _form_shows(change: Change, record: FormRecord, ends: _Ends) -> list[ProposedDeviation]:
    found = [] if record.form == WITHDRAWAL else _without_data(_day_of(change.session, record, ends), ends)
    # An entry beside the visits is no procedure.
    if record.visit_id is None:
        return found
    found += _before_consent(change.session, record.subject_id, _form_done(change.session, record))
    return found + _after_exit(change, record.visit_id, record.on_day, ends.left)


def _day_of(session: Session, record: FormRecord, ends: _Ends) -> date:
    """Return the day a form is about: of an entry the earliest its own date can mean, where it has one."""
    if record.visit_id is not None or DATA not in ends.spells:
        return record.on_day
    values = values_of(session, record.id)
    told = next((values[code] for code in _OWN_DAY if code in values), None)
    if told is None:
        return record.on_day
    return told.day or (partial_bounds(told.text)[0] if told.text else record.on_day)


def _without_data(day: date, ends: _Ends) -> list[ProposedDeviation]:
    """Return that data are of a day after that on which consent for their use was withdrawn."""
    since = withdrawn_by(ends.spells, DATA, day)
    if since is None or since == day:
        return []
    facts = {"on": day.isoformat(), "since": since.isoformat()}
    return [ProposedDeviation(DATA_WITHDRAWN, MAJOR, facts, on_day=day)]


def _after_exit(change: Change, visit_id: int, on_day: date, left: date | None) -> list[ProposedDeviation]:
    if left is None or on_day <= left:
        return []
    visit = change.session.get_one(Visit, visit_id)
    if EARLY_TERMINATION in change.protocol.visit(visit.code).tags:
        return []
    return list(procedure_after_exit(on_day, visit.on_day, left))


def first_consent(session: Session, subject_id: int) -> date | None:
    """Return the day of the first consent that stands."""
    first = first_signed(session, subject_id)
    return first.signed_on if first is not None else None


def first_signed(session: Session, subject_id: int) -> Signed | None:
    """Return when the first consent that stands was signed."""
    row = session.execute(_FIRST_CONSENT, {"subject": subject_id}).first()
    return Signed(*row) if row is not None else None


@dataclass(frozen=True, order=True)
class Signed:
    """When a consent was signed: its day, and its time where it is known."""

    signed_on: date
    signed_time: str


@dataclass(frozen=True)
class _Done:
    """A procedure: its day, its time where it is known, and the time it was in the record that day."""

    day: date
    time: str
    known_at: str = ""

    def after(self, consent: Signed) -> bool | None:
        return was_after_consent(self.day, self.time, self.known_at, consent.signed_on, consent.signed_time)


def _form_done(session: Session, record: FormRecord) -> _Done:
    time = time_done(record.on_day, record.at_time, values_of(session, record.id))
    return _Done(record.on_day, time, known_at(record.on_day, record.recorded_at))


def _sample_done(sample: Sample) -> _Done:
    return _Done(sample.drawn_at.date(), f"{sample.drawn_at:%H:%M}")


def _before_consent(session: Session, subject_id: int, done: _Done) -> list[ProposedDeviation]:
    """Return that something was done before consent; on the day of the signature the times have to say so."""
    first = first_signed(session, subject_id)
    if first is not None and done.after(first) is not False:
        return []
    return [ProposedDeviation(AFTER_PROCEDURE, MAJOR, {"procedure": done.day.isoformat()})]


def _sample_shows(change: Change, sample: Sample, ends: _Ends) -> list[ProposedDeviation]:
    day = sample.drawn_at.date()
    found = _before_consent(change.session, sample.subject_id, _sample_done(sample))
    found += _without_data(day, ends)
    since = samples_refused(ends.spells, sample.drawn_at)
    if since is not None:
        facts = {"drawn": day.isoformat(), "since": since.isoformat()}
        found.append(ProposedDeviation(SAMPLES_WITHDRAWN, MAJOR, facts))
    return found + _after_exit(change, sample.visit_id, day, ends.left)


def version_shows(session: Session, consent: Consent) -> list[ProposedDeviation]:
    """Return that the version a consent is signed on was not in force on the day it was signed."""
    version = session.scalar(select(ConsentVersion).where(ConsentVersion.code == consent.consent_version))
    named = {"version": consent.consent_version}
    if version is None:
        return [ProposedDeviation("consent.unknown_version", MAJOR, named)]
    if consent.signed_on < version.approved_on:
        return [ProposedDeviation("consent.version_not_approved", MAJOR, named)]
    if version.used_from is not None and consent.signed_on < version.used_from:
        first = {**named, "first": version.used_from.isoformat()}
        return [ProposedDeviation("consent.version_not_in_use", MAJOR, first)]
    if version.valid_until is not None and consent.signed_on > version.valid_until:
        return [ProposedDeviation("consent.version_expired", MAJOR, named)]
    return _approval_shows(session, consent, version)


def _approval_shows(session: Session, consent: Consent, version: ConsentVersion) -> list[ProposedDeviation]:
    """Return that the approval a version takes from the register did not hold any more on the day."""
    standing = approvals_in(session) if version.approval_id is not None else ()
    own = next((each for each in standing if each.id == version.approval_id), None)
    if own is None or covers(own, standing, consent.signed_on):
        return []
    facts = {
        "version": version.code,
        "number": version.approval_number,
        "until": own.valid_until.isoformat() if own.valid_until else "",
    }
    return [ProposedDeviation("consent.approval_over", MAJOR, facts)]


def _dead_shows(consent: Consent, died: Death | None) -> list[ProposedDeviation]:
    """Return that a consent is dated after the death: a day is wrong, or it is of somebody else."""
    if died is None or consent.signed_on <= died.on_day:
        return []
    facts = {"signed": consent.signed_on.isoformat(), "died": died.written}
    return [ProposedDeviation(AFTER_DEATH, MAJOR, facts)]


def _explainer_shows(session: Session, consent: Consent) -> list[ProposedDeviation]:
    """Return that who obtained the consent was not delegated it on the day of the signature."""
    name, day = consent.explained_by, consent.signed_on
    people = people_called(session, name) if name else []
    if not name or any(was_delegated(session, user.id, CONSENT_TASK, day) for user in people):
        return []
    code = EXPLAINER_NOT_DELEGATED if people else EXPLAINER_UNKNOWN
    return [ProposedDeviation(code, MINOR, {"name": name, "day": day.isoformat()})]


def _copy_shows(consent: Consent) -> list[ProposedDeviation]:
    """Return that no copy of the signed consent was given: the participant keeps one (ICH E6(R2) 4.8.11)."""
    if consent.copy_given != NO:
        return []
    facts = {"version": consent.consent_version, "day": consent.signed_on.isoformat()}
    return [ProposedDeviation(COPY_NOT_GIVEN, MINOR, facts)]


def _procedure_before(session: Session, consent: Consent) -> list[ProposedDeviation]:
    first = first_procedure_before(session, consent.subject_id, consent.signed_on, consent.signed_time)
    if first is None:
        return []
    return [ProposedDeviation(AFTER_PROCEDURE, MAJOR, {"procedure": first.isoformat()})]


def first_procedure_before(
    session: Session, subject_id: int, signed_on: date, signed_time: str
) -> date | None:
    """Return the first day of a form or sample that surely came before a signature, or None."""
    forms = session.scalars(
        select(FormRecord).where(
            FormRecord.subject_id == subject_id,
            FormRecord.state == "current",
            FormRecord.visit_id.is_not(None),
            FormRecord.on_day <= signed_on,
        )
    )
    samples = session.scalars(
        select(Sample).where(Sample.subject_id == subject_id, Sample.state == "current")
    )
    done = [*(_form_done(session, each) for each in forms), *map(_sample_done, samples)]
    signed = Signed(signed_on, signed_time)
    return min((each.day for each in done if each.after(signed) is False), default=None)
