"""Expected trouble, as a code and its facts; the sentence is made in `words`."""

from __future__ import annotations


class SleDeskError(Exception):
    """An expected fault: a code that `words` turns into a sentence, and the facts it names."""

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class RuleBroken(SleDeskError):
    """What was asked breaks a rule that the person can mend."""


class Unexplained(RuleBroken):
    """What was given is unlikely; it stands once a person gives the reason."""


class NotAllowed(SleDeskError):
    """The acting role may not do this."""


class Stale(SleDeskError):
    """The record changed since it was shown; both values are in the facts."""


class StorageFailed(SleDeskError):
    """The study file, its keys or a backup cannot be read or written as they must be."""


class PackageFaulty(SleDeskError):
    """A protocol package or another data file names something wrongly; facts: file, key, reason."""
