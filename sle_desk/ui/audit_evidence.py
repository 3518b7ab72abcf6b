"""Evidence of a criterion as the audit keeps it, in words: it was frozen with its labels in English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sle_desk.base.language import Language, Words
from sle_desk.domain.eligibility import UNCONFIRMED
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain, rounded
from sle_desk.exports.wording import COMMA

# A computed value is frozen in full; so many digits after the point are read.
DIGITS = 3


class EvidenceWords:
    """Says frozen evidence in one language, by the words of the package that it was frozen with."""

    def __init__(self, language: Language, protocol: Protocol) -> None:
        self.language = language
        self._labels: dict[str, Words] = {}
        # What a code answers, by the field (no field of a test of the laboratory) and its name in English.
        self._answers: dict[tuple[str, str], dict[str, Words]] = {}
        for analyte in protocol.laboratory.analytes.values():
            answers = {answer.code: answer.label for answer in analyte.answers}
            self._learn("", analyte.label, answers)
        for form in protocol.forms:
            for field in form.fields():
                choices = {choice.code: choice.label for choice in field.choices}
                self._learn(field.code, field.label, choices)

    def _learn(self, field: str, label: Words, answers: Mapping[str, Words]) -> None:
        self._labels[label.en] = label
        self._labels |= {words.en: words for words in answers.values()}
        self._answers.setdefault((field, label.en), {}).update(answers)

    def line(self, kept: Mapping[str, Any], in_unit: Callable[[str, str], str]) -> str:
        """Return one value with its unit and day, as "Creatinine 58 µmol/L (2026-11-23)"."""
        label, source = kept.get("label", ""), kept.get("source") or ()
        label = label[0] if isinstance(label, list) and label else label
        field = str(source[-1]) if isinstance(source, list) and source else ""
        answers = self._answers.get((field, str(label)), {})
        value = str(kept.get("value", ""))
        said = self.language.words(answers[value]) if value in answers else self._known(value)
        shown = (
            in_unit(f"{kept.get('comparator', '')}{_short(said)}", str(kept.get("unit", ""))) if said else ""
        )
        told = " ".join(part for part in (self._known(str(label)), shown) if part)
        told = f"{told} ({kept['day']})" if kept.get("day") else told
        if kept.get(UNCONFIRMED):
            return self.language.words(COMMA).join(
                (told, self.language.text("reference range not confirmed"))
            )
        return told

    def _known(self, text: str) -> str:
        found = self._labels.get(text)
        if found is not None:
            return self.language.words(found)
        return self.language.text(text) if text else ""


def _short(text: str) -> str:
    """Return a number with so many digits as are read; anything else as it is."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    exponent = number.as_tuple().exponent
    return plain(rounded(number, DIGITS)) if isinstance(exponent, int) and exponent < -DIGITS else text
