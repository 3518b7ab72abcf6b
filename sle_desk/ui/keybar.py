"""The footer: the keys that work now, from where the focus is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.chips import KeyCap
from sle_desk.ui.hearing import hear
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.theme import current


@dataclass(frozen=True)
class KeyHint:
    """A key and what it does now."""

    keys: str
    words: str


def action_hints(widget: QWidget) -> Iterator[KeyHint]:
    """Yield the keys of the actions of a widget that can be pressed now; one without words is not listed."""
    for action in widget.actions():
        keys = action.shortcut().toString()
        if keys and action.text() and action.isEnabled() and action.isVisible():
            yield KeyHint(keys, action.text().replace("&&", "&"))


def hints_from(widget: QWidget | None, language: Language) -> tuple[KeyHint, ...]:
    """Return the keys that work from a widget, the nearest first: its own, then those of all around it."""
    found: dict[str, KeyHint] = {}
    while widget is not None:
        own: Callable[[Language], Sequence[KeyHint]] | None = getattr(widget, "key_hints", None)
        for hint in [*(own(language) if own else ()), *action_hints(widget)]:
            found.setdefault(hint.keys, hint)
        widget = None if widget.isWindow() else widget.parentWidget()
    return tuple(found.values())


class AllKeys(QWidget):
    """What lists the keys of the place that had the focus before; its own keys are not told."""


class KeyPair(QWidget):
    """A key and what it does, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.width_needed = 0
        self._cap, self._words = KeyCap(""), label(role="table", ink="text_2")
        row = self.row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(8))
        row.addWidget(self._cap)
        row.addWidget(self._words)

    def show_hint(self, hint: KeyHint) -> None:
        """Show another key and its words."""
        self._cap.show_keys(hint.keys)
        self._words.setText(hint.words)
        self.width_needed = self.sizeHint().width()


class KeyBar(QFrame):
    """The footer: as many of the keys that work now as fit, in one line."""

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self.setProperty("part", "footer")
        self.setMinimumHeight(px(36))
        self._hints: tuple[KeyHint, ...] = ()
        self._pairs: list[KeyPair] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(px(24), px(4), px(24), px(4))
        self._row.setSpacing(px(16))
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._row.addStretch(1)

    def show_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show these keys, the most useful first."""
        if tuple(hints) == self._hints:
            return
        self._hints = tuple(hints)
        # The keys change with every move of the focus: what shows them stays and says other words.
        for place in range(len(self._pairs), len(self._hints)):
            pair = KeyPair()
            self._row.insertWidget(place, pair)
            self._pairs.append(pair)
        for pair, hint in zip(self._pairs, self._hints, strict=False):
            pair.show_hint(hint)
        name_for_readers(self, ", ".join(f"{hint.keys}: {hint.words}" for hint in self._hints))
        self._fit()
        # At once: until Qt lays them out again new words would stand, cut, in the room of those before.
        self._row.activate()
        for pair in self._pairs:
            pair.row.activate()

    def shown(self) -> tuple[KeyHint, ...]:
        """Return the keys that are in sight."""
        count = sum(not pair.isHidden() for pair in self._pairs)
        return self._hints[:count]

    def minimumSizeHint(self) -> QSize:
        """Ask for no width: keys that do not fit are on F1."""
        return QSize(0, super().minimumSizeHint().height())

    def _fit(self) -> None:
        room = self.width() - 2 * current().px(24)
        for place, pair in enumerate(self._pairs):
            room -= pair.width_needed
            pair.setVisible(place < len(self._hints) and room >= 0)
            room -= self._row.spacing()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many keys as fit now."""
        super().resizeEvent(event)
        self._fit()


class FocusKeys(QObject):
    """Keeps the footer telling the keys of where the focus is."""

    def __init__(self, bar: KeyBar, window: QWidget, language: Callable[[], Language]) -> None:
        super().__init__(window)
        self._bar, self._window, self._language = bar, window, language
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_moved)
        hear(self, QEvent.Type.KeyRelease)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again after each key: what a key does changes with what was typed."""
        if watched.isWidgetType():
            self.refresh()
        return False

    def refresh(self) -> None:
        """Tell the keys of where the focus is now."""
        self._focus_moved(None, QApplication.focusWidget())

    def hints(self) -> tuple[KeyHint, ...]:
        """Return the keys that work now."""
        focus = QApplication.focusWidget()
        inside = focus is not None and self._window.isAncestorOf(focus)
        return hints_from(focus if inside else self._window, self._language())

    def _focus_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        # The list of all keys is about the place below it.
        if now is None or (self._window.isAncestorOf(now) and not isinstance(now, AllKeys)):
            self._bar.show_hints(self.hints())
