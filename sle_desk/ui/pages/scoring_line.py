"""What stands above a form that is scored by settings nobody decided yet: which, and the way there."""

from __future__ import annotations

from sle_desk.services import decisions
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.gap_places import go_to_decision
from sle_desk.ui.strip import Strip, WayOut
from sle_desk.ui.wording import open_words

KEYS = "Ctrl+Shift+O"


class ScoringLine(Strip):
    """The open settings that the scores of a form wait for; what is seen can be recorded all the same."""

    def __init__(self, page: DeskPage) -> None:
        super().__init__()
        self._page = page
        self._form = ""
        self._key = page.add_key(KEYS, "", self._go)
        self._key.setVisible(False)

    def follow(self, form: str) -> None:
        """Show what the scores of this form wait for."""
        self._form = form
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the chosen language; nothing where all is decided."""
        waits = self._waits()
        language = self._page.language
        self._key.setText(language.text("go to the open decision"))
        self._key.setVisible(bool(waits))
        if not waits:
            self.clear()
            return
        codes = open_words(self._page.state.desk.protocol, waits, language)
        said = language.text(
            "How this is scored waits for decisions: {codes}. Record what is seen;"
            " it is judged by what is decided.",
            codes=codes,
        )
        self.say(said, "warn", (WayOut(language.text("Open decision"), KEYS, self._go),))

    def _waits(self) -> tuple[str, ...]:
        if not self._form:
            return ()
        return decisions.readings_today(self._page.state.desk).waits(f"score:{self._form}")

    def _go(self) -> None:
        waits = self._waits()
        if waits:
            self._page.state.go(go_to_decision(waits[0]))
