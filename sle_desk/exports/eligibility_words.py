"""Words of the eligibility checklist, on screen and on paper: answers, evidence, readings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sle_desk.base.language import Language, Words, message
from sle_desk.base.words import sentence
from sle_desk.domain.borderline import BORDERLINE
from sle_desk.domain.decisions import VOID, WAITING
from sle_desk.domain.eligibility import (
    ABSENT,
    CANNOT_BE_JUDGED,
    ELIGIBLE,
    EXCLUDING,
    MET,
    NOT_APPLICABLE,
    NOT_ELIGIBLE,
    NOT_MET,
    PRESENT,
)
from sle_desk.domain.evidence_values import EvidenceLine
from sle_desk.domain.forms import unit_words
from sle_desk.domain.formulas import Computed, Input
from sle_desk.domain.values import plain
from sle_desk.exports.wording import COLON, COMMA, signer_words, taken_out_words
from sle_desk.services.eligibility import EVIDENCE_CHANGED, Checklist, ChecklistRow

ANSWERS = {
    MET: message("Met"),
    NOT_MET: message("Not met"),
    PRESENT: message("Present"),
    ABSENT: message("Absent"),
    NOT_APPLICABLE: message("N/A"),
}
KEYS = {MET: "Y", PRESENT: "Y", NOT_MET: "N", ABSENT: "N", NOT_APPLICABLE: "A"}
VERDICTS = {
    ELIGIBLE: message("Eligible"),
    NOT_ELIGIBLE: message("Not eligible"),
    CANNOT_BE_JUDGED: message("Cannot be judged yet"),
}
_SIGNS = {"<=": "≤", ">=": "≥"}


def answer_words(answer: str, language: Language) -> str:
    """Return the words of an answer."""
    return language.text(ANSWERS[answer])


def answer_of_key(row: ChecklistRow, key: str) -> str:
    """Return the answer a key stands for in a row, or nothing where it has none."""
    return next((each for each in row.judged.leaf.answers if KEYS[each] == key), "")


def _words(shown: Words | str, language: Language) -> str:
    return language.words(shown) if isinstance(shown, Words) else language.text(shown)


def _number(value: Decimal) -> str:
    """Return a number for show; a computed one with three digits after the point at most."""
    exact = plain(value)
    shown = plain(value.quantize(Decimal("0.001"))) if len(exact) > 8 and "." in exact else exact
    return shown.rstrip("0").rstrip(".") if shown != exact else shown


def _value(line: EvidenceLine, language: Language) -> str:
    if line.choice is not None:
        return language.words(line.choice)
    if isinstance(line.value, date):
        return line.value.isoformat()
    if isinstance(line.value, Decimal):
        return f"{_SIGNS.get(line.comparator, line.comparator)}{_number(line.value)}"
    return language.text(line.value) if line.value else ""


def line_words(line: EvidenceLine, language: Language) -> str:
    """Return one value with its unit and what it was compared with."""
    parts = (_words(line.label, language), _value(line, language), language.words(unit_words(line.unit)))
    said = " ".join(part for part in parts if part)
    if line.converted is not None and line.against is not None:
        said += f" = {_number(line.converted)} {language.words(unit_words(line.against.unit))}"
    if line.against is None:
        return said
    sign = _SIGNS.get(line.against.comparison, line.against.comparison)
    limit = f"{sign} {_number(line.against.limit)} {language.words(unit_words(line.against.unit))}".strip()
    outcome = {
        True: language.text("yes"),
        False: language.text("no"),
        None: language.text("not certain"),
    }[line.against.holds]
    return f"{said} ({limit}: {outcome})"


def _input(given: Input, language: Language) -> str:
    shown = _number(given.value) if isinstance(given.value, Decimal) else str(given.value)
    return f"{language.text(given.name)} {shown} {language.words(unit_words(given.unit))}".strip()


def formula_words(computed: Computed, language: Language) -> str:
    """Return the formula of a value with what went into it."""
    inputs = language.words(COMMA).join(_input(each, language) for each in computed.inputs)
    return language.words(COLON).join((language.text(computed.formula.name), inputs))


def origin_words(line: EvidenceLine, language: Language) -> str:
    """Return where a value comes from: its day, time and report, its formula, and what is doubtful of it."""
    day = line.day.isoformat() if line.day is not None else ""
    parts = [f"{day} {line.time}".strip(), line.reference]
    parts += [formula_words(line.formula, language)] if line.formula is not None else []
    parts += [language.text("older than is accepted")] if line.stale else []
    parts += [language.text("reference range not confirmed")] if line.unconfirmed else []
    return ", ".join(part for part in parts if part)


def headline(row: ChecklistRow, language: Language) -> tuple[str, str]:
    """Return what the evidence comes to and its status; nothing missing or open ever reads as met."""
    judged = row.judged
    if judged.state == VOID:
        codes = ", ".join(judged.decided_by)
        return language.text("Void by {codes}: not judged", codes=codes), "neutral"
    if judged.state == WAITING:
        return language.text("Nothing is judged"), "warn"
    if judged.missing:
        return language.text("Evidence is missing"), "warn"
    if judged.suggestion is None:
        return language.text("Nothing can be computed: a person judges"), "warn"
    said = language.text("The evidence says: {answer}", answer=answer_words(judged.suggestion, language))
    return said, "bad" if judged.suggestion in EXCLUDING else "ok"


def flags(row: ChecklistRow, language: Language) -> str:
    """Return the marks of the evidence of a leaf: at a limit or close to it, older than is accepted."""
    judged = row.judged
    close = any(note.code == BORDERLINE for note in judged.notes)
    old = any(line.stale for line in judged.evidence)
    said = [language.text("Borderline")] if close else []
    said += [language.text("Too old")] if old else []
    return " · ".join(said)


def evidence_lines(row: ChecklistRow, language: Language) -> list[str]:
    """Return the lines below the headline: values, what is missing, what to know."""
    judged = row.judged
    lines: list[str] = []
    for each in judged.evidence:
        origin = origin_words(each, language)
        said = line_words(each, language)
        lines.append(f"{said} · {origin}" if origin else said)
    lines += [sentence(gap.code, gap.facts, language) for gap in judged.missing]
    return lines + [sentence(note.code, note.facts, language) for note in judged.notes]


def reading(row: ChecklistRow, language: Language) -> str:
    """Return how a leaf is read and by which decision; nothing while that is open."""
    judged = row.judged
    codes = f" · {', '.join(judged.decided_by)}" if judged.decided_by else ""
    if judged.own_words:
        return f"“{judged.own_words}”{codes}"
    if judged.words is not None:
        return language.words(judged.words) + codes
    if judged.state == WAITING or judged.state == VOID:
        return ""
    return language.text("as registered") + codes


def reading_words(row: ChecklistRow, language: Language) -> str:
    """Return the reading in force, or nothing while it is open."""
    read = reading(row, language)
    return language.text("Reading in force: {words}", words=read) if read else ""


def approved_words(row: ChecklistRow, language: Language) -> str:
    """Return the approved protocol's words with version and section, or that nobody entered them."""
    if row.approved is None:
        return language.text("Approved protocol: words not entered by the site yet")
    approved = row.approved
    where = f"{approved.document_version} {approved.section}".strip()
    return language.text("Approved protocol {where}: {words}", where=where, words=approved.words)


def waiver_words(sheet: Checklist, language: Language) -> str:
    """Return who waived what of a verdict that stays "not eligible", and why; nothing without a waiver."""
    waiver = sheet.waiver
    if waiver is None:
        return ""
    said = language.text(
        "Not eligible; {leaves} waived by {name} at {time}: {reason}",
        leaves=", ".join(map(number_words, waiver.leaves)),
        name=signer_words(waiver.signed_by, waiver.ink, language),
        time=f"{waiver.signed_at:%Y-%m-%d %H:%M}",
        reason=waiver.reason,
    )
    return f"{said} {taken_out_words(waiver.taken_out, language)}".strip()


def judged_under_words(sheet: Checklist, language: Language) -> str:
    """Return the version of the package and the decisions that a checklist is judged under."""
    said = _under_words(sheet, language)
    if not sheet.later_version:
        return said
    later = language.text(
        "Version {version} is in force now; what was judged before it keeps its own.",
        version=sheet.later_version,
    )
    return f"{said}. {later}"


def _under_words(sheet: Checklist, language: Language) -> str:
    numbers = ", ".join(f"{code} ({number})" for code, number in sheet.readings if code.startswith("D"))
    settings = sum(not code.startswith("D") for code, _ in sheet.readings)
    if not sheet.readings:
        return language.text(
            "Protocol package version {version}; nothing decided", version=sheet.protocol_version
        )
    return language.text(
        "Protocol package version {version}; decisions by their number: {numbers}; {count} settings",
        version=sheet.protocol_version,
        numbers=numbers or "–",
        count=settings,
    )


def void_words(reason: str, language: Language) -> str:
    """Return why a signature went void: the leaves whose evidence changed, or what a person wrote."""
    kind, _, leaves = reason.partition(": ")
    if kind != EVIDENCE_CHANGED:
        return reason
    numbers = ", ".join(number_words(code) for code in leaves.split(", "))
    return language.text("the evidence changed at {leaves}", leaves=numbers)


def number_words(code: str) -> str:
    """Return the number of a leaf as it is shown: "I 4c"."""
    return f"{code[:1]} {code[1:]}"
