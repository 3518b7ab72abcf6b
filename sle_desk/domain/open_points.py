"""What waits to be decided, as people say it: no sentence names a setting by its code."""

from __future__ import annotations

from collections.abc import Iterable

from sle_desk.base.language import Words
from sle_desk.domain.protocol import Protocol


def open_word(protocol: Protocol, code: str) -> Words:
    """Return a setting by its name in quotes; the number of a clarification is its name."""
    label = next((setting.label for setting in protocol.settings if setting.code == code), None)
    return Words(code, code) if label is None else Words(f"“{label.en}”", f"“{label.zh}”")


def open_words(protocol: Protocol, codes: Iterable[str]) -> Words:
    """Return several of them, each once, in the order given."""
    named = [open_word(protocol, code) for code in dict.fromkeys(codes)]
    return Words(", ".join(each.en for each in named), "、".join(each.zh for each in named))
