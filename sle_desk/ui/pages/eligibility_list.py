"""The leaves of the checklist one below the other: keys move and answer, and it knows which were shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.decisions import VOID, WAITING
from sle_desk.domain.protocol import Protocol
from sle_desk.services.eligibility import Checklist
from sle_desk.ui.cards import divider
from sle_desk.ui.labels import ElidedLabel
from sle_desk.ui.pages.eligibility_row import DECISION, EVIDENCE, NUMBER, PRECHECK, TEXTS, LeafRow
from sle_desk.ui.theme import current
from sle_desk.ui.wording import open_words

ALL, UNDECIDED, UNCLEAR = "all", "undecided", "unclear"


class LeafList(QFrame):
    """All leaves under their column titles; one is worked on and has the focus."""

    answered = Signal(str, str)
    decide_requested = Signal(str)
    shown_changed = Signal()

    def __init__(self, *, prechecks: bool, decides: bool) -> None:
        super().__init__()
        px = current().px
        self.setProperty("part", "card")
        self._prechecks, self._decides = prechecks, decides
        self.rows: dict[str, LeafRow] = {}
        self.shown: set[str] = set()
        self._current, self._filter = "", ALL
        self._looking, self._scrolling = _soon(self, self._look), _soon(self, self._scroll_to_current)
        self._titles = [ElidedLabel(role="label", ink="text_2") for _ in range(5)]
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._area.setWidget(self._inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 1, 1)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(divider())
        column.addWidget(self._area, 1)
        # The list takes what is left: by its own hint the page would grow out of the window.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(px(168))
        self._area.verticalScrollBar().valueChanged.connect(self._look)
        self._area.verticalScrollBar().rangeChanged.connect(self._look_soon)

    def _head(self) -> QHBoxLayout:
        px = current().px
        row = QHBoxLayout()
        row.setContentsMargins(px(16), px(8), px(12 + 10), px(8))
        row.setSpacing(px(14))
        number, texts, evidence, precheck, decision = self._titles
        for title, wide in ((number, NUMBER), (precheck, PRECHECK), (decision, DECISION)):
            title.setFixedWidth(px(wide))
        row.addWidget(number)
        row.addWidget(texts, TEXTS)
        row.addWidget(evidence, EVIDENCE)
        row.addWidget(precheck)
        row.addWidget(decision)
        return row

    # Showing.

    def show_checklist(self, sheet: Checklist, protocol: Protocol, language: Language) -> None:
        """Show the checklist; a leaf whose evidence changed since has to be shown again."""
        titles = (
            language.text("No."),
            language.text("Criterion: registry words, approved protocol, reading"),
            language.text("Evidence computed from entered data"),
            language.text("Pre-check"),
            language.text("PI or delegate"),
        )
        for title, said in zip(self._titles, titles, strict=True):
            title.setText(said)
        if list(self.rows) != [row.code for row in sheet.rows]:
            self._build(sheet)
        for row in sheet.rows:
            shown = self.rows[row.code]
            if shown.row.judged != row.judged:
                self.shown.discard(row.code)
            waits = open_words(protocol, row.judged.waits_on, language)
            shown.show_row(row, waits, sheet.signed is not None, language)
        self.show_filter(self._filter)

    def _build(self, sheet: Checklist) -> None:
        for old in self.rows.values():
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = {}
        self.shown &= {row.code for row in sheet.rows}
        for place, row in enumerate(sheet.rows):
            made = LeafRow(row, prechecks=self._prechecks, decides=self._decides)
            made.pointed.connect(self._point)
            made.answered.connect(self.answered)
            made.decide_requested.connect(self.decide_requested)
            self.rows[row.code] = made
            self._column.insertWidget(place, made)

    def let_decide(self, *, decides: bool) -> None:
        """Let the rows be decided, or not."""
        self._decides = decides
        for row in self.rows.values():
            row.let_decide(decides=decides)

    def show_filter(self, code: str) -> None:
        """Show all leaves, those undecided, or those whose text is unclear."""
        self._filter = code
        for row in self.rows.values():
            row.setVisible(self._passes(row))
        visible = self._visible()
        if visible and self._current not in visible:
            self._point(visible[0])
        self._look_soon()

    def _passes(self, row: LeafRow) -> bool:
        if self._filter == UNDECIDED:
            return undecided(row)
        return self._filter == ALL or row.row.judged.state == WAITING

    def _visible(self) -> list[str]:
        return [code for code, row in self.rows.items() if self._passes(row)]

    # What was shown.

    def _look_soon(self, *_: object) -> None:
        # Only once every row has its place can it be told which are in sight.
        self._looking.start()

    def _look(self, *_: object) -> None:
        if not self.isVisible():
            return
        top = self._area.verticalScrollBar().value()
        bottom = top + self._area.viewport().height()
        high = self._area.viewport().height()
        before = len(self.shown)
        for code, row in self.rows.items():
            if row.isHidden():
                continue
            first, last = row.y(), row.y() + row.height()
            # One higher than the view was shown once its end was in sight.
            if (first >= top and last <= bottom) or (row.height() > high and top <= last <= bottom):
                self.shown.add(code)
        if len(self.shown) != before:
            self.shown_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look again at what is in sight."""
        super().resizeEvent(event)
        self._look_soon()

    # Moving.

    @property
    def current(self) -> LeafRow | None:
        """Return the leaf that is worked on."""
        return self.rows.get(self._current)

    def _point(self, code: str) -> None:
        self._current = code
        for other, row in self.rows.items():
            if row.on != (other == code):
                row.point(other == code)

    def go_to(self, code: str) -> None:
        """Work on a leaf: it has the focus and is in sight."""
        row = self.rows.get(code)
        if row is None:
            return
        if row.isHidden():
            self.show_filter(ALL)
        self._point(code)
        row.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(row, 0, current().px(8))

    def keep_in_sight(self) -> None:
        """Scroll to the leaf that is worked on, once everything around has its place."""
        self._scrolling.start()

    def _scroll_to_current(self) -> None:
        row = self.current
        if row is not None:
            self._area.ensureWidgetVisible(row, 0, current().px(8))

    def focus_current(self) -> None:
        """Put the focus on the leaf that is worked on, else on the first."""
        visible = self._visible()
        self.go_to(self._current if self._current in visible else visible[0] if visible else "")

    def step(self, by: int) -> None:
        """Go to the next leaf in a direction."""
        visible = self._visible()
        if visible:
            here = visible.index(self._current) if self._current in visible else 0
            self.go_to(visible[max(0, min(here + by, len(visible) - 1))])

    def page(self, by: int) -> None:
        """Show on by a page: the first leaf that was not whole in sight is worked on."""
        bar = self._area.verticalScrollBar()
        visible = self._visible()
        if not visible:
            return
        edge = bar.value() + (self._area.viewport().height() if by > 0 else -self._area.viewport().height())
        if by > 0:
            beyond = [code for code in visible if self.rows[code].y() + self.rows[code].height() > edge]
        else:
            beyond = [code for code in visible if self.rows[code].y() >= edge]
        code = beyond[0] if beyond else visible[-1 if by > 0 else 0]
        bar.setValue(self.rows[code].y())
        self.go_to(code)

    def next_where(self, holds: Callable[[LeafRow], bool]) -> str:
        """Return the next leaf of a kind after this one, the first of it behind the end, or nothing."""
        codes = list(self.rows)
        here = codes.index(self._current) + 1 if self._current in codes else 0
        return next((code for code in codes[here:] + codes[:here] if holds(self.rows[code])), "")

    def go_on(self) -> None:
        """Go to the next leaf below that can be answered; at the end stay."""
        visible = self._visible()
        here = visible.index(self._current) if self._current in visible else -1
        after = [code for code in visible[here + 1 :] if self.rows[code].judgeable]
        if after:
            self.go_to(after[0])

    def add_key(self, keys: str, act: Callable[[], object]) -> QAction:
        """Add a key that works while the list has the focus."""
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(partial(_call, act))
        self.addAction(action)
        return action


def _soon(owner: QWidget, act: Callable[[], object]) -> QTimer:
    """Return a timer that does an act once everything has its place; it goes with its owner."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(act)
    return timer


def both_enters(held: str = "") -> list[QKeySequence]:
    """Return the shortcut of Enter for both Enter keys."""
    return [QKeySequence(f"{held}Return"), QKeySequence(f"{held}Enter")]


def undecided(row: LeafRow) -> bool:
    """Tell whether a leaf still needs a decision; one that is void needs none."""
    decision = row.row.decision
    return row.row.judged.state != VOID and (
        not row.judgeable or decision is None or row.row.evidence_changed
    )


def counts(rows: Sequence[LeafRow]) -> tuple[int, int, int]:
    """Return how many leaves there are, how many are undecided, and how many have an unclear text."""
    return len(rows), sum(map(undecided, rows)), sum(row.row.judged.state == WAITING for row in rows)


def _call(act: Callable[[], object], *_: object) -> None:
    act()
