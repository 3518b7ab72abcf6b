"""The columns of the injections and of the infusions of one subject."""

from __future__ import annotations

from sle_desk.base.language import Language
from sle_desk.domain.dose_choices import INJECTION
from sle_desk.domain.protocol import Protocol
from sle_desk.ui.pages.dose_lines import STATES, DoseLine, LineWords
from sle_desk.ui.rows import Column


def injection_columns(protocol: Protocol, language: Language) -> tuple[Column, ...]:
    """Return the columns of injections."""
    site = language.words(protocol.form(INJECTION).field("site").label)
    words = LineWords(protocol, language)
    return (
        Column(language.text("No."), _number, words.number, look="strong", width=64),
        Column(language.text("Planned"), _number, words.planned, width=110),
        Column(language.text("Given at"), words.given_on, words.given_on, width=120),
        Column(language.text("Dose"), words.amount, words.amount, width=130),
        Column(site, words.site, words.site, width=210),
        Column(language.text("State"), _state, words.state, look="chip", status=_status, width=160),
        Column(language.text("Note"), words.note, words.note, stretch=True),
    )


def infusion_columns(protocol: Protocol, language: Language) -> tuple[Column, ...]:
    """Return the columns of infusions."""
    words = LineWords(protocol, language)
    return (
        Column(language.text("No."), _number, words.number, look="strong", width=64),
        Column(language.text("Planned"), _number, words.planned, width=110),
        Column(language.text("Given at"), words.given_on, words.given_on, width=120),
        Column(language.text("Weight"), words.weight, words.weight),
        Column(language.text("Prescribed"), words.prescribed, words.prescribed),
        Column(language.text("Prepared, from vials"), words.prepared, words.prepared),
        Column(language.text("Administered"), words.administered, words.administered),
        Column(language.text("State"), _state, words.state, look="chip", status=_status),
        Column(language.text("Note"), words.note, words.note, stretch=True),
    )


def line_key(line: DoseLine) -> object:
    """Return what tells lines apart."""
    return (line.drug, line.number, line.row.id if line.row else 0)


def _number(line: DoseLine) -> int:
    return line.number or 0


def _state(line: DoseLine) -> str:
    return line.state


def _status(line: DoseLine) -> str:
    return STATES[line.state][1]
