"""What an event is linked to, below its form: doses, results, medicines; linked and taken back by keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Words
from sle_desk.domain.checks import CORRECTION_REASONS
from sle_desk.domain.safety import EVENT
from sle_desk.exports.wording import COMMA, SEMICOLON
from sle_desk.services import record_links
from sle_desk.services.form_records import FormRow
from sle_desk.services.record_links import DOSE, LINK, RESULT, Linked
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.ask_which import ask_which
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip

WHICH = Words("Which", "哪一项")


class EntryLinks:
    """The line below an event with what it is linked to, and the two keys of the page for it."""

    def __init__(self, page: DeskPage, state: State) -> None:
        self._page, self._state = page, state
        self._record: FormRow | None = None
        self.line = Strip()
        self._keys = (
            page.add_key("Ctrl+J", "", self._ask_link),
            page.add_key("Ctrl+Shift+J", "", self._ask_unlink),
        )

    @property
    def widget(self) -> QWidget:
        """Return the line."""
        return self.line

    def show_record(self, record: FormRow | None) -> None:
        """Show what a record is linked to; nothing for a form that is no event."""
        self._record = record if record is not None and record.form == EVENT else None
        offered = self._record is not None and not self._record.void and self._page.may(LINK)
        for key in self._keys:
            key.setEnabled(offered)
            key.setVisible(offered)
        self._show()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        text = self._state.language.text
        self._keys[0].setText(text("link to a dose, result or medicine"))
        self._keys[1].setText(text("take a link back"))
        self._show()

    def _show(self) -> None:
        self.line.clear()
        if self._record is None:
            return
        said = [self._words(each) for each in record_links.links(self._state.desk, self._record.id)]
        if said:
            words = self._state.language.text(
                "Linked: {records}", records=self._state.language.words(SEMICOLON).join(said)
            )
            self.line.say(words, "neutral")

    def _words(self, each: Linked) -> str:
        protocol, language = self._state.desk.protocol, self._state.language
        if each.table == DOSE:
            what = drug_words(protocol, str(each.facts["drug"]), language)
        elif each.table == RESULT:
            test = language.words(protocol.laboratory.analytes[str(each.facts["analyte"])].label)
            what = f"{test} {each.facts['typed']} {each.facts['unit']}".strip()
        else:
            what = str(each.facts["name"])
        return language.words(COMMA).join((what, each.on_day.isoformat()))

    def _ask_link(self) -> None:
        if self._record is None:
            return
        found = record_links.candidates(self._state.desk, self._record.id)
        text = self._state.language.text
        if not found:
            self._state.say(text("Nothing near this event can be linked: no dose, no result out of range."))
            return
        offers = [(self._words(each), partial(self._link, each)) for each in found]
        ask_which(self._page, self._state, text("Link the event to"), "", WHICH, offers)

    def _link(self, each: Linked) -> None:
        assert self._record is not None
        try:
            record_links.link(self._state.desk, self._record.id, each.table, each.id)
        except SleDeskError as error:
            self._page.tell(error)
        self._show()

    def _ask_unlink(self) -> None:
        if self._record is None:
            return
        found = record_links.links(self._state.desk, self._record.id)
        text = self._state.language.text
        if not found:
            self._state.say(text("This event is linked to nothing."))
            return
        offers = [(self._words(each), partial(self._ask_why, each)) for each in found]
        ask_which(self._page, self._state, text("Take a link back"), "", WHICH, offers)

    def _ask_why(self, each: Linked) -> None:
        def act(reason: str, note: str) -> None:
            record_links.unlink(self._state.desk, each.link_id, reason, each.link_version, note)
            self._show()

        title = self._state.language.text("Take a link back")
        ask_reason(self._page, self._state, title, self._words(each), CORRECTION_REASONS, act)
