"""The foot of the checklist: what keeps it from its signature, or that it can be signed, or who signed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.domain.decisions import IN_FORCE
from sle_desk.domain.eligibility import CANNOT_BE_JUDGED, ELIGIBLE
from sle_desk.exports import eligibility_words as words
from sle_desk.exports.wording import signer_words, taken_out_words
from sle_desk.services.eligibility import Checklist
from sle_desk.ui.cards import Banner
from sle_desk.ui.state import State
from sle_desk.ui.strip import empty
from sle_desk.ui.wording import open_words

Act = Callable[[], object]


class EligibilityBanner(QWidget):
    """One banner that follows the state of the checklist."""

    def __init__(self, state: State, sign: Act, undecided: Act, show_on: Act) -> None:
        super().__init__()
        self._state = state
        self._sign, self._undecided, self._show_on = sign, undecided, show_on
        self._said: object = None
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)

    def forget(self) -> None:
        """Say it anew next time, as in another language."""
        self._said = None

    def show_state(self, sheet: Checklist, shown: set[str], *, signs: bool) -> None:
        """Show how far the checklist is."""
        status, title, second, buttons = self._told(sheet, len(sheet.codes - shown), signs)
        said = (status, title, second, tuple(words for words, *_ in buttons))
        if said == self._said:
            return
        self._said = said
        empty(self._place)
        banner = Banner(status, title, second)
        for text, kind, act, keys in buttons:
            banner.add_button(text, kind, act, keys)
        self._place.addWidget(banner)
        banner.show()

    def _told(
        self, sheet: Checklist, unseen: int, signs: bool
    ) -> tuple[str, str, str, list[tuple[str, str, Act, str]]]:
        language = self._state.language
        listing = (language.text("What is missing"), "primary", self._sign, "Ctrl+Enter")
        if sheet.signed is not None:
            verdict = language.text(words.VERDICTS[sheet.signed.verdict])
            title = language.text(
                "{verdict}: signed by {name} at {time}",
                verdict=verdict,
                name=signer_words(sheet.signed.signed_by, sheet.signed.ink, language),
                time=f"{sheet.signed.signed_at:%Y-%m-%d %H:%M}",
            )
            second = language.text("What was signed: sha256 {start}...", start=sheet.signed.content_hash[:12])
            second = f"{second} {taken_out_words(sheet.signed.taken_out, language)}".strip()
            second = "\n".join(
                part for part in (words.waiver_words(sheet, language), self._under(sheet), second) if part
            )
            return ("ok" if sheet.signed.verdict == ELIGIBLE else "neutral"), title, second, []
        if not signs:
            return "due", self._prechecked(sheet), self._waiting(sheet), [listing]
        count = language.text("{decided} of {of} decided", decided=sheet.decided, of=len(sheet.to_decide))
        if sheet.verdict.outcome == CANNOT_BE_JUDGED:
            following = (language.text("Next undecided"), "secondary", self._undecided, "Ctrl+Down")
            title = f"{language.text('Not ready for signature')} · {count}"
            return "bad", title, self._waiting(sheet), [following, listing]
        outcome = language.text(words.VERDICTS[sheet.verdict.outcome])
        verdict = language.text("By these decisions: {verdict}", verdict=outcome)
        if unseen:
            title = language.text("Leaves not shown yet: {count}", count=unseen)
            on = (language.text("Show on"), "primary", self._show_on, "PgDn")
            return "warn", title, verdict, [on]
        sign = (language.text("Sign"), "primary", self._sign, "Ctrl+Enter")
        return "ok", language.text("Ready for signature"), verdict, [sign]

    def _under(self, sheet: Checklist) -> str:
        language = self._state.language
        under = words.judged_under_words(sheet, language)
        return language.text("Judged under: {what}", what=under)

    def _prechecked(self, sheet: Checklist) -> str:
        rows = [row for row in sheet.rows if row.judged.state == IN_FORCE]
        done = sum(row.precheck is not None for row in rows)
        return self._state.language.text(
            "{done} of {of} pre-checked; the PI or a delegate decides", done=done, of=len(rows)
        )

    def _waiting(self, sheet: Checklist) -> str:
        language = self._state.language
        codes = dict.fromkeys(code for row in sheet.rows for code in row.judged.waits_on)
        reasons = [each for each in sheet.verdict.reasons if not each.leaf and "waits" in each.facts]
        open_codes = [code for reason in reasons for code in str(reason.facts["waits"]).split(", ")]
        waits = dict.fromkeys([*codes, *open_codes])
        named = open_words(self._state.desk.protocol, waits, language)
        leaves = sum(bool(row.judged.waits_on) for row in sheet.rows)
        parts = []
        if named:
            parts.append(language.text("Leaves that wait for {codes}: {count}.", count=leaves, codes=named))
        missing = len({leaf for leaf, _ in sheet.missing})
        parts += [language.text("Leaves that lack evidence: {count}.", count=missing)] if missing else []
        return " ".join([*parts, language.text("One signature at the end covers the whole checklist.")])
