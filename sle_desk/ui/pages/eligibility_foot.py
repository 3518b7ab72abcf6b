"""The foot of the checklist: its state, the list of what is missing, and the one signature."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.base.words import sentence
from sle_desk.domain.eligibility import CANNOT_BE_JUDGED, ELIGIBLE
from sle_desk.domain.evidence_values import Place
from sle_desk.exports import eligibility_words as words
from sle_desk.services import eligibility
from sle_desk.services.eligibility import Checklist
from sle_desk.services.signatures import Ink, Signing
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.gap_places import go_to_gap
from sle_desk.ui.missing_list import MissingList
from sle_desk.ui.pages.eligibility_banner import EligibilityBanner
from sle_desk.ui.pages.eligibility_gaps import Gap, gaps_of
from sle_desk.ui.state import State


class EligibilityFoot(QWidget):
    """What Ctrl+Enter does: list what is missing, show what was not shown, or ask for the signature."""

    left = Signal()
    leaf_wanted = Signal(str)
    undecided_wanted = Signal()
    unseen_wanted = Signal()

    def __init__(self, state: State, shown: set[str], *, signs: bool) -> None:
        super().__init__()
        self._state, self._shown, self._signs = state, shown, signs
        self._ink: Ink | None = None
        self._sheet: Checklist | None = None
        self._gaps: dict[str, Gap] = {}
        self.missing = MissingList()
        acts = (self.sign_or_list, self.undecided_wanted.emit, self.unseen_wanted.emit)
        self.banner = EligibilityBanner(state, *acts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.missing)
        column.addWidget(self.banner)
        self.missing.chosen.connect(self._go_to_gap)
        self.missing.left.connect(self.left)
        self.missing.save_requested.connect(self.sign_or_list)

    @property
    def listing(self) -> bool:
        """Tell whether the list of what is missing is open."""
        return not self.missing.isHidden()

    def show_checklist(self, sheet: Checklist) -> None:
        """Take the checklist as it stands now."""
        self._sheet = sheet
        self.show_state()

    def show_state(self) -> None:
        """Show how far the checklist is."""
        if self._sheet is not None:
            self.banner.show_state(self._sheet, self._shown, signs=self._signs)

    def type_from(self, ink: Ink | None) -> None:
        """Sign from now on that the decisions stand so on a paper, or leave that."""
        self._ink, self._signs = ink, ink is not None
        self.show_state()

    def forget(self) -> None:
        """Say it anew next time, as in another language."""
        self.banner.forget()

    def close_list(self) -> None:
        """Take the list of what is missing away."""
        self.missing.hide()
        self.banner.show()

    def sign_or_list(self) -> None:
        """Do what comes next on the way to the signature."""
        if self._sheet is None:
            return
        language, unseen = self._state.language, self._sheet.codes - self._shown
        if self._sheet.signed is not None:
            said = language.text("The checklist is signed. A changed decision voids the signature.")
            self._state.say(said)
        elif self._sheet.verdict.outcome == CANNOT_BE_JUDGED or not self._signs:
            self._list_missing()
        elif self._ink is None and not eligibility.is_to_sign(self._state.desk):
            title = self._state.language.text("This is not yours to sign today")
            self._list_gaps([self._not_delegated()], title)
        elif unseen:
            self.unseen_wanted.emit()
            said = language.text("Leaves not shown yet: {count}. PgDn shows on.", count=len(unseen))
            self._state.say(said)
        else:
            self._ask_signature(self._sheet)

    def _not_delegated(self) -> Gap:
        facts = {"name": self._state.desk.actor.name}
        said = sentence("eligibility.not_delegated", facts, self._state.language)
        return Gap(said, "", Place("delegation"))

    def _list_missing(self) -> None:
        assert self._sheet is not None
        protocol = self._state.desk.protocol
        language = self._state.language
        found = gaps_of(self._sheet, protocol, language, prechecking=not self._signs)
        if not found:
            self._state.say(language.text("Nothing is missing."))
            return
        self._list_gaps(found, language.text("Things that are missing: {count}", count=len(found)))

    def _list_gaps(self, found: list[Gap], title: str) -> None:
        language = self._state.language
        self._gaps = {str(number): gap for number, gap in enumerate(found)}
        hint = language.text("Enter goes there. Esc goes back.")
        self.banner.hide()
        self.missing.show_missing(title, hint, [(code, gap.words) for code, gap in self._gaps.items()])

    def _go_to_gap(self, code: str) -> None:
        assert self._sheet is not None
        gap = self._gaps[code]
        self.left.emit()
        if gap.place is not None:
            self._state.go(go_to_gap(self._state, self._sheet.subject_id, gap.place))
        else:
            self.leaf_wanted.emit(gap.leaf)

    def _ask_signature(self, sheet: Checklist) -> None:
        language, outcome = self._state.language, sheet.verdict.outcome
        signing = eligibility.signing_for(outcome, language.code, "", transcribed=self._ink is not None)
        title = language.text("Sign eligibility of {code}", code=sheet.subject_code)
        asked = Asked(title, language.text(words.VERDICTS[outcome]), signing.meaning, signing.statement)
        ask_to_sign(self, self._state, asked, self._sign)

    def _sign(self, signing: Signing) -> None:
        assert self._sheet is not None and self._state.unlocked is not None
        desk, folder, code = self._state.desk, self._state.unlocked.folder, self._sheet.subject_code
        shown = frozenset(self._shown)
        subject_id = self._sheet.subject_id
        signed = eligibility.sign_eligibility(desk, folder, subject_id, shown, signing, self._ink)
        language = self._state.language
        if signed.verdict == ELIGIBLE:
            self._state.say(language.text("{code} is signed as eligible.", code=code))
        else:
            said = language.text(
                "{code} is signed as not eligible and recorded as a screen failure.", code=code
            )
            self._state.say(said)
