"""How a screening came out, in words: for the page, the printed log and the workbook."""

from __future__ import annotations

from collections.abc import Iterator

from sle_desk.base.language import Words, message
from sle_desk.domain.leaving import REASONS, SCREEN_FAILURE
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.screening import DIED, FAILED, IN_ERROR, RANDOMISED, SCREENING, VOID, WITHDREW, Flow
from sle_desk.exports.eligibility_words import number_words
from sle_desk.exports.wording import spoken
from sle_desk.services.screening_log import LogRow

OUTCOMES = {
    SCREENING: message("Screening"),
    FAILED: message("Screen failure"),
    WITHDREW: message("Withdrew before randomisation"),
    DIED: message("Died"),
    RANDOMISED: message("Randomised"),
    IN_ERROR: message("Allocated in error"),
    VOID: message("Entered in error"),
}


def why_words(row: LogRow, protocol: Protocol) -> Words:
    """Return why a screening ended: the criteria not met with their short names, else the coded reason."""
    if not row.leaves:
        return reason_words(row.reason)
    named = [_leaf_words(leaf, protocol) for leaf in row.leaves]
    return Words("; ".join(words.en for words in named), "；".join(words.zh for words in named))


def _leaf_words(leaf: str, protocol: Protocol) -> Words:
    label = next((known.label for known in protocol.leaves if known.code == leaf), Words("", ""))
    number = number_words(leaf)
    return Words(f"{number} {label.en}".strip(), f"{number} {label.zh}".strip())


def reason_words(code: str) -> Words:
    """Return a coded reason of a step out, or of an outcome that has none of its own."""
    choices = (choice for kind in (SCREEN_FAILURE, *REASONS) for choice in REASONS[kind])
    known = next((choice.label for choice in choices if choice.code == code), None)
    if known is not None:
        return known
    return spoken(OUTCOMES[code]) if code in OUTCOMES else Words(code, code)


def flow_lines(flow: Flow, protocol: Protocol) -> Iterator[tuple[Words, int]]:
    """Yield the lines of the flow chart with their counts, each criterion not met below the excluded.

    Nothing of an arm stands in it: figures by arm are for after the database lock.
    """
    yield spoken(message("Assessed for eligibility")), flow.assessed
    yield spoken(message("Excluded")), flow.excluded
    for leaf, count in sorted(flow.by_leaf.items()):
        words = _leaf_words(leaf, protocol)
        yield Words(f"– {words.en}", f"– {words.zh}"), count
    for reason, count in sorted(flow.by_reason.items()):
        words = reason_words(reason)
        yield Words(f"– {words.en}", f"– {words.zh}"), count
    yield spoken(message("Still in screening")), flow.screening
    yield spoken(message("Randomised")), flow.randomised
    if flow.in_error:
        yield spoken(message("Allocated in error")), flow.in_error
    yield spoken(message("Screenings in all, repeated ones too")), flow.screenings
