"""A job under way over the page: its progress, and the way to stop it; it closes when the job has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QProgressBar, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.ui.jobs import Cancelled, Work
from sle_desk.ui.labels import label
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State


class Working(Sheet):
    """Nothing else can be done meanwhile: the study's one door is taken by the job."""

    def __init__(self, parent: QWidget, state: State, title: str, words: dict[str, str], icon: str) -> None:
        super().__init__(parent, title, "", icon, wide=480)
        self._state, self._words = state, words
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._step_words = label(role="body", ink="text_2", wrap=True)
        self.body.addWidget(self._bar)
        self.body.addWidget(self._step_words)
        self.add_way_out(state.language.text("Stop"))

    def run(
        self, work: Work, done: Callable[[Any], object], refused: Callable[[SleDeskError], object]
    ) -> None:
        """Start the job; one of the two is called after this has closed, none when it was stopped."""
        self._done, self._refused = done, refused
        self._job = self._state.jobs.start(work, self._end, self._fail, self._show)
        self.open()

    def reject(self) -> None:
        """Ask the job to stop; this closes when it has."""
        self._job.cancel()
        self._step_words.setText(self._state.language.text("Stopping …"))

    def _show(self, step: str, share: float) -> None:
        self._bar.setRange(0, 100 if share else 0)
        self._bar.setValue(round(share * 100))
        if step in self._words:
            self._step_words.setText(self._state.language.text(self._words[step]))

    def _end(self, outcome: Any) -> None:
        self._close()
        self._done(outcome)

    def _fail(self, error: BaseException) -> None:
        self._close()
        if isinstance(error, SleDeskError):
            self._refused(error)
        elif not isinstance(error, Cancelled):
            raise error

    def _close(self) -> None:
        self.accept()
        self.deleteLater()
