"""What has to be there before the arm opens: computed from saved records, each row leading to its gap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.decisions import Open, Readings
from sle_desk.domain.eligibility import ELIGIBLE, EXCLUDING, Judged, judge
from sle_desk.domain.eligibility_facts import RESULT, Facts
from sle_desk.domain.evidence_asked import LABORATORY_DAYS
from sle_desk.domain.evidence_from_forms import NO_CONSENT
from sle_desk.domain.evidence_values import Missing, Place, facts_of, no_weight
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain
from sle_desk.models.allocation import Allocation
from sle_desk.models.audit import Signature
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.models.people import User
from sle_desk.models.subject import Disposition, Subject
from sle_desk.services import baseline, consent_standing
from sle_desk.services.checklist import Checklist, judged_as_signed, read_checklist, standing_decision
from sle_desk.services.decisions import readings_on
from sle_desk.services.desk import Desk
from sle_desk.services.eligibility import SCREEN_FAILURE, changed_leaves, failures_by_criteria
from sle_desk.services.enrolment import enrolment_gaps, standing, target_of
from sle_desk.services.same_person import allocated_elsewhere
from sle_desk.services.signatures import ink_of
from sle_desk.services.signers import was_to_sign
from sle_desk.services.stood_then import died_by, ended_by, signed_by, withdrawn_then
from sle_desk.services.subject_facts import facts_of as facts_of_subject
from sle_desk.services.twins import goes_on_as, of_one_number, unexplained_twins
from sle_desk.services.waived import RANDOMISES, Waiver, asks_whether_randomised, may_be_randomised
from sle_desk.services.withdrawals import DATA, SCREENED_FOR

SCREENING_DAYS, WEIGHT_DAYS = "screening.window_days", "weight.age_days"
OPEN = "open"


@dataclass(frozen=True)
class Precondition:
    """One thing that has to be there: `said` with its facts tells what is, `missing` what is not, and where.

    `title` and `said` are codes of sentences.
    """

    code: str
    said: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    @property
    def title(self) -> str:
        """Return the code of the sentence that names it."""
        return f"precondition.{self.code}"

    @property
    def holds(self) -> bool:
        """Tell whether it is there."""
        return not self.missing


@dataclass(frozen=True)
class Look:
    """What the rows are computed from: one subject at one instant."""

    session: Session
    protocol: Protocol
    subject: Subject
    facts: Facts
    readings: Readings
    sheet: Checklist
    at: datetime

    def days(self, code: str) -> int | None:
        """Return a decided number of days, or None while it is open: its own row says so."""
        value = self.readings.value(code)
        return None if isinstance(value, Open) else int(str(value))

    def judged_now(self) -> tuple[Judged, ...]:
        """Return the leaves on the newest values, by the readings that were signed."""
        signed = standing_decision(self.session, self.subject.id)
        if signed is None:
            return judge(self.protocol, self.readings, self.facts)
        then, _ = judged_as_signed(self.session, self.protocol, signed)
        return judge(self.protocol, then, self.facts)


def preconditions(desk: Desk, subject_id: int) -> tuple[Precondition, ...]:
    """Return what is open, then the preconditions of a subject's allocation."""
    with desk.view() as session:
        return rows(session, desk.protocol, subject_id, desk.now())


def require_all(session: Session, protocol: Protocol, subject_id: int, at: datetime) -> list[list[object]]:
    """Return every precondition with its facts, to be signed; RuleBroken names the first gap."""
    held = rows(session, protocol, subject_id, at)
    for row in held:
        for gap in row.missing:
            raise RuleBroken(gap.code, **gap.facts)
    return [[row.code, row.said, {name: _recorded(fact) for name, fact in row.facts.items()}] for row in held]


def require_no_arm_elsewhere(session: Session, subject: Subject) -> None:
    """Refuse a row for a person who has an arm under another record, whatever became of that one."""
    for gap in _armed_elsewhere(session, subject):
        raise RuleBroken(gap.code, **gap.facts)


def _armed_elsewhere(session: Session, subject: Subject) -> tuple[Missing, ...]:
    known = allocated_elsewhere(session, subject)
    if known is None:
        return ()
    facts = facts_of(code=subject.code, other=known.code, number=known.number)
    return (Missing("precondition.randomised_elsewhere", Place("subject"), facts),)


def _recorded(fact: object) -> object:
    return fact.en if isinstance(fact, Words) else fact


def rows(
    session: Session, protocol: Protocol, subject_id: int, at: datetime, readings: Readings | None = None
) -> tuple[Precondition, ...]:
    """Return the rows inside a view or a change in hand; by readings that are only thought of, if given."""
    today = at.date()
    look = Look(
        session=session,
        protocol=protocol,
        subject=session.get_one(Subject, subject_id),
        facts=facts_of_subject(session, protocol, subject_id, today),
        readings=readings or readings_on(session, protocol, today),
        sheet=_signed_then(read_checklist(session, protocol, subject_id, today), at),
        at=at,
    )
    return (*_open(look), *(row(look) for row in ROWS))


def _signed_then(sheet: Checklist, at: datetime) -> Checklist:
    """Return the checklist without what was signed only after an instant."""
    signed = sheet.signed if signed_by(sheet.signed, at) else None
    waiver = sheet.waiver if signed is not None and signed_by(sheet.waiver, at) else None
    return replace(sheet, signed=signed, waiver=waiver)


def _open(look: Look) -> tuple[Precondition, ...]:
    named = {each.code: each.title for each in look.protocol.clarifications}
    named |= {each.code: each.label for each in look.protocol.settings}
    return tuple(
        Precondition(
            OPEN,
            facts=facts_of(code=code, title=named[code]),
            missing=(
                Missing(
                    "precondition.undecided", Place("decision", code), facts_of(code=code, title=named[code])
                ),
            ),
        )
        for code in look.readings.waits("allocation")
    )


def _consent(look: Look) -> Precondition:
    consent = look.facts.consent
    if consent is None:
        return Precondition("consent", missing=(NO_CONSENT,))
    earlier = [each for each in look.facts.procedures if each.after(consent) is False]
    facts = facts_of(version=consent.version, day=consent.signed_on, time=consent.signed_time)
    if not earlier:
        later = (consent.signed_on, consent.signed_time) > (look.at.date(), f"{look.at:%H:%M}")
        missing = (NO_CONSENT,) if later else _withdrawn(look)
        return Precondition("consent", "precondition.consent_on", facts, missing)
    first = min(earlier, key=lambda each: (each.day, each.time))
    late = facts_of(day=first.day, signed=consent.signed_on)
    return Precondition("consent", missing=(Missing("precondition.consent_late", Place("consent"), late),))


def _consent_version(look: Look) -> Precondition:
    found = consent_standing.signed_version(look.session, look.subject.id, look.at.date())
    return Precondition("consent_version", found.said, found.facts, found.missing)


def _approval(look: Look) -> Precondition:
    found = consent_standing.protocol_approval(look.session, look.at.date())
    return Precondition("approval", found.said, found.facts, found.missing)


def _withdrawn(look: Look) -> tuple[Missing, ...]:
    """Return for what consent was withdrawn that an allocation needs: study drugs, visits, use of data."""
    scopes = withdrawn_then(look.session, look.subject.id, look.at)
    return tuple(
        Missing(f"precondition.{scope}_withdrawn", Place("subject"), facts_of(day=scopes[scope]))
        for scope in (*SCREENED_FOR, DATA)
        if scope in scopes
    )


def _pregnancy(look: Look) -> Precondition:
    signed_at = look.sheet.signed.signed_at if look.sheet.signed is not None else None
    found = baseline.pregnancy(look.protocol, look.facts, look.readings, signed_at)
    return Precondition("pregnancy", found.said, found.facts, found.missing)


def _eligibility(look: Look) -> Precondition:
    place, signed = Place("eligibility"), look.sheet.signed
    if signed is None:
        count, of = look.sheet.decided, len(look.sheet.to_decide)
        gap = Missing("precondition.not_signed", place, facts_of(decided=count, of=of))
        return Precondition("eligibility", missing=(gap,))
    row = standing_decision(look.session, look.subject.id)
    assert row is not None
    waiver = look.sheet.waiver
    if signed.verdict != ELIGIBLE and waiver is None:
        return Precondition("eligibility", missing=(Missing("precondition.not_eligible", place),))
    missing = _not_to_sign(look, row) + (_waiver_gaps(look, waiver) if waiver is not None else [])
    if changed := changed_leaves(look.session, look.protocol, row):
        missing.append(Missing("precondition.evidence_changed", place, facts_of(leaves=", ".join(changed))))
    # What is newer than the signature does not undo it, but what now excludes stops the allocation.
    waived = waiver.leaves if waiver is not None else ()
    found = (each.leaf.code for each in look.judged_now() if each.suggestion in EXCLUDING)
    against = [code for code in found if code not in waived]
    if against and not changed:
        missing.append(Missing("precondition.newer_values", place, facts_of(leaves=", ".join(against))))
    at = signed.signed_at
    facts = facts_of(
        name=signed.signed_by, day=at.date(), time=f"{at:%H:%M}", count=len(look.sheet.to_decide)
    )
    if waiver is not None:
        return Precondition("eligibility", "precondition.waived", _waiver_facts(waiver), tuple(missing))
    return Precondition("eligibility", "precondition.signed_by", facts, tuple(missing))


def _waiver_facts(waiver: Waiver) -> Mapping[str, object]:
    name, day = waiver.signed_by, waiver.signed_at.date()
    if waiver.ink is not None:
        name, day = waiver.ink.signer, waiver.ink.signed_on
    return facts_of(leaves=", ".join(waiver.leaves), name=name, day=day)


def _waiver_gaps(look: Look, waiver: Waiver) -> list[Missing]:
    """Return why a waiver does not bear an allocation: that is not decided, or nobody but the PI signed."""
    facts = _waiver_facts(waiver)
    if not asks_whether_randomised(look.protocol):
        return [Missing("precondition.not_eligible", Place("eligibility"))]
    missing: list[Missing] = []
    if not may_be_randomised(look.protocol, look.readings):
        missing.append(Missing("precondition.waiver_not_enough", Place("decision", RANDOMISES), facts))
    if not was_to_sign(look.session, look.session.get_one(Signature, waiver.signature_id), roles.PI):
        missing.append(Missing("precondition.waiver_not_pi", Place("eligibility"), facts))
    return missing


def _not_to_sign(look: Look, signed: EligibilityDecision) -> list[Missing]:
    """Return that who signed, at the desk or in ink, was not delegated it that day: no allocation on it."""
    assert signed.signature_id is not None
    signature = look.session.get_one(Signature, signed.signature_id)
    if was_to_sign(look.session, signature, roles.ELIGIBILITY):
        return []
    ink = ink_of(signature)
    name = ink.signer if ink is not None else look.session.get_one(User, signature.user_id).name
    day = ink.signed_on if ink is not None else signature.signed_at.date()
    told = facts_of(name=name, day=day)
    return [Missing("precondition.signer_not_delegated", Place("delegation"), told)]


def _window(look: Look) -> Precondition:
    screened, today = look.facts.screened_on, look.facts.today
    missing: list[Missing] = []
    allowed, days = look.days(SCREENING_DAYS), (today - screened).days if screened else 0
    if screened is None:
        missing.append(Missing("eligibility.no_screening_visit", Place("visit")))
    elif allowed is not None and days > allowed:
        late = facts_of(day=screened, age=days, allowed=allowed)
        missing.append(Missing("precondition.window_passed", Place("visit"), late))
    ages = _ages(look)
    accepted = look.days(LABORATORY_DAYS)
    for analyte, (age, gap_facts) in ages.items():
        if accepted is not None and age > accepted:
            stale = facts_of(**gap_facts, allowed=accepted)
            missing.append(Missing("eligibility.result_stale", Place("analyte", analyte), stale))
    oldest = max((age for age, _ in ages.values()), default=0)
    if allowed is None:
        told = facts_of(days=days, oldest=oldest)
        return Precondition("window", "precondition.window_undecided", told, tuple(missing))
    facts = facts_of(days=days, allowed=allowed, oldest=oldest)
    return Precondition("window", "precondition.window_days", facts, tuple(missing))


def _ages(look: Look) -> dict[str, tuple[int, dict[str, object]]]:
    """Return how old each laboratory value is that a leaf rests on, in days."""
    by_source = {each.source: each for each in look.facts.results}
    ages: dict[str, tuple[int, dict[str, object]]] = {}
    for judged in look.judged_now():
        for line in judged.evidence:
            if line.source is not None and line.source.table == RESULT:
                result = by_source[line.source]
                label = look.protocol.laboratory.analytes[result.analyte].label
                age = (look.facts.today - result.day).days
                ages[result.analyte] = (age, {"label": label, "day": result.day, "age": age})
    return ages


def _weight(look: Look) -> Precondition:
    weight, allowed = look.facts.weight, look.days(WEIGHT_DAYS)
    if weight is None:
        return Precondition("weight", missing=(no_weight(look.protocol),))
    age = (look.facts.today - weight.day).days
    facts = facts_of(kg=plain(weight.kg), day=weight.day)
    if allowed is None or age <= allowed:
        return Precondition("weight", "precondition.weighed", facts)
    old = facts_of(kg=plain(weight.kg), day=weight.day, age=age, allowed=allowed)
    gap = Missing("precondition.weight_old", no_weight(look.protocol).place, old)
    return Precondition("weight", "precondition.weighed", facts, (gap,))


def _baseline(look: Look) -> Precondition:
    found = baseline.scores(look.session, look.protocol, look.facts)
    return Precondition("baseline", found.said, found.facts, found.missing)


def _samples(look: Look) -> Precondition:
    found = baseline.samples(look.protocol, look.facts)
    return Precondition("samples", found.said, found.facts, found.missing)


def _not_before(look: Look) -> Precondition:
    place, code = Place("subject"), look.subject.code
    arm = look.session.scalar(select(Allocation.arm).where(Allocation.subject_id == look.subject.id))
    missing: list[Missing] = []
    ended = ended_by(look.session, look.subject.id, look.at.date())
    death = died_by(look.session, look.subject.id, look.at.date())
    if death is not None:
        missing.append(Missing("precondition.died", place, facts_of(code=code, day=death.written)))
    if arm is not None:
        missing.append(Missing("precondition.allocated", place, facts_of(code=code)))
    elif (look.subject.state == "void" or death is not None or ended) and not _failed_waived(look, ended):
        missing.append(Missing("precondition.not_screening", place, facts_of(code=code)))
    elsewhere = _armed_elsewhere(look.session, look.subject)
    missing += elsewhere
    if arm is None and not elsewhere and (other := goes_on_as(look.session, look.subject)) is not None:
        missing.append(Missing("precondition.goes_on", place, facts_of(code=code, other=other.code)))
    # Said before the first arm is there: from then on the other record can be given none.
    if arm is None and not elsewhere and (codes := of_one_number(look.session, look.subject)):
        told = facts_of(code=code, codes=", ".join(codes))
        missing.append(Missing("precondition.same_number", place, told))
    if twins := unexplained_twins(look.session, look.subject):
        missing.append(Missing("precondition.duplicate", place, facts_of(codes=", ".join(twins))))
    return Precondition("not_before", "precondition.checked", {}, tuple(missing))


def _failed_waived(look: Look, ended: frozenset[str]) -> bool:
    """Tell whether the only thing that ended the screening is what the PI waived and lets randomise."""
    if look.sheet.waiver is None or not may_be_randomised(look.protocol, look.readings):
        return False
    by_criteria = failures_by_criteria(look.session, look.subject.id)
    return ended == {SCREEN_FAILURE} and len(by_criteria) == _failures(look)


def _failures(look: Look) -> int:
    failed = select(func.count()).where(
        Disposition.subject_id == look.subject.id,
        Disposition.state == "current",
        Disposition.kind == SCREEN_FAILURE,
    )
    return int(look.session.scalar(failed) or 0)


def _enrolment(look: Look) -> Precondition:
    """Return whether anybody is enrolled still: this is of the study, and the same for every subject."""
    missing = enrolment_gaps(look.session, look.protocol, look.readings, look.at)
    target = target_of(look.readings)
    if target is None:
        return Precondition("enrolment", missing=missing)
    facts = facts_of(count=standing(look.session, look.at), target=target)
    return Precondition("enrolment", "precondition.enrolled", facts, missing)


# In the order of the page.
ROWS: tuple[Callable[[Look], Precondition], ...] = (
    _consent,
    _consent_version,
    _approval,
    _pregnancy,
    _eligibility,
    _window,
    _weight,
    _baseline,
    _samples,
    _not_before,
    _enrolment,
)
