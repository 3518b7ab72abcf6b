"""The act "screen again", on the page of a subject whose screening ended."""

from __future__ import annotations

from sle_desk.base.words import sentence
from sle_desk.domain.screening import RESCREEN_REASONS
from sle_desk.services import rescreening
from sle_desk.services.rescreening import ACTION
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.reason import ask_reason

KEYS = "Ctrl+Shift+S"
# Where a subject stands who can be screened again: who withdrew consent may still be said to be in screening.
ENDED = frozenset({"failed", "left", "screening"})


class RescreenButton:
    """A button with its key, shown only where somebody can be screened again."""

    def __init__(self, page: DeskPage) -> None:
        self._page, self._state = page, page.state
        self._subject: SubjectRow | None = None
        self.button = Button("", keys=KEYS)
        self.button.clicked.connect(self._ask)
        self._key = page.add_key(KEYS, "", self._ask)
        self._show(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        words = self._state.language.text("Screen again…")
        self.button.set_words(words)
        self._key.setText(words)

    def show_for(self, subject: SubjectRow) -> None:
        """Show the button where the screening of this subject ended and there is no newer one yet."""
        self._subject = subject
        ended = subject.state in ENDED and self._page.may(ACTION)
        self._show(ended and rescreening.links_of(self._state.desk, subject.id).may)

    def _show(self, shown: bool) -> None:
        self.button.setVisible(shown)
        self._key.setVisible(shown)
        self._key.setEnabled(shown)

    def _ask(self) -> None:
        subject, language = self._subject, self._state.language
        if subject is None:
            return
        lines = [
            language.text(
                "A new number; identity, sex and birth are carried over. {code} stays as it is, and both "
                "name each other. The consent is signed anew.",
                code=subject.code,
            )
        ]
        broken = rescreening.outside_rule(self._state.desk, subject.id)
        lines += [sentence(code, facts, language) for code, facts in broken]
        if broken:
            lines.append(language.text("It is recorded all the same, and proposed as a deviation."))
        title = language.text("{code}: screen again", code=subject.code)
        verb = language.text("Screen again")
        ask_reason(self._page, self._state, title, "\n".join(lines), RESCREEN_REASONS, self._rescreen, verb)

    def _rescreen(self, reason: str, note: str) -> None:
        assert self._subject is not None
        before = self._subject.code
        row = rescreening.rescreen(self._state.desk, self._subject.id, reason, note)
        self._state.say(
            self._state.language.text(
                "{code} is {before} screened again. Now the consent.", code=row.code, before=before
            )
        )
        self._state.go(Go("consent", subject_id=row.id))
