"""Facts of a finding as people say them: codes of drugs, units, sites and tasks become words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sle_desk.base.language import Language, Words
from sle_desk.base.words import sentence, sentences
from sle_desk.domain import roles
from sle_desk.domain.medication import LIMIT_CODES
from sle_desk.domain.open_points import open_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain, rounded

# The facts that list what waits to be decided.
_WAITED_FOR = ("codes", "waits")
# Beside the figures that a settled deviation was settled on: the day on which the records show it now.
SHOWN_ON = "shown_on"


def finding_words(protocol: Protocol, code: str, facts: Mapping[str, object]) -> Words:
    """Return what a finding says, its sentence with its facts; a code without a sentence stands itself."""
    if code not in sentences():
        return Words(code, code)
    shown = in_words(protocol, facts)
    if code in LIMIT_CODES and "amount" in facts:
        shown["amount"] = _read(facts["amount"], facts.get("limit"))
    try:
        said = Words(*(sentence(code, shown, Language(each)) for each in ("en", "zh_CN")))
    except KeyError:  # an older row holds fewer facts than the sentence now asks for
        return Words(code, code)
    day = facts.get(SHOWN_ON)
    return Words(f"{said.en} ({day})", f"{said.zh}（{day}）") if day else said


def _read(amount: object, limit: object) -> object:
    """Return an amount as people read it, to two decimals; in full where these would hide the difference."""
    if not isinstance(amount, str) or not isinstance(limit, str):
        return amount
    short = rounded(Decimal(amount), 2)
    return plain(short) if short > Decimal(limit) else amount


def in_words(protocol: Protocol, facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of a finding with their codes in words; what is no known code stays as it is."""
    known: dict[str, dict[str, Words]] = {
        "drug": {drug.code: drug.label for drug in protocol.drugs},
        "unit": {drug.unit: drug.unit_label for drug in protocol.drugs},
        "hold": {hold.code: hold.label for hold in protocol.holds},
        "test": {each.code: each.label for each in protocol.laboratory.analytes.values()},
        "site": {site.code: site.label for drug in protocol.drugs for site in drug.sites},
        "task": dict(roles.TASKS),
    }

    def said(name: str, fact: object) -> object:
        if not isinstance(fact, str):
            return fact
        if name in _WAITED_FOR:
            return open_words(protocol, fact.split(", "))
        return known.get(name, {}).get(fact, fact)

    return {name: said(name, fact) for name, fact in facts.items()}
