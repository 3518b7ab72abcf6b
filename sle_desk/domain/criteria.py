"""The criteria of a package: each sentence of the registry with its leaves, and what a leaf is judged on."""

from __future__ import annotations

from dataclasses import dataclass

from sle_desk.base.language import Words
from sle_desk.domain.entries_rule import EntriesRule
from sle_desk.domain.evidence import Evidence

INCLUSION, EXCLUSION = "inclusion", "exclusion"
# Where a leaf comes from: the registry's words, a reading of lost words, or a criterion the registry lacks.
REGISTRY, RESTORED, ADDED = "registry", "restored", "added"


@dataclass(frozen=True)
class Leaf:
    """One thing that is judged: verbatim words, plain label, and the evidence that can be computed.

    `words` are fragments of the registry's text; `lost_words` are those of the record they were
    restored from. `waits_on` are the clarifications and settings without which it cannot be judged.
    `entries` says which entries speak of it beside the typed answer.
    """

    code: str
    kind: str
    words: tuple[str, ...]
    label: Words
    reading: Words | None
    evidence: Evidence
    not_applicable: bool
    origin: str
    lost_words: str
    lost_words_source: str
    waits_on: tuple[str, ...] = ()
    entries: EntriesRule | None = None

    @property
    def quote(self) -> str:
        """Return the verbatim words as one line, with dots where words of the sentence are left out."""
        return " … ".join(self.words)

    @property
    def answers(self) -> tuple[str, ...]:
        """Return the answers a person can give."""
        pair = ("met", "not_met") if self.kind == INCLUSION else ("present", "absent")
        return (*pair, "not_applicable") if self.not_applicable else pair


@dataclass(frozen=True)
class Criterion:
    """One sentence of the registry's criteria with its number as displayed there, and its leaves."""

    code: str
    kind: str
    number: str
    words: str
    beside: tuple[str, ...]
    leaves: tuple[Leaf, ...]
