"""From an error code and its facts to one clear sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, Words


@cache
def sentences() -> Mapping[str, str]:
    """Return the sentence of each code, in the language that messages are written in."""
    # Modules of text: a start at which all is well shows none of it.
    from sle_desk.base.sentences import (
        allocation,
        amendments,
        diaries,
        doses,
        eligibility,
        holding,
        keys,
        laboratory,
        locking,
        package,
        papers,
        pausing,
        people,
        preparing,
        safety,
        screening,
        site_calendar,
        stock,
        store,
        trial,
        values,
        word_lists,
    )

    return {
        **values.SENTENCES,
        **package.SENTENCES,
        **locking.SENTENCES,
        **amendments.SENTENCES,
        **store.SENTENCES,
        **keys.SENTENCES,
        **people.SENTENCES,
        **laboratory.SENTENCES,
        **eligibility.SENTENCES,
        **allocation.SENTENCES,
        **doses.SENTENCES,
        **diaries.SENTENCES,
        **preparing.SENTENCES,
        **holding.SENTENCES,
        **papers.SENTENCES,
        **pausing.SENTENCES,
        **trial.SENTENCES,
        **safety.SENTENCES,
        **screening.SENTENCES,
        **site_calendar.SENTENCES,
        **stock.SENTENCES,
        **word_lists.SENTENCES,
    }


def sentence(code: str, facts: Mapping[str, object], language: Language) -> str:
    """Return the sentence of a code: what was seen, what is allowed, what to do."""
    return language.text(sentences()[code], **{name: _shown(fact, language) for name, fact in facts.items()})


def error_sentence(error: SleDeskError, language: Language) -> str:
    """Return the sentence of an expected fault."""
    return sentence(error.code, error.facts, language)


def _shown(fact: object, language: Language) -> object:
    if isinstance(fact, Words):
        return language.words(fact)
    if isinstance(fact, date):
        return fact.isoformat()
    return fact
