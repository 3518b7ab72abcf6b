"""Where a record comes from: entered here, or typed from a source; whose signature stands on its paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sle_desk.base.language import Words
from sle_desk.domain.checks import MISSING, Finding, Value
from sle_desk.domain.forms import Choice, Field, Form, Section

HERE, PAPER, DIARY = "entered_here", "paper", "diary"
SOURCES = (
    Choice(HERE, Words("Entered here", "直接录入"), "1"),
    Choice(PAPER, Words("Paper", "纸质文件"), "2"),
    Choice("his", Words("Hospital information system (HIS)", "医院信息系统（HIS）"), "3"),
    Choice("lis", Words("Laboratory information system (LIS)", "检验信息系统（LIS）"), "4"),
    Choice(DIARY, Words("Diary", "日记"), "5"),
)
TITLE = Words("Source", "来源")
NEEDED = "source.needed"
_ELSEWHERE = tuple(each.code for each in SOURCES if each.code != HERE)

# The one declaration of what is kept of a source: asked on screen, shown in history, exported.
SOURCE = Field("source", Words("Source of the record", "数据来源"), "choice", required=False, choices=SOURCES)
REFERENCE = Field(
    "source_reference",
    Words("Reference in the source", "来源编号"),
    "text",
    show_if=(SOURCE.code, *_ELSEWHERE),
)
SIGNER = Field(
    "source_signer", Words("Signed on paper by", "纸质签字人"), "text", show_if=(SOURCE.code, PAPER)
)
SIGNED_ON = Field(
    "source_signed_on",
    Words("Date beside the signature", "签字旁日期"),
    "day",
    show_if=(SOURCE.code, PAPER),
)
FIELDS = (SOURCE, REFERENCE, SIGNER, SIGNED_ON)
CODES = tuple(field.code for field in FIELDS)
# A visit may span days: its own day is the one that counts for windows, a form of it has its own.
DONE_ON = Field(
    "on_day",
    Words("Done on another day than the visit", "实施日期（与访视日期不同时填写）"),
    "day",
    required=False,
)
ASKED = (*CODES, DONE_ON.code)
# What stands in the form before anybody says otherwise.
ASSUMED: Mapping[str, str] = {SOURCE.code: HERE}
JUDGED_HINT = Words(
    "What an investigator judges is typed from a signed paper: its signer, date and reference.",
    "研究者判断的项目应依据已签字的纸质文件录入：签字人、日期及出处。",
)


@dataclass(frozen=True)
class Told:
    """What a person says of the source of a record; signer and day where it is a paper signed in ink."""

    source: str = HERE
    reference: str = ""
    signer: str = ""
    signed_on: date | None = None
    # The day of a form that was not done on the day of its visit.
    on_day: date | None = None


def judged_fields(form: Form) -> tuple[Field, ...]:
    """Return the fields of a form that an investigator judges."""
    return tuple(field for field in form.fields() if field.investigator)


def judged(form: Form, values: Mapping[str, Value]) -> tuple[Field, ...]:
    """Return the fields that an investigator judges and that are answered; not done is no judgement."""
    return tuple(
        field for field in judged_fields(form) if field.code in values and values[field.code].missing is None
    )


def section(form: Form, *, judges: bool, signers: tuple[str, ...] = (), at_visit: bool = False) -> Section:
    """Return the questions about the source of a form; signer and day only where something is judged.

    At a visit it may have been done on another day than the visit.
    """
    hint = None if judges or not judged_fields(form) else JUDGED_HINT
    offered = tuple(Choice(name, Words(name, name), "") for name in signers)
    inked = (
        replace(SIGNER, choices=offered, required=not judges),
        replace(SIGNED_ON, required=not judges),
    )
    fields = (replace(SOURCE, hint=hint), REFERENCE, *(inked if judged_fields(form) else ()))
    return Section(TITLE, (*fields, *((DONE_ON,) if at_visit else ())))


def with_source(form: Form, *, judges: bool, signers: tuple[str, ...] = (), at_visit: bool = False) -> Form:
    """Return a form with the questions about its source behind its own."""
    asked = section(form, judges=judges, signers=signers, at_visit=at_visit)
    return replace(form, sections=(*form.sections, asked))


def told(values: Mapping[str, Value]) -> Told:
    """Return what the answers to those questions say."""
    found = {code: values[code] for code in ASKED if code in values}
    texts = {code: value.choice or value.text or "" for code, value in found.items()}
    signed, done = found.get(SIGNED_ON.code), found.get(DONE_ON.code)
    return Told(
        texts.get(SOURCE.code, HERE),
        texts.get(REFERENCE.code, ""),
        texts.get(SIGNER.code, ""),
        signed.day if signed is not None else None,
        done.day if done is not None else None,
    )


def typed(source: Told) -> dict[str, str]:
    """Return what is known of a source as the questions about it show it."""
    shown = {
        SOURCE.code: source.source,
        REFERENCE.code: source.reference,
        SIGNER.code: source.signer,
        SIGNED_ON.code: source.signed_on.isoformat() if source.signed_on else "",
        DONE_ON.code: source.on_day.isoformat() if source.on_day else "",
    }
    return {code: text for code, text in shown.items() if text}


def without_source(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers of the form itself."""
    return {code: value for code, value in values.items() if code not in ASKED}


def missing(form: Form, values: Mapping[str, Value], *, judges: bool) -> tuple[Finding, ...]:
    """Say that the source is missing where who does not judge typed what an investigator judges."""
    answered = () if judges else judged(form, values)
    if not answered or told(values).source == PAPER:
        return ()
    facts = {"label": form.label, "field": answered[0].label}
    return (Finding(MISSING, SOURCE.code, NEEDED, facts),)
