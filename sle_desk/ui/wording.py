"""Words for codes that several pages show: states, arms, sexes, flags, roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sle_desk.base.language import Language, Words, message
from sle_desk.domain import open_points, roles
from sle_desk.domain.checks import CORRECTION_REASONS
from sle_desk.domain.leaving import KINDS
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.wording import COLON, COMMA
from sle_desk.services.deaths import Death
from sle_desk.services.printables import lot_of
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.state import State

STATES = {
    "screening": (message("Screening"), "due"),
    "failed": (message("Screen failure"), "neutral"),
    "randomised": (message("Randomised"), "due"),
    "treatment": (message("On treatment"), "ok"),
    "complete": (message("Completed"), "ok"),
    "left": (message("Left the study"), "neutral"),
    "died": (message("Died"), "bad"),
    "void": (message("Entered in error"), "bad"),
}
SEXES = {"F": message("F"), "M": message("M")}
FLAGS = {
    "LOW": (message("Low"), "warn", "arrow-down"),
    "HIGH": (message("High"), "warn", "arrow-up"),
    "NORMAL": (message("normal"), "ok", "check"),
    "ABNORMAL": (message("Abnormal"), "warn", "alert"),
    "UNKNOWN": (message("not judged"), "neutral", "minus-circle"),
}


def open_words(protocol: Protocol, codes: Iterable[str], language: Language) -> str:
    """Return what waits to be decided: a clarification by its number, a setting by its name."""
    return language.words(open_points.open_words(protocol, codes))


def state_words(state: str, language: Language) -> str:
    """Return the words of a subject's state."""
    return language.text(STATES[state][0])


def arm_words(protocol: Protocol, arm: str, language: Language) -> tuple[str, str]:
    """Return the shape and the words of an arm; no arm before allocation."""
    if not arm:
        return "", language.text("Not randomised")
    found = protocol.arm(arm)
    return found.shape, language.words(found.label)


def sex_age_words(subject: SubjectRow, language: Language) -> str:
    """Return sex and age, as "F, 34 y"."""
    return language.text("{sex}, {age} y", sex=language.text(SEXES[subject.sex]), age=subject.age)


def role_words(role: str, language: Language) -> str:
    """Return the name of a role; "setup" and "migration" are not people's."""
    return language.words(roles.ROLES[role]) if role in roles.ROLES else role


def step_words(state: State, kind: str, drug: str) -> str:
    """Return a step out in words, with the drug that it stops."""
    language = state.language
    said = [KINDS[kind], state.desk.protocol.drug(drug).label] if drug else [KINDS[kind]]
    return language.words(COLON).join(language.words(each) for each in said)


def no_samples_words(since: date, language: Language) -> str:
    """Return that no samples are to be taken, with the day consent for them was withdrawn."""
    return language.text("no samples: consent withdrawn {day}", day=f"{since:%m-%d}")


def withdrawn_words(scope: Words, since: object, language: Language) -> str:
    """Return for what consent was withdrawn, with the day."""
    day = f"{since:%m-%d}" if isinstance(since, date) else ""
    return language.text("withdrawn {day}: {scope}", scope=language.words(scope), day=day)


def death_words(death: Death, language: Language) -> str:
    """Return that a subject died, with the day as far as it is known."""
    if death.exact:
        return language.text("died {day}", day=f"{death.on_day:%m-%d}")
    return language.text("died {day}", day=death.said) if death.said else language.text("died, day unknown")


def visit_words(protocol: Protocol, code: str, language: Language, *, ends_treatment: bool = False) -> str:
    """Return the name of a visit; in a plan the one that ends the treatment says so."""
    return language.words(protocol.visit(code).called(ends_treatment=ends_treatment))


def due_visit_words(protocol: Protocol, facts: Mapping[str, object], language: Language) -> str:
    """Return the name of the visit that facts of a plan tell of."""
    ends = bool(facts.get("ends_treatment"))
    return visit_words(protocol, str(facts["visit"]), language, ends_treatment=ends)


def paper_part_words(protocol: Protocol, part: str, language: Language) -> str:
    """Return what a paper is of: a visit, a lot, a version as "2v5", or an event and its report as "7-12"."""
    if not part or any(visit.code == part for visit in protocol.visits):
        return visit_words(protocol, part, language) if part else ""
    if "/" in part:
        lot = lot_of(part)
        drug = language.words(protocol.drug(lot.drug).label)
        return language.words(COMMA).join((drug, language.text("lot {lot}", lot=lot.lot)))
    number, amended, version = part.partition("v")
    if amended and number.isdecimal():
        return language.text("version {version}", version=version)
    event, _, report = part.partition("-")
    return language.text("event AE-{event}, report {report}", event=event, report=report)


def reason_words(reason: str, language: Language) -> str:
    """Return a kept reason of a correction in words: its code told, the note as it was typed."""
    code, colon, note = reason.partition(":")
    words = next((language.words(each.label) for each in CORRECTION_REASONS if each.code == code), code)
    return f"{words}{colon}{note}"
