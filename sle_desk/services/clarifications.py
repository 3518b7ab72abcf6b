"""The clarification register as the Study page shows it: problem, three texts, options, decisions so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.language import Words
from sle_desk.domain.decisions import IN_FORCE, Decision, Open, Readings
from sle_desk.domain.plan_rules import (
    ANCHORING,
    FIRST_DOSES,
    INFUSIONS,
    INTERVAL,
    SECOND_CYCLE,
    SECOND_INFUSIONS,
    SECOND_START,
)
from sle_desk.domain.protocol import (
    VALUE,
    Clarification,
    Elsewhere,
    Given,
    Option,
    Protocol,
    Setting,
    SettingValue,
)
from sle_desk.models.audit import Signature
from sle_desk.models.people import User
from sle_desk.models.protocol import ProtocolDecision
from sle_desk.services.decisions import (
    ApprovedText,
    approved_words,
    decision_of,
    decisions_made,
    newly_uncomputed,
    readings_on,
)
from sle_desk.services.desk import Desk
from sle_desk.services.redacted import TakenOut, taken_out_since
from sle_desk.services.signatures import Ink, ink_of

CLARIFICATION, SETTING = "clarification", "setting"
# The settings of which some choices have no calendar beside others.
CALENDAR = frozenset(
    {ANCHORING, FIRST_DOSES, INFUSIONS, INTERVAL, SECOND_CYCLE, SECOND_INFUSIONS, SECOND_START}
)
PLANNED, SUPERSEDED, WITHDRAWN = "planned", "superseded", "withdrawn"


@dataclass(frozen=True)
class DecisionRow:
    """One signed decision as it is shown; states: in_force, planned, superseded, withdrawn."""

    id: int
    option: str
    label: Words | None
    values: Mapping[str, Given]
    own_words: str
    basis: str
    document: str
    section: str
    approval_number: str
    approved_on: date
    effective_from: date
    reason: str
    decided_at: datetime
    decided_by: str
    state: str
    withdrawn_on: date | None
    withdrawn_reason: str
    # Of the registry's words that it was decided on.
    quotes_sha256: str = ""
    ink: Ink | None = None
    # Where a text was taken out of it after it was signed.
    taken_out: tuple[TakenOut, ...] = ()


@dataclass(frozen=True)
class SettingRow:
    """A setting with the value in force; undecided it has none, and its proposal is only shown."""

    setting: Setting
    decided: bool
    value: SettingValue


@dataclass(frozen=True)
class RegisterRow:
    """One entry of the register: a clarification, or a setting that none governs.

    `proposes` names the option held to be likely, `Setting.proposal` a likely value: marked as such,
    used for nothing.
    """

    code: str
    kind: str
    title: Words
    state: str
    severity: str
    waits: tuple[str, ...]
    quotes: tuple[str, ...]
    elsewhere: tuple[Elsewhere, ...]
    problem: Words | None
    intent: Words | None
    confidence: str
    options: tuple[Option, ...]
    proposes: str
    settings: tuple[SettingRow, ...]
    approved: ApprovedText | None
    decisions: tuple[DecisionRow, ...]
    # What would be refused today: the program has no calendar for it beside what is in force.
    not_supported: tuple[Words, ...] = ()

    @property
    def in_force(self) -> DecisionRow | None:
        """Return the decision that holds today."""
        return next((each for each in self.decisions if each.state == IN_FORCE), None)


def register(desk: Desk) -> tuple[RegisterRow, ...]:
    """Return every clarification, then every setting that none governs, with the decisions so far."""
    with desk.view() as session:
        return register_in(session, desk.protocol, desk.today())


def register_in(session: Session, protocol: Protocol, today: date) -> tuple[RegisterRow, ...]:
    """Return the same of a session in hand, as of a copy that is printed."""
    readings = readings_on(session, protocol, today)
    names = {user.id: user.name for user in session.scalars(select(User))}
    approved = approved_words(session)
    signed = decisions_made(session)
    made: dict[str, list[DecisionRow]] = {}
    for row in session.scalars(select(ProtocolDecision).order_by(ProtocolDecision.id)):
        signature = session.get_one(Signature, row.signature_id)
        shown = _decision_row(row, names, readings, protocol, ink_of(signature))
        shown = replace(shown, taken_out=taken_out_since(session, signature))
        made.setdefault(row.code, []).append(shown)
    clarified = [
        _clarification_row(each, readings, approved.get(each.code), tuple(made.get(each.code, ())), protocol)
        for each in protocol.clarifications
    ]
    free = [
        _setting_row(each, readings, tuple(made.get(each.code, ())))
        for each in protocol.settings
        if not each.clarification
    ]
    return tuple(
        replace(row, not_supported=_not_supported(protocol, row, signed, today))
        for row in (*clarified, *free)
    )


def _not_supported(
    protocol: Protocol, row: RegisterRow, made: Sequence[Decision], today: date
) -> tuple[Words, ...]:
    if not any(each.setting.code in CALENDAR for each in row.settings):
        return ()
    choices = row.settings[0].setting.choices if row.kind == SETTING else ()
    offered = [(each.label, VALUE, {row.code: each.code}) for each in choices]
    offered += [(each.label, each.code, {}) for each in row.options]
    return tuple(
        label
        for label, option, values in offered
        if newly_uncomputed(protocol, made, Decision(row.code, option, values, "", today, None, 0), today)
    )


def register_row(desk: Desk, code: str) -> RegisterRow:
    """Return one entry of the register."""
    return next(row for row in register(desk) if row.code == code)


def _decision_row(
    row: ProtocolDecision,
    names: Mapping[int, str],
    readings: Readings,
    protocol: Protocol,
    ink: Ink | None,
) -> DecisionRow:
    found = next((each for each in protocol.clarifications if each.code == row.code), None)
    return DecisionRow(
        id=row.id,
        option=row.option,
        label=found.option(row.option).label if found is not None else None,
        values=decision_of(row).values,
        own_words=row.own_words,
        basis=row.basis,
        document=row.document,
        section=row.section,
        approval_number=row.approval_number,
        approved_on=row.approved_on,
        effective_from=row.effective_from,
        reason=row.reason,
        decided_at=row.decided_at,
        decided_by=names[row.decided_by],
        state=_state(row, readings),
        withdrawn_on=row.withdrawn_on,
        withdrawn_reason=row.withdrawn_reason,
        quotes_sha256=row.quotes_sha256,
        ink=ink,
    )


def _state(row: ProtocolDecision, readings: Readings) -> str:
    if row.withdrawn_on is not None:
        return WITHDRAWN
    if row.effective_from > readings.on:
        return PLANNED
    holding = readings.decision(row.code)
    return IN_FORCE if holding is not None and holding.number == row.id else SUPERSEDED


def _value(setting: Setting, readings: Readings) -> SettingRow:
    value = readings.value(setting.code)
    return SettingRow(setting, False, None) if isinstance(value, Open) else SettingRow(setting, True, value)


def _clarification_row(
    entry: Clarification,
    readings: Readings,
    approved: ApprovedText | None,
    made: tuple[DecisionRow, ...],
    protocol: Protocol,
) -> RegisterRow:
    return RegisterRow(
        code=entry.code,
        kind=CLARIFICATION,
        title=entry.title,
        state=readings.state(entry.code),
        severity=entry.severity,
        waits=entry.waits,
        quotes=entry.quotes,
        elsewhere=entry.elsewhere,
        problem=entry.problem,
        intent=entry.intent,
        confidence=entry.confidence,
        options=entry.options,
        proposes=entry.proposes,
        settings=tuple(
            _value(each, readings) for each in protocol.settings if each.clarification == entry.code
        ),
        approved=approved,
        decisions=made,
    )


def _setting_row(setting: Setting, readings: Readings, made: tuple[DecisionRow, ...]) -> RegisterRow:
    # Nothing waits for what belongs to a choice that was not made.
    waits = setting.waits if readings.needs(setting) else ()
    return RegisterRow(
        code=setting.code,
        kind=SETTING,
        title=setting.label,
        state=readings.state(setting.code),
        severity="blocks" if waits else "note",
        waits=waits,
        quotes=(),
        elsewhere=(),
        problem=None,
        intent=None,
        confidence="",
        options=(),
        proposes="",
        settings=(_value(setting, readings),),
        approved=None,
        decisions=made,
    )
