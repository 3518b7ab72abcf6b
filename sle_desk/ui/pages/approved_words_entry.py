"""Entering the approved protocol's own words beside the registry's, with version and section."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import message
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services.decisions import ApprovedText, record_approved_words
from sle_desk.ui.buttons import Button
from sle_desk.ui.labels import label
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.pages.side_entry import SideEntry
from sle_desk.ui.state import State

WORDS, VERSION, SECTION = "words", "document_version", "section"
TITLE = message("The approved protocol's words for {target}")


def _form() -> Form:
    fields = (
        Field(WORDS, both(message("The approved protocol's words")), "note", required=False),
        Field(VERSION, both("Version"), "text", required=False),
        Field(SECTION, both("Section"), "text", required=False),
    )
    return Form("words", "1", both("Approved protocol"), (Section(both("Approved protocol"), fields),))


class ApprovedWordsEntry(SideEntry):
    """Three fields for one target; Ctrl+Enter records."""

    def __init__(self, state: State) -> None:
        super().__init__(state, _form(), Button("", "primary", keys="Ctrl+Enter"))
        self._target = ""
        self.who = label(role="caption", ink="text_2", wrap=True)
        foot = QHBoxLayout()
        foot.addWidget(self.who, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.onward)
        self.body.addLayout(foot)
        self.retranslate()

    def open(self, target: str, about: str, known: ApprovedText | None) -> None:
        """Ask for the words of a leaf, a criterion or a clarification; known ones can be written anew."""
        self._target = target
        given = (known.words, known.document_version, known.section) if known is not None else ("", "", "")
        texts = zip((WORDS, VERSION, SECTION), given, strict=True)
        self.notice.clear()
        self.begin(about, {code: Value(text=text) for code, text in texts if text})
        self.view.go_to(WORDS)

    def go_on(self) -> None:
        """Record the words."""
        language, values = self._state.language, self.view.values()
        words, version, section = (
            (values[code].text or "") if code in values else "" for code in (WORDS, VERSION, SECTION)
        )
        try:
            record_approved_words(self._state.desk, self._target, words, version, section)
        except SleDeskError as error:
            self.notice.say(error_sentence(error, language), "bad")
            return
        self.close_entry()
        said = language.text("The approved protocol's words for {target} are recorded.", target=self._about)
        self._state.say(said)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self._state.language
        self.set_title(language.text(TITLE, target=self._about) if self._about else "")
        self.view.set_language(language)
        self.who.setText(language.text("Copied from the approved document; nothing is judged by it alone."))
        self.onward.set_words(language.text("Record"))
        self.cancel.set_words(language.text("Cancel"))
