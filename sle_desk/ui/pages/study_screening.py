"""The screening log as a list, with the counts of the flow chart; no name stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Language
from sle_desk.domain.screening import DIED, FAILED, IN_ERROR, RANDOMISED, SCREENING, VOID, WITHDREW
from sle_desk.exports.identity_lists import PRINT, STATEMENT, print_identity_list
from sle_desk.exports.screening_words import OUTCOMES, flow_lines, why_words
from sle_desk.exports.wording import COLON, COMMA
from sle_desk.services.printables import SCREENING as PAPER
from sle_desk.services.screening_log import LogRow, ScreeningLog, screening_log
from sle_desk.services.signatures import Signing
from sle_desk.ui.cards import Fact, FactStrip
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.paper_picture import ask_printer, print_pages
from sle_desk.ui.state import State
from sle_desk.ui.table import Column

STATUS = {
    SCREENING: "due",
    FAILED: "neutral",
    WITHDREW: "neutral",
    DIED: "bad",
    RANDOMISED: "ok",
    IN_ERROR: "bad",
    VOID: "bad",
}


class ScreeningTab(ListTab):
    """Everybody who was registered, how the screening came out, and the counts above."""

    reads = frozenset(
        {
            "subject",
            "consent",
            "disposition",
            "allocation",
            "allocation_error",
            "criterion_answer",
            "form_record",
            "answer",
        }
    )

    def __init__(self, state: State) -> None:
        # Replaceable: tests answer in its place.
        self.ask_printer = ask_printer
        super().__init__(state, key=lambda row: row.id, density="dense")
        self._prints, self._names = self.may("paper.print"), self.may(PRINT)
        self._found: ScreeningLog | None = None
        self.table.opened.connect(lambda row: self.state.go(Go("subject", subject_id=row.id)))
        if self._prints:
            self.add_act("P", self._print, on_row=True, icon="reports")
        if self._names:
            self.add_act("Ctrl+I", self._ask_names, on_row=False)
        self.retranslate()

    def above(self) -> Sequence[QWidget]:
        """Return the counts."""
        self.counts = FactStrip()
        return (self.counts,)

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        text = self.language.text
        return (
            Column(
                text("Screening no."),
                lambda row: row.screening_number,
                lambda row: row.screening_number,
                look="strong",
            ),
            Column(text("Subject"), lambda row: row.code, lambda row: row.code),
            Column(text("Consent"), lambda row: str(row.consent_on or ""), self._consent),
            Column(
                text("Screening outcome"),
                lambda row: row.outcome,
                lambda row: text(OUTCOMES[row.outcome]),
                look="chip",
                status=lambda row: STATUS[row.outcome],
            ),
            Column(text("On"), lambda row: str(row.outcome_on or ""), lambda row: str(row.outcome_on or "")),
            Column(text("Why"), self._why, self._why, stretch=True),
            Column(text("Screened again"), self._linked, self._linked),
        )

    def _consent(self, row: LogRow) -> str:
        return f"{row.consent_on} {row.consent_version}" if row.consent_on else ""

    def _why(self, row: LogRow) -> str:
        why = why_words(row, self.state.desk.protocol)
        return " · ".join(part for part in (self.language.words(why), row.note) if part)

    def _linked(self, row: LogRow) -> str:
        text = self.language.text
        before = text("from {before}", before=row.rescreen_of) if row.rescreen_of else ""
        since = text("again as {since}", since=row.rescreened_as) if row.rescreened_as else ""
        return self.language.words(COMMA).join(part for part in (before, since) if part)

    def rows(self) -> Sequence[LogRow]:
        """Read the log."""
        self._found = screening_log(self.state.desk)
        return self._found.rows

    def load(self) -> None:
        """Read the log and count."""
        super().load()
        assert self._found is not None
        self.note.setVisible(not self._found.rows)
        self.counts.setVisible(bool(self._found.rows))
        flow = self._found.flow
        text = self.language.text
        colon = self.language.words(COLON)
        error = colon.join((text(OUTCOMES[IN_ERROR]), str(flow.in_error))) if flow.in_error else ""
        why = [
            colon.join((self.language.words(label).lstrip("– "), str(count)))
            for label, count in flow_lines(flow, self.state.desk.protocol)
            if label.en.startswith("–")
        ]
        self.counts.show_facts(
            (
                Fact(text("Assessed for eligibility"), str(flow.assessed), large=True),
                Fact(text("Excluded"), str(flow.excluded), "\n".join(why)),
                Fact(text("Still in screening"), str(flow.screening)),
                Fact(text("Randomised"), str(flow.randomised), error),
                Fact(text("Screenings in all"), str(flow.screenings)),
            )
        )

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        text = self.language.text
        printing = (text("Print the log"),) if self._prints else ()
        return (*printing, text("Identity list…")) if self._names else printing

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        text = self.language.text
        self.card.set_title(
            text("Screening log"), text("No name stands here; who was screened again counts once")
        )
        self.note.setText(text("Nobody is registered yet."))
        self._stale = True
        if self.isVisible():
            self.reload()

    def _print(self) -> None:
        self.state.go(Go("reports", tab=PAPER))

    # The list with names.

    def _ask_names(self) -> None:
        language = self.language
        # The printer first: what is noted as printed goes there at once.
        printer = self.ask_printer(self, language.text("Print the identity list"))
        if printer is None:
            return
        asked = Asked(
            title=language.text("Print the identity list"),
            about=language.text(
                "Names go to the printer once. The print is noted; it is shown and kept nowhere."
            ),
            meaning=PRINT,
            statement=language.text(STATEMENT),
        )
        ask_to_sign(self, self.state, asked, partial(self._print_names, language, printer))

    def _print_names(self, language: Language, printer: QPrinter, signing: Signing) -> None:
        assert self.state.unlocked is not None
        folder = self.state.unlocked.folder
        printed = print_identity_list(self.state.desk, folder, language, signing)
        print_pages(printed.content, printer)
        self.state.say(language.text("The identity list was sent to the printer."))
