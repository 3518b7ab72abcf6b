"""What keeps a checklist from its signature, each entry with where to go for it."""

from __future__ import annotations

from dataclasses import dataclass

from sle_desk.base.language import Language
from sle_desk.base.words import sentence
from sle_desk.domain.decisions import IN_FORCE
from sle_desk.domain.evidence_values import Place
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.eligibility_words import number_words
from sle_desk.exports.wording import COLON
from sle_desk.services.eligibility import Checklist
from sle_desk.ui.wording import open_words

_UNDECIDED = "eligibility.undecided"


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: its words, the leaf it stands at, and the place where it is entered."""

    words: str
    leaf: str
    place: Place | None = None


def gaps_of(sheet: Checklist, protocol: Protocol, language: Language, *, prechecking: bool) -> list[Gap]:
    """Return what waits for a decision of the PI, then missing evidence, then leaves without an answer."""
    reasons = sheet.verdict.reasons
    waiting = [_waiting(reason.leaf, str(reason.facts["waits"]), protocol, language)
               for reason in reasons if "waits" in reason.facts]  # fmt: skip
    evidence = [
        Gap(f"{number_words(leaf)} · {sentence(gap.code, gap.facts, language)}", leaf, gap.place)
        for leaf, gap in sheet.missing
    ]
    return [*waiting, *evidence, *_unanswered(sheet, language, prechecking)]


def _waiting(leaf: str, codes: str, protocol: Protocol, language: Language) -> Gap:
    named = open_words(protocol, codes.split(", "), language)
    said = language.text("waits for {codes}, which the PI decides", codes=named)
    words = f"{number_words(leaf)} · {said}" if leaf else said[:1].upper() + said[1:]
    return Gap(words, leaf, Place("decision", codes.split(", ")[0]))


def _unanswered(sheet: Checklist, language: Language, prechecking: bool) -> list[Gap]:
    if not prechecking:
        return [
            Gap(_named(sheet, reason.leaf, _why(reason.code, language), language), reason.leaf)
            for reason in sheet.verdict.reasons
            if "waits" not in reason.facts and reason.leaf
        ]
    said = language.text("not pre-checked")
    return [
        Gap(_named(sheet, row.code, said, language), row.code)
        for row in sheet.rows
        if row.judged.state == IN_FORCE and row.precheck is None
    ]


def _named(sheet: Checklist, leaf: str, said: str, language: Language) -> str:
    row = next(row for row in sheet.rows if row.code == leaf)
    named = f"{number_words(leaf)} · {language.words(row.judged.leaf.label)}"
    return language.words(COLON).join((named, said))


def _why(code: str, language: Language) -> str:
    words = {
        _UNDECIDED: language.text("not decided"),
        "eligibility.evidence_changed": language.text("decided on other evidence: decide again"),
        "eligibility.evidence_missing": language.text("decided in favour while evidence is missing"),
        "eligibility.against_evidence": language.text("decided in favour against the evidence"),
    }
    return words.get(code, language.text("not decided"))
