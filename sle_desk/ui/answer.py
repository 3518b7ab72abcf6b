"""The answer in one field, without its widget: what was accepted, what is in doubt, what was kept."""

from __future__ import annotations

from collections.abc import Callable

from sle_desk.domain.checks import IMPOSSIBLE, UNLIKELY, Finding
from sle_desk.domain.forms import Field

# Reads a typed text: the text as it is to be shown, and what there is to say about it.
Judge = Callable[[Field, str], tuple[str, tuple[Finding, ...]]]


class Answer:
    """What stands in a field and how far it may be believed; a half-typed text is never accepted."""

    def __init__(self, asked: Field, judge: Judge) -> None:
        self.asked, self.judge = asked, judge
        self.accepted = ""
        self.findings: tuple[Finding, ...] = ()
        self._kept_text, self._kept_reason = "", ""

    def take(self, typed: str) -> None:
        """Take a saved text as accepted, without asking; a reason given for another text is forgotten."""
        self.accepted, self.findings = typed, ()
        self._kept_text, self._kept_reason = "", ""

    def forget(self) -> None:
        """Forget what was said about a text that has changed since."""
        self.findings = ()

    def offer(self, typed: str) -> str | None:
        """Judge a typed text: return it as it is to be shown when accepted, None when it stays in doubt."""
        if typed == self.accepted and not self.blocking():
            return typed
        shown, self.findings = self.judge(self.asked, typed) if typed.strip() else ("", ())
        if self.blocking(typed):
            return None
        if self._kept_text == typed:
            self._kept_text = shown
        self.accepted = shown
        return shown

    def blocking(self, typed: str | None = None) -> tuple[Finding, ...]:
        """Return what keeps the text from being accepted, the worst first."""
        kept = bool(self._kept_reason) and typed is not None and typed == self._kept_text
        blocking = [
            finding
            for finding in self.findings
            if finding.level == IMPOSSIBLE or (finding.level == UNLIKELY and not kept)
        ]
        return tuple(sorted(blocking, key=lambda finding: finding.level))

    def doubted(self) -> bool:
        """Tell whether the text is unlikely and nothing worse, so that it can be kept with a reason."""
        blocking = self.blocking()
        return bool(blocking) and all(finding.level == UNLIKELY for finding in blocking)

    def keep(self, typed: str, reason: str) -> tuple[str, ...]:
        """Let an unlikely text stand for a coded reason; return the codes of what was said about it."""
        self._kept_text, self._kept_reason = typed, reason
        return tuple(finding.code for finding in self.findings if finding.level == UNLIKELY)

    def kept(self) -> str:
        """Return the reason with which the accepted text was kept although unlikely."""
        return self._kept_reason if self._kept_text == self.accepted else ""

    def fix(self) -> str | None:
        """Return the text that is offered instead, if any."""
        return next((finding.fix for finding in self.blocking() if finding.fix is not None), None)
