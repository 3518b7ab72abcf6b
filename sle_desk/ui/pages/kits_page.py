"""Kits handed out, for a role that sees no clinical values: subjects by number, and what each was given."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from sle_desk.services import kit_lists, subjects
from sle_desk.services.kit_lists import KitLine
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.dispense import FORM, Dispense
from sle_desk.ui.dose_words import day_words, drug_words
from sle_desk.ui.labels import announce
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column


class KitsPage(ListTab):
    """Who takes a drug from kits; Enter or K on a subject records a kit handed over."""

    reads = frozenset({"subject", "allocation", "dispensing", "disposition"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=_key)
        self._lines: Sequence[KitLine] = ()
        self._wanted: int | None = None
        self.table.opened.connect(self._dispense)
        if self.may("dispensing.record"):
            self.add_act("K", self._dispense_chosen, on_row=True, icon="vial")
        self.retranslate()

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Kits")

    def second(self) -> str:
        """Return how many kits were handed over."""
        count = sum(len(line.kits) for line in self._lines)
        return self.language.text("{count} handed over", count=count)

    def target(self, go: Go) -> None:
        """Take the subject that was found by number."""
        self._wanted = go.subject_id

    def entered(self) -> None:
        """Read again, and go to the subject that was found; say so where it takes nothing from kits."""
        # A drug is stopped by what other pages record too, a death or a consent withdrawn.
        self._stale = True
        super().entered()
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        self.notice.clear()
        line = next((line for line in self._lines if line.subject_id == wanted), None)
        if line is not None:
            self.table.choose(_key(line))
            return
        code = subjects.subject_codes(self.state.desk)[wanted]
        words = self.language.text("{code} takes no drug that is handed out in kits.", code=code)
        self.notice.say(words, "warn")
        announce(self, words, urgent=True)

    def left(self) -> None:
        """Forget who was looked for."""
        super().left()
        self.notice.clear()

    def above(self) -> Sequence[QWidget]:
        """Return the line that says why a subject that was found is not in the list."""
        self.notice = Strip()
        return (self.notice,)

    def rows(self) -> Sequence[KitLine]:
        """Read who takes what, and the kits."""
        self._lines = kit_lists.kit_lines(self.state.desk)
        return self._lines

    def load(self) -> None:
        """Read the rows, and say so where there are none."""
        super().load()
        self.note.setVisible(not self._lines)

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language, form = self.language, self.state.desk.protocol.form(FORM)
        counted = language.words(form.field("count").label)
        return (
            Column(language.text("Subject"), lambda row: row.subject, lambda row: row.subject, look="strong"),
            Column(language.text("Drug"), lambda row: row.drug, self._drug, stretch=True),
            Column(
                language.text("Kits handed over"), lambda row: len(row.kits), lambda row: str(len(row.kits))
            ),
            Column(counted, lambda row: row.vials, lambda row: str(row.vials)),
            Column(language.words(form.field("on_day").label), self._last, self._last),
            Column(language.words(form.field("kit").label), self._kit, self._kit),
            Column(language.words(form.field("lot").label), self._lot, self._lot),
            Column(
                language.text("State"),
                self._stopped,
                self._stopped,
                ink=lambda row: "warn" if row.stopped_on else "text",
                width=190,
            ),
        )

    def _drug(self, row: KitLine) -> str:
        return drug_words(self.state.desk.protocol, row.drug, self.language)

    def _last(self, row: KitLine) -> str:
        return day_words(row.kits[0].on_day, self.language) if row.kits else self.language.text("none yet")

    def _kit(self, row: KitLine) -> str:
        return row.kits[0].kit if row.kits else ""

    def _lot(self, row: KitLine) -> str:
        return row.kits[0].lot if row.kits else ""

    def _stopped(self, row: KitLine) -> str:
        if row.stopped_on is None:
            return ""
        return self.language.text("Stopped from {day}", day=row.stopped_on.isoformat())

    def verb_words(self) -> Sequence[str]:
        """Return the words of the key."""
        return (self.language.text("Kit handed over"),) if self.may("dispensing.record") else ()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.note.setText(self.language.text("Nobody is allocated to a drug that is handed out in kits."))

    def _dispense_chosen(self, *_: object) -> None:
        line = self.table.current_row()
        if line is not None:
            self._dispense(line)

    def _dispense(self, line: KitLine) -> None:
        if self.may("dispensing.record"):
            Dispense(self, self.state, line.subject_id, line.subject, line.drug).open()


def _key(line: KitLine) -> object:
    return (line.subject_id, line.drug)
