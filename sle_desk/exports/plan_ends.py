"""Why a plan has ended or a drug is paused, as the papers of the ward say it."""

from __future__ import annotations

from sle_desk.base.language import Words, message
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.wording import spoken
from sle_desk.services.courses import Course
from sle_desk.services.withdrawals import TREATMENT, VISITS


def ended_words(course: Course) -> tuple[Words, ...]:
    """Return what ended doses or visits of a subject beside a step out, with its day."""
    death, said = course.death, []
    if death is not None:
        told = message("Death is recorded on {day}: no dose and no visit after it.")
        said.append(spoken(told, day=death.written))
    if TREATMENT in course.withdrawn:
        told = message("Consent for study drugs was withdrawn on {day}: no dose from then on.")
        said.append(spoken(told, day=course.withdrawn[TREATMENT]))
    if VISITS in course.withdrawn:
        told = message("Consent for visits was withdrawn on {day}: no visit from then on.")
        said.append(spoken(told, day=course.withdrawn[VISITS]))
    return tuple(said)


def paused_words(course: Course, protocol: Protocol) -> tuple[Words, ...]:
    """Return which drugs of the arm are paused now, and since when: none of their doses is to be given."""
    drugs = protocol.arm(course.arm).drugs if course.arm else ()
    lasting = ((protocol.drug(code).label, course.open_pause(code)) for code in drugs)
    told = message("{drug} is paused since {day}: no dose of it until it is resumed.")
    return tuple(spoken(told, drug=drug, day=pause.since) for drug, pause in lasting if pause is not None)
