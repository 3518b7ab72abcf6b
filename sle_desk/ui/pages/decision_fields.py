"""The forms a decision is typed into: values its reading asks for, own words, what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sle_desk.base.language import Language, Words, message
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.protocol import Given, Option, Setting
from sle_desk.services.decisions import AMENDMENT, APPROVED_PROTOCOL, BASES
from sle_desk.ui.pages.clarification_words import BASES as BASIS_WORDS
from sle_desk.ui.pages.clarification_words import both, given_words

OWN_WORDS = "own_words"
BASIS, DOCUMENT, SECTION, NUMBER = "basis", "document", "section", "approval_number"
APPROVED, EFFECTIVE, REASON = "approved_on", "effective_from", "reason"
_KEYS = dict(zip(BASES, "PMA", strict=True))
_BETWEEN = re.compile(r"[\s,，、;；:：+]+")

BASIS_LABELS = {
    BASIS: message("What the decision rests on"),
    DOCUMENT: message("Document and version"),
    SECTION: message("Section"),
    NUMBER: message("Ethics approval no."),
    APPROVED: message("Approved on"),
    EFFECTIVE: message("In force from"),
    REASON: message("Reason"),
}


def setting_field(setting: Setting) -> Field:
    """Return the field that asks for a setting; its proposal stands below as a proposal, never in it."""
    unit, label = setting.unit, setting.label
    if unit is not None:
        label = Words(f"{label.en} ({unit.en})", f"{label.zh}（{unit.zh}）")
    plain_number = setting.kind in ("number", "days") and setting.no_limit is None
    kind = "choice" if setting.kind == "choice" else "number" if plain_number else "text"
    limits = (setting.low, setting.high) if plain_number else (None, None)
    return Field(
        code=setting.code,
        label=label,
        kind=kind,
        hint=_hint(setting),
        required=False,
        choices=setting.choices,
        hard=(limits[0], limits[1]) if limits[0] is not None and limits[1] is not None else None,
        decimals=setting.decimals if plain_number else None,
    )


def _hint(setting: Setting) -> Words | None:
    parts: list[Words] = []
    if setting.no_limit is not None:
        limit = setting.no_limit
        said = both(message("A number, or the word none: {limit}"), limit="{limit}")
        parts.append(Words(said.en.replace("{limit}", limit.en), said.zh.replace("{limit}", limit.zh)))
    if setting.kind == "list":
        parts.append(both(message("Several values with a comma between them")))
    if setting.proposal is not None:
        english = given_words(setting, setting.proposal, Language("en"))
        chinese = given_words(setting, setting.proposal, Language("zh_CN"))
        said = both(message("Proposed, not decided: {value}"), value="{value}")
        parts.append(Words(said.en.replace("{value}", english), said.zh.replace("{value}", chinese)))
    if not parts:
        return None
    return Words(". ".join(part.en for part in parts), "；".join(part.zh for part in parts))


def asked_form(settings: Sequence[Setting], own_words: bool) -> Form:
    """Return the form of what a reading asks for."""
    fields = [setting_field(setting) for setting in settings]
    if own_words:
        fields.append(
            Field(OWN_WORDS, both(message("The reading in your own words")), "note", required=False)
        )
    sections = (Section(both(message("What this reading needs")), tuple(fields)),) if fields else ()
    return Form("decision.asked", "1", both("Decision"), sections)


def settings_asked(option: Option | None, own: Setting | None, known: Mapping[str, Setting]) -> list[Setting]:
    """Return the settings a chosen option asks for; a setting of its own asks for itself."""
    if own is not None:
        return [own]
    return [known[code] for code in option.asks] if option is not None else []


def basis_form(numbers: Iterable[str] = ()) -> Form:
    """Return the form of what a decision rests on; the numbers of the ethics register are offered."""
    labels = {code: both(words) for code, words in BASIS_LABELS.items()}
    choices = tuple(Choice(code, both(BASIS_WORDS[code]), _KEYS[code]) for code in BASES)
    fields = (
        Field(BASIS, labels[BASIS], "choice", required=False, choices=choices),
        Field(DOCUMENT, labels[DOCUMENT], "text", required=False),
        Field(SECTION, labels[SECTION], "text", required=False),
        number_field(NUMBER, labels[NUMBER], numbers, required=False),
        Field(APPROVED, labels[APPROVED], "day", required=False),
        Field(EFFECTIVE, labels[EFFECTIVE], "day", required=False, future_allowed=True,
              hint=both(message("not before today and not before its approval"))),
        Field(REASON, labels[REASON], "text", required=False),
    )  # fmt: skip
    return Form("decision.basis", "1", both(message("Decision")), (Section(both(message("Basis")), fields),))


def number_field(code: str, words: Words, numbers: Iterable[str], *, required: bool = True) -> Field:
    """Return the field of an approval's number: any, with those of the ethics register to be offered."""
    offered = tuple(Choice(number, Words(number, number), "") for number in numbers)
    hint = both(message("Offered from the ethics register; its day is taken from there"))
    return Field(code, words, "text", required=required, choices=offered, hint=hint if offered else None)


def needed(basis: str) -> tuple[str, ...]:
    """Return the fields of the basis that have to be filled, by the basis that was chosen."""
    extra = {APPROVED_PROTOCOL: (SECTION,), AMENDMENT: (NUMBER,)}.get(basis, ())
    return (BASIS, DOCUMENT, *extra, APPROVED, EFFECTIVE, REASON)


def given(setting: Setting, value: Value) -> Given:
    """Return what was typed for a setting as a decision keeps it."""
    if setting.kind == "choice":
        return value.choice or ""
    if setting.kind == "list":
        return tuple(part for part in _BETWEEN.split((value.text or "").strip()) if part)
    return value.typed if value.number is not None else (value.text or "").strip().lower()
