"""Doses of everybody: what was recorded, and what is due or late; Enter opens the doses of the subject."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.domain.dose_matching import AWAITING_DIARY, DUE_TODAY, GIVEN, LATE, MISSED, OVERDUE, PAUSED
from sle_desk.services import dose_lists
from sle_desk.services.dose_lists import CONTESTED, EXTRA, ListedDose
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dose_words import amount_words, day_words, drug_words, site_words
from sle_desk.ui.list_tab import SubjectList
from sle_desk.ui.pages.dose_lines import STATES
from sle_desk.ui.state import State
from sle_desk.ui.table import Column
from sle_desk.ui.wording import arm_words

FILTERS = {
    "all": frozenset[str](),
    "waiting": frozenset({DUE_TODAY, OVERDUE, AWAITING_DIARY}),
    "given": frozenset({GIVEN, LATE, EXTRA, CONTESTED}),
    "missed": frozenset({MISSED}),
}


class DoseList(SubjectList):
    """The doses, newest first."""

    filter_codes = tuple(FILTERS)
    reads = frozenset({"subject", "identity", "allocation", "dose", "disposition",
                       "protocol_decision", "visit", "dose_pause"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: (row.who.subject_id, row.drug, row.number, row.dose_id))
        self._rows: Sequence[ListedDose] = ()
        self.add_act("S", self._to_stock, on_row=False, icon="vial")
        self.retranslate()

    def _to_stock(self, *_: object) -> None:
        self.state.go(Go("stock"))

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        return (self.language.text("Kits and stock"),)

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Doses")

    def second(self) -> str:
        """Return how many were recorded and how many wait."""
        recorded = sum(row.dose_id is not None for row in self._rows)
        waiting = sum(row.dose_id is None and row.state != PAUSED for row in self._rows)
        return self.language.text("{count} recorded, {waiting} due or late", count=recorded, waiting=waiting)

    def entered(self) -> None:
        """Read again: what is due changes with the clock, not only with the file."""
        self._stale = True
        super().entered()

    def rows(self) -> Sequence[ListedDose]:
        """Read the doses and return those that the filter lets through."""
        self._rows = dose_lists.listed_doses(self.state.desk)
        wanted = FILTERS[self.wanted()]
        return [row for row in self._rows if not wanted or row.state in wanted]

    def open_row(self, row: ListedDose) -> None:
        """Open the doses of the subject."""
        self.state.go(Go("doses", subject_id=row.who.subject_id))

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language, protocol = self.language, self.state.desk.protocol
        return (
            Column(
                language.text("Subject"),
                lambda row: row.who.code,
                lambda row: row.who.code,
                look="strong",
                second=lambda row: arm_words(protocol, row.who.arm, language)[1],
                second_icon=lambda row: row.who.shape,
                width=176,
            ),
            Column(
                language.text("Drug"),
                lambda row: (row.drug, row.number or 0),
                lambda row: drug_words(protocol, row.drug, language),
            ),
            Column(
                language.text("No."),
                lambda row: row.number or 0,
                lambda row: "–" if row.number is None else f"#{row.number}",
            ),
            Column(language.text("Day"), lambda row: row.on_day, self._day),
            Column(language.text("Given"), lambda row: row.administered or 0, self._amount, stretch=True),
            Column(language.text("Injection site"), self._site, self._site),
            Column(
                language.text("State"),
                lambda row: row.state,
                lambda row: language.text(STATES[row.state][0]),
                look="chip",
                status=lambda row: STATES[row.state][1],
                width=150,
            ),
        )

    def _day(self, row: ListedDose) -> str:
        time = f" {row.started_at:%H:%M}" if row.started_at else ""
        return f"{day_words(row.on_day, self.language)}{time}"

    def _amount(self, row: ListedDose) -> str:
        if row.dose_id is None:
            return ""
        if row.state == MISSED:
            return self.language.text("not given")
        return amount_words(self.state.desk.protocol.drug(row.drug), row.administered, self.language) or "–"

    def _site(self, row: ListedDose) -> str:
        drug = self.state.desk.protocol.drug(row.drug)
        return site_words(drug, row.site, self.language, row.site_note)

    def empty_words(self) -> str:
        """Say that there is no dose."""
        return self.language.text("No dose here. Doses are planned from the first one on.")

    def filter_words(self) -> Sequence[str]:
        """Return the words of the filters."""
        text = self.language.text
        return (text("All"), text("Due"), text("Given"), text("Missed"))
