"""Waiving criteria for a subject who is not eligible: the reason, then the PI's signature."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from sle_desk.base.language import message
from sle_desk.domain.eligibility import NOT_ELIGIBLE
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.exports import eligibility_words as words
from sle_desk.exports.wording import COLON, ENUMERATED
from sle_desk.services import waivers
from sle_desk.services.eligibility import Checklist
from sle_desk.services.signatures import Ink, Signing
from sle_desk.services.waivers import WAIVE, WAIVE_TRANSCRIBED
from sle_desk.ui.buttons import Button
from sle_desk.ui.dialogs.ask_ink import directly_or_from_paper
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.pages.side_entry import SideEntry
from sle_desk.ui.state import State

REASON = "waiver_reason"


class WaiverEntry(SideEntry):
    """One reason; Ctrl+Enter goes on to the signature. The verdict stays what it is."""

    def __init__(self, state: State) -> None:
        fields = (Field(REASON, both(message("Why the criteria are waived")), "note", required=False),)
        form = Form("waiver", "1", both(message("Waiver")), (Section(both(message("Waiver")), fields),))
        super().__init__(state, form, Button("", "danger", keys="Ctrl+Enter", icon="pen"))
        self._sheet: Checklist | None = None
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.onward)
        self.body.addLayout(foot)
        self.retranslate()

    def offer(self, sheet: Checklist) -> bool:
        """Ask why what excludes a subject is waived; say why not where nothing can be, and return false."""
        language = self._state.language
        if sheet.signed is None or sheet.signed.verdict != NOT_ELIGIBLE:
            self._state.say(language.text("Only a signed verdict “not eligible” can be waived."))
            return False
        if sheet.waiver is not None:
            said = language.text("The waiver stands: it is a deviation, and is entered in error there.")
            self._state.say(said)
            return False
        self._sheet = sheet
        self.begin(sheet.subject_code)
        self.view.go_to(REASON)
        return True

    def go_on(self) -> None:
        """Go on to the signature of the PI, or to the paper that carries it."""
        directly_or_from_paper(self, self._state, WAIVE, self._ask_signature)

    def _ask_signature(self, ink: Ink | None) -> None:
        assert self._sheet is not None
        language = self._state.language
        signing = waivers.signing_for(WAIVE if ink is None else WAIVE_TRANSCRIBED, language.code, "")
        title = language.text("Waive criteria for {code}", code=self._about)
        about = language.text(words.VERDICTS[self._sheet.verdict.outcome])
        asked = Asked(
            title, language.words(COLON).join((about, self._leaves())), signing.meaning, signing.statement
        )
        ask_to_sign(self, self._state, asked, partial(self._waive, ink))

    def _waive(self, ink: Ink | None, signing: Signing) -> None:
        assert self._sheet is not None and self._state.unlocked is not None
        value = self.view.values().get(REASON)
        reason = (value.text or "") if value is not None else ""
        folder, subject_id = self._state.unlocked.folder, self._sheet.subject_id
        waivers.waive(self._state.desk, folder, subject_id, reason, signing, ink)
        self.close_entry()
        text = self._state.language.text
        self._state.say(
            text("The waiver for {code} is signed and recorded as a major deviation.", code=self._about)
        )

    def _leaves(self) -> str:
        reasons = self._sheet.verdict.reasons if self._sheet is not None else ()
        return self._state.language.words(ENUMERATED).join(
            words.number_words(reason.leaf) for reason in reasons
        )

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self._state.language
        title = language.text("Waive criteria for {code}", code=self._about)
        self.set_title(self._state.language.words(COLON).join((title, self._leaves())) if self._about else "")
        self.view.set_language(language)
        warning = language.text(
            "The verdict stays “not eligible”. A waiver is a major deviation that the principal investigator "
            "signs; whether anybody is randomised on it is decided on the Study page."
        )
        self.notice.say(warning, "warn")
        self.onward.set_words(language.text("Sign waiver"))
        self.cancel.set_words(language.text("Cancel"))
