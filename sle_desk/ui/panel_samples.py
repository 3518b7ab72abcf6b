"""The samples of one panel at one visit: which of them is in sight, and another one that begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time

from PySide6.QtGui import QAction

from sle_desk.base.language import Language
from sle_desk.domain.checks import Finding, Value
from sle_desk.services import labs
from sle_desk.services.answers import day_of
from sle_desk.services.drafts import Place
from sle_desk.services.labs import SampleRow
from sle_desk.services.relation_doubts import FIELD, relation_findings
from sle_desk.ui.desk_page import DeskPage

ANOTHER_KEYS, NEXT_KEYS = "Ctrl+Shift+B", "Ctrl+B"


def drawn_in(values: Mapping[str, Value], now: datetime) -> datetime | None:
    """Return when a sample was drawn by what was typed of it; None while day or time is missing."""
    day, at = day_of(values, "drawn_on"), values.get("drawn_time")
    if day is None or at is None or not at.text:
        return None
    hour, minute = (int(part) for part in at.text.split(":"))
    return datetime.combine(day, time(hour, minute), now.tzinfo)


class PanelSamples:
    """Drawn twice in a day, a panel has two samples; `show` is called when another one is to be seen."""

    def __init__(self, page: DeskPage, show: Callable[[], object]) -> None:
        self._page, self._show = page, show
        self._wanted: int | None = None
        self._subject_id: int | None = None
        self._begins = False
        self._standing: tuple[SampleRow, ...] = ()
        self._keys: list[QAction] = []
        if page.may("results.save"):
            self._keys.append(page.add_key(ANOTHER_KEYS, "", self._begin))
        self._keys.append(page.add_key(NEXT_KEYS, "", self._step))

    def want(self, sample_id: int | None) -> None:
        """Take the sample that was asked for; None for the first."""
        self._wanted, self._begins = sample_id, False

    def read(self, subject_id: int, visit_id: int, panel: str) -> SampleRow | None:
        """Return the sample to be seen, the first drawn unless asked for; None where one begins."""
        self._subject_id = subject_id
        found = labs.samples(self._page.state.desk, subject_id)
        of_panel = (row for row in found if (row.visit_id, row.panel) == (visit_id, panel))
        self._standing = tuple(sorted(of_panel, key=lambda row: (row.drawn_at, row.id)))
        if self._begins or not self._standing:
            return None
        shown = next((row for row in self._standing if row.id == self._wanted), self._standing[0])
        self._wanted = shown.id
        return shown

    def place(self, visit_id: int, panel: str) -> Place:
        """Return where drafts are kept: the first sample has the place of the panel, the others their own."""
        first = f"lab:{visit_id}:{panel}"
        if self._begins and self._standing:
            return Place(f"{first}:new")
        if self._standing and self._wanted != self._standing[0].id:
            return Place(f"{first}:{self._wanted}")
        return Place(first)

    def against_doses(self, values: Mapping[str, Value]) -> tuple[Finding, ...]:
        """Return what the doses of the day say against "pre" or "post", as it is typed."""
        state, relation = self._page.state, values.get(FIELD)
        if self._subject_id is None or relation is None or not relation.choice:
            return ()
        drawn_at = drawn_in(values, state.clock.now())
        return relation_findings(state.desk, self._subject_id, drawn_at, relation.choice)

    def words(self, language: Language) -> str:
        """Return which sample it is, where there are more than one."""
        if self._begins and self._standing:
            return language.text("another sample: {count} stand already", count=len(self._standing))
        if len(self._standing) < 2:
            return ""
        number = [row.id for row in self._standing].index(self._wanted or 0) + 1
        return language.text("sample {number} of {count}", number=number, count=len(self._standing))

    def retranslate(self, language: Language) -> None:
        """Say the keys in a language."""
        words = (language.text("another sample of this panel"), language.text("next sample of this panel"))
        for key, said in zip(self._keys, words[-len(self._keys) :], strict=True):
            key.setText(said)

    def _begin(self) -> None:
        if not self._standing:
            said = self._page.language.text("No sample of this panel stands yet: this one is the first.")
            self._page.state.say(said)
            return
        self._page.left()
        self._begins = True
        self._show()

    def _step(self) -> None:
        if not self._standing:
            return
        self._page.left()
        order = [row.id for row in self._standing]
        here = -1 if self._begins else order.index(self._wanted or order[0])
        self._wanted, self._begins = order[(here + 1) % len(order)], False
        self._show()
