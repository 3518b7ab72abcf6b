"""Sentences about what a dose is held for, and what was left of one."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "dose.hold_answered": message("{hold} stood in the record on {on}, and was looked at before the dose."),
    "dose.hold_given": message("Given on {on} although it was answered: {hold}. Give the reason."),
    "dose.hold_known": message(
        "Given on {on} without an answer to {hold}, which stood in the record. Give the reason."
    ),
    "dose.hold_which": message(
        "“Nothing” cannot stand beside what is recorded: {hold}. Say what the dose is held for, or that it "
        "was looked at and no longer holds."
    ),
    "dose.hold_unplanned": message(
        "No planned dose of today waits: there is none to hold. Close with Esc, or record what was given."
    ),
    "dose.residual": message(
        "{left} mL left in the bag cannot be: from 0 to the volume of the bag ({bag} mL). Measure or type "
        "again."
    ),
    "hold.event": message("{hold}: “{term}” since {since} has not ended."),
    "hold.grade": message("{hold}: {test} of {on}, grade {grade}."),
    "hold.measured": message("{hold}: {value} {measure} on {on}."),
    "hold.pregnant": message("{hold}: recorded since {since}."),
    "hold.reaction": message("{hold}: “{term}”, grade {grade}, linked to the dose of {last}."),
    "prepare.hold_needed": message(
        "Nobody has said what the dose is held for, or that there is nothing. Nothing was prepared."
    ),
    "prepare.hold": message(
        "The answer names what the dose is held for: {hold}. Nothing was prepared. Hold it with F8, or give "
        "the reason to prepare it all the same."
    ),
}
