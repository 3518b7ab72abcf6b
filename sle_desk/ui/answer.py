"""The answer in one field, without its widget: what was accepted, what is in doubt, what was kept."""

from __future__ import annotations

from collections.abc import Callable

from sle_desk.domain.checks import IMPOSSIBLE, NOTABLE, UNLIKELY, Finding
from sle_desk.domain.forms import Field

# Reads a typed text: the text as it is to be shown, and what there is to say about it.
Judge = Callable[[Field, str], tuple[str, tuple[Finding, ...]]]


class Answer:
    """What stands in a field and how far it may be believed; a half-typed text is never accepted."""

    def __init__(self, asked: Field, judge: Judge) -> None:
        self.asked, self.judge = asked, judge
        self.accepted = ""
        self.findings: tuple[Finding, ...] = ()
        # What the accepted text says against the other answers of the form: the text stands all the same.
        self.beside: tuple[Finding, ...] = ()
        self._kept_text, self._kept_reason = "", ""
        self._kept_codes: frozenset[str] = frozenset()

    def take(self, typed: str) -> None:
        """Take a saved text as accepted, without asking; a reason given for another text is forgotten."""
        self.accepted = typed
        self.forget()
        self._kept_text, self._kept_reason = "", ""

    def forget(self) -> None:
        """Forget what was said about a text that has changed since."""
        self.findings, self.beside = (), ()

    def offer(self, typed: str) -> str | None:
        """Judge a typed text: return it as it is to be shown when accepted, None when it stays in doubt."""
        if typed == self.accepted and not self.blocking():
            return typed
        shown, self.findings = self.judge(self.asked, typed) if typed.strip() else ("", ())
        if self.refusing(typed):
            return None
        if self._kept_text == typed:
            self._kept_text = shown
        self.accepted = shown
        return shown

    def refusing(self, typed: str | None = None) -> tuple[Finding, ...]:
        """Return what keeps the text from being accepted, the worst first."""
        return self._open(self.findings, typed)

    def blocking(self, typed: str | None = None) -> tuple[Finding, ...]:
        """Return what stands against the text, by itself or beside the other answers, the worst first."""
        return self._open((*self.findings, *self.beside), typed)

    def hints(self) -> tuple[Finding, ...]:
        """Return what is good to know of the text beside the other answers; nothing need be done about it."""
        return tuple(finding for finding in self.beside if finding.level == NOTABLE)

    def _open(self, findings: tuple[Finding, ...], typed: str | None) -> tuple[Finding, ...]:
        kept = self._kept_codes if self._kept_reason and typed == self._kept_text else frozenset()
        found = (
            finding
            for finding in findings
            if finding.level == IMPOSSIBLE or (finding.level == UNLIKELY and finding.code not in kept)
        )
        return tuple(sorted(found, key=lambda finding: finding.level))

    def doubted(self) -> bool:
        """Tell whether the text is unlikely and nothing worse, so that it can be kept with a reason."""
        blocking = self.blocking()
        return bool(blocking) and all(finding.level == UNLIKELY for finding in blocking)

    def keep(self, typed: str, reason: str) -> tuple[str, ...]:
        """Let an unlikely text stand for a coded reason; return the codes of what was said about it."""
        unlikely = (finding for finding in (*self.findings, *self.beside) if finding.level == UNLIKELY)
        codes = tuple(finding.code for finding in unlikely)
        before = self._kept_codes if typed == self._kept_text else frozenset()
        self._kept_text, self._kept_reason, self._kept_codes = typed, reason, before.union(codes)
        return codes

    def kept(self) -> str:
        """Return the reason with which the accepted text was kept although unlikely."""
        return self._kept_reason if self._kept_text == self.accepted else ""

    def fix(self) -> str | None:
        """Return the text that is offered instead, if any."""
        return next((finding.fix for finding in self.blocking() if finding.fix is not None), None)
