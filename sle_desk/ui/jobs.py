"""Slow work beside the window: a job touches no widget, tells its progress and can be cancelled."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

Progress = Callable[[str, float], None]
Work = Callable[[Progress], Any]


class Cancelled(Exception):
    """The person cancelled the job."""


def _tell_nobody(outcome: object) -> None:
    """Take the outcome of a job that nobody waits for any longer."""


class Job(QObject):
    """One piece of slow work; its signals arrive in the window's thread."""

    progressed = Signal(str, float)
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancel = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        self._cancel.set()

    def report(self, step: str, share: float) -> None:
        """Tell the progress from inside the work; raises Cancelled when the person asked to stop."""
        if self._cancel.is_set():
            raise Cancelled
        self.progressed.emit(step, share)

    def execute(self) -> None:
        """Run the work in the calling thread and emit its outcome."""
        try:
            outcome = self._work(self.report)
        except BaseException as error:  # whatever it was, the window's thread decides what to say
            self.failed.emit(error)
        else:
            self.done.emit(outcome)


class Jobs(QObject):
    """The jobs of the application, one after another: they outlive the page that started them.

    While one runs nothing is collected as garbage: Python collects in whichever thread allocates, and a
    widget that is destroyed outside the window's thread takes the whole window with it.
    """

    busy = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")
        self._under_way: dict[Job, Future[None]] = {}
        self._running: dict[Job, tuple[Callable[[Any], None], Callable[[BaseException], None]]] = {}

    @property
    def running(self) -> bool:
        """Tell whether a job is under way."""
        return bool(self._running)

    def start(
        self,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None],
        progressed: Callable[[str, float], None] | None = None,
    ) -> Job:
        """Start a job; done, failed and progressed are called in the window's thread."""
        job = Job(work, self)
        self._running[job] = (done, failed)
        queued = Qt.ConnectionType.QueuedConnection
        job.done.connect(self._finish, queued)
        job.failed.connect(self._fail, queued)
        if progressed is not None:
            job.progressed.connect(progressed, queued)
        gc.disable()
        self.busy.emit(True)
        self._under_way[job] = self._worker.submit(job.execute)
        return job

    def forget(self) -> None:
        """Let the jobs under way end without a word: whoever started them has left, and the page too."""
        self._running = dict.fromkeys(self._running, (_tell_nobody, _tell_nobody))

    @Slot(object)
    def _finish(self, outcome: object) -> None:
        done, _ = self._end()
        done(outcome)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        _, failed = self._end()
        failed(error)

    def _end(self) -> tuple[Callable[[Any], None], Callable[[BaseException], None]]:
        job = self.sender()
        assert isinstance(job, Job)
        handlers = self._running.pop(job)
        job.deleteLater()
        # It has told its outcome; its thread is out of it in a moment.
        wait([self._under_way.pop(job)])
        self._collect_again()
        self.busy.emit(self.running)
        return handlers

    def _collect_again(self) -> None:
        """Collect garbage again once no job works any longer; called in the window's thread alone."""
        if all(future.done() for future in self._under_way.values()):
            gc.enable()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until no job works any longer, at closing; True when that is so."""
        over = not wait(self._under_way.values(), timeout=seconds).not_done
        self._collect_again()
        return over
