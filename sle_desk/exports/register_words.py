"""Words of the clarification register, on screen and on paper: states, what waits, values, decisions."""

from __future__ import annotations

from collections.abc import Mapping

from sle_desk.base.language import Language, message
from sle_desk.domain.decisions import CONTRADICTED, IN_FORCE, OPEN, REOPENED
from sle_desk.domain.protocol import Given, Protocol, Setting
from sle_desk.domain.settings import NO_LIMIT
from sle_desk.exports.wording import COLON, SEMICOLON, signer_words, taken_out_words
from sle_desk.services.clarifications import PLANNED, SETTING, SUPERSEDED, WITHDRAWN, DecisionRow, RegisterRow
from sle_desk.services.decisions import AMENDMENT, APPROVED_PROTOCOL, MEMO

STATES = {
    OPEN: (message("Open"), "warn"),
    REOPENED: (message("Reopened"), "warn"),
    CONTRADICTED: (message("Contradicted"), "bad"),
    IN_FORCE: (message("In force"), "ok"),
}
DECISION_STATES = {
    IN_FORCE: (message("In force"), "ok"),
    PLANNED: (message("Not yet in force"), "due"),
    SUPERSEDED: (message("Superseded"), "neutral"),
    WITHDRAWN: (message("Withdrawn"), "neutral"),
}
BASES = {
    APPROVED_PROTOCOL: message("Approved protocol"),
    MEMO: message("Clarification memo"),
    AMENDMENT: message("Amendment"),
}
ACTS = {
    "eligibility": message("the eligibility decision"),
    "allocation": message("the allocation"),
    "visits": message("the visit calendar"),
    "visit": message("a visit"),
    "schedule": message("the dose calendar"),
    "prepare": message("preparing a dose"),
    "score": message("scoring"),
}


def waits_words(row: RegisterRow, language: Language) -> str:
    """Return what waits for a decision, or nothing once it is in force."""
    if not is_open(row) or not row.waits:
        return ""
    acts: list[str] = []
    for each in row.waits:
        act, _, what = each.partition(":")
        words = language.text(ACTS[act])
        acts.append(f"{words} ({what})" if what else words)
    return language.text("Waiting for it: {acts}", acts=", ".join(acts))


def given_words(setting: Setting, given: Given, language: Language) -> str:
    """Return a value of a setting as people read it, with its unit."""
    if setting.kind == "choice":
        found = next((each for each in setting.choices if each.code == given), None)
        return language.words(found.label) if found is not None else str(given)
    if given == NO_LIMIT and setting.no_limit is not None:
        return language.words(setting.no_limit)
    shown = given if isinstance(given, str) else ", ".join(given)
    return f"{shown} {language.words(setting.unit)}" if setting.unit else shown


def values_words(protocol: Protocol, values: Mapping[str, Given], language: Language) -> str:
    """Return the values a decision gave, each with its setting."""
    parts = []
    for code, given in values.items():
        setting = protocol.setting(code)
        parts.append(
            language.words(COLON).join((language.words(setting.label), given_words(setting, given, language)))
        )
    return language.words(SEMICOLON).join(parts)


def reading_words(protocol: Protocol, row: DecisionRow, language: Language) -> str:
    """Return what a decision says: its option, own words and values."""
    parts = [language.words(row.label)] if row.label is not None else []
    parts += [f"“{row.own_words}”"] if row.own_words else []
    values = values_words(protocol, row.values, language)
    return " · ".join([*parts, values] if values else parts)


def basis_words(row: DecisionRow, language: Language) -> str:
    """Return what a decision rests on: basis, document, section, approval."""
    parts = [language.text(BASES[row.basis]), row.document]
    parts += [row.section] if row.section else []
    if row.approval_number:
        parts.append(language.text("approval {number}", number=row.approval_number))
    parts.append(language.text("approved on {day}", day=row.approved_on.isoformat()))
    return ", ".join(parts)


def signed_words(row: DecisionRow, language: Language) -> str:
    """Return who signed a decision, when, since when it holds, and how it ended."""
    said = language.text(
        "Signed by {name} at {time}, in force from {day}. {reason}",
        name=signer_words(row.decided_by, row.ink, language),
        time=f"{row.decided_at:%Y-%m-%d %H:%M}",
        day=row.effective_from.isoformat(),
        reason=row.reason,
    )
    said = f"{said} {taken_out_words(row.taken_out, language)}".strip()
    if row.withdrawn_on is None:
        return said
    ended = language.text(
        "Withdrawn on {day}: {reason}", day=row.withdrawn_on.isoformat(), reason=row.withdrawn_reason
    )
    return f"{said} {ended}"


def in_force_words(protocol: Protocol, row: RegisterRow, language: Language) -> tuple[str, str]:
    """Return the reading in force and since when; where there is none, why."""
    if (stands := row.in_force) is not None and row.state == IN_FORCE:
        since = language.text("since {day}", day=stands.effective_from.isoformat())
        return reading_words(protocol, stands, language), since
    if row.state == CONTRADICTED:
        return language.text("None: two decisions in force contradict each other."), ""
    if row.state == REOPENED:
        last = next(each for each in reversed(row.decisions) if each.withdrawn_on is not None)
        assert last.withdrawn_on is not None
        said = reading_words(protocol, last, language)
        words = language.text("None. {reading} was withdrawn.", reading=said)
        return words, language.text("since {day}", day=last.withdrawn_on.isoformat())
    return language.text("None: nobody has decided yet."), ""


def is_open(row: RegisterRow) -> bool:
    """Tell whether nothing is in force."""
    return row.state != IN_FORCE


def code_words(row: RegisterRow) -> str:
    """Return the number of a clarification; a setting of its own has none."""
    return "" if row.kind == SETTING else row.code
