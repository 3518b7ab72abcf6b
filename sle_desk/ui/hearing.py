"""The one event filter of the application: who waits for some events is asked about those alone.

Qt sends everything that happens to every widget through a filter, thousands of events when a page is built.
A filter in Python for each who waits cost a tenth of the time until the first page.
"""

from __future__ import annotations

import weakref

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication


class Hearing(QObject):
    """Asks the `eventFilter` of everybody who waits for an event; one `True` keeps it from its widget."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._heard: dict[QEvent.Type, list[weakref.ref[QObject]]] = {}
        application.installEventFilter(self)

    def add(self, listener: QObject, types: frozenset[QEvent.Type]) -> None:
        """Ask a listener about events of these types, until it is taken out or gone."""
        self.take_out(listener)
        for kind in types:
            self._heard.setdefault(kind, []).append(weakref.ref(listener))

    def take_out(self, listener: QObject) -> None:
        """Ask a listener no longer, and forget who is gone."""
        for kind, listening in self._heard.items():
            kept = (each for each in listening if each() is not None and each() is not listener)
            self._heard[kind] = list(kept)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask who waits for this event."""
        stopped = False
        for each in tuple(self._heard.get(event.type(), ())):
            listener = each()
            if listener is not None and shiboken6.isValid(listener):
                stopped |= listener.eventFilter(watched, event)
        return stopped


def _hearing() -> Hearing:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application.findChild(Hearing) or Hearing(application)


def hear(listener: QObject, *types: QEvent.Type) -> None:
    """Let the `eventFilter` of a listener be asked about events of these types to any widget."""
    _hearing().add(listener, frozenset(types))


def hear_no_more(listener: QObject) -> None:
    """Ask a listener no longer."""
    _hearing().take_out(listener)
