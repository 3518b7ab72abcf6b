"""The window: first run, sign-in, the desk with its pages, the lock screen; it owns no study logic.

What stands behind the sign-in is loaded while the sign-in is in sight: the window is there before.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from sle_desk.base.language import message
from sle_desk.ui.jobs import Progress
from sle_desk.ui.side_panel import APPLICATION_NAME
from sle_desk.ui.sign_in import SignIn
from sle_desk.ui.state import State
from sle_desk.ui.theme import current

if TYPE_CHECKING:
    from sle_desk.services.backup_file import Backup
    from sle_desk.services.studies import Unlocked
    from sle_desk.ui.at_desk import AtDesk

# When the window has long been painted, and nobody has typed a password yet (ms).
AHEAD = 200
# What sitting down needs: the desk, and what tells the folder of the settings in which the study is noted.
QT_OF_PAGES = ("PySide6.QtPrintSupport", "PySide6.QtSvg")
SITTING_DOWN = ("sle_desk.ui.at_desk", "platformdirs")
BUSY = message("The study is busy with a copy; closing waits for it.")


def _ahead(report: Progress) -> None:
    from sle_desk.services import package
    from sle_desk.ui import page_list

    for name in SITTING_DOWN:
        import_module(name)
    page_list.load_pages()
    package.read_ahead()


def _not_loaded(error: BaseException) -> None:
    """Let the fault be known as any other that nobody expected."""
    raise error


class MainWindow(QMainWindow):
    """One study, one window."""

    folder_opened = Signal(object)
    loaded = Signal()

    def __init__(self, state: State, folder: Path | None) -> None:
        super().__init__()
        self.state = state
        self._folder = folder
        self._stack = QStackedWidget()
        self._desk_side: AtDesk | None = None
        self._ahead = QTimer(self, singleShot=True)
        self._ahead.timeout.connect(self._load_ahead)
        self.setCentralWidget(self._stack)
        # The title names the application only: a window title can be read from outside.
        self.setWindowTitle(APPLICATION_NAME)
        px = current().px
        self.resize(px(1440), px(900))
        self.setMinimumSize(1024, 640)
        if folder is not None:
            self._show_sign_in()
            self._ahead.start(AHEAD)
        else:
            self._show_first_run()

    def show_whole(self, widget: QWidget, kept: QWidget | None = None) -> None:
        """Show a widget in the whole window; the one before goes, unless it is to be kept."""
        for place in reversed(range(self._stack.count())):
            old = self._stack.widget(place)
            if old is not None and old is not widget and old is not kept:
                self._stack.removeWidget(old)
                old.deleteLater()
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)

    def _load_ahead(self) -> None:
        """Load what stands behind the sign-in as a job: whoever signs in before it ended waits for it."""
        for name in QT_OF_PAGES:
            # Qt's own modules are loaded in the thread that its widgets live in.
            import_module(name)
        self.state.jobs.start(_ahead, lambda _: self.loaded.emit(), _not_loaded)

    # Before the desk.

    def _show_first_run(self) -> None:
        from sle_desk.ui.first_run import FirstRun

        page = FirstRun(self.state)
        page.created.connect(self._take_folder)
        page.cancelled.connect(self.close)
        self.show_whole(page)

    def _take_folder(self, folder: Path) -> None:
        self._folder = folder
        self._show_sign_in()

    def _show_sign_in(self, told: str = "", status: str = "ok") -> None:
        assert self._folder is not None
        page = SignIn(self.state, self._folder)
        page.tell(told, status)
        page.signed_in.connect(self._sit)
        page.recovery_requested.connect(self._show_recovery)
        page.restore_requested.connect(self._show_restore)
        self.show_whole(page)
        page.focus_first()

    def _show_recovery(self) -> None:
        from sle_desk.ui.recovery import RecoveryPage

        assert self._folder is not None
        page = RecoveryPage(self.state, self._folder)
        page.ended.connect(partial(self._show_sign_in))
        self.show_whole(page)

    def _show_restore(self, chosen: Backup, login: str) -> None:
        from sle_desk.ui.restore_page import RestorePage

        assert self._folder is not None
        page = RestorePage(self.state, self._folder, chosen, login)
        page.ended.connect(partial(self._show_sign_in))
        self.show_whole(page)
        page.focus_first()

    # At the desk.

    def _sit(self, unlocked: Unlocked, role: str) -> None:
        self._desk().sit(unlocked, role)

    def _desk(self) -> AtDesk:
        if self._desk_side is None:
            from sle_desk.ui.at_desk import AtDesk

            self._desk_side = AtDesk(self, self, self.state)
            self._desk_side.left.connect(self._show_sign_in)
            self._desk_side.folder_opened.connect(self.folder_opened)
        return self._desk_side

    def show_bug(self, log: str) -> None:
        """Say once that something went wrong that nobody expected; what was typed is kept."""
        words = self.state.language.text(
            "Something went wrong here and was not saved. What you typed is kept."
            " Please report it; log: {log}",
            log=log,
        )
        if self._desk_side is not None:
            self._desk_side.say(words, "bad")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is half typed, back up when something changed, sign out."""
        if self.state.jobs.running and not self.state.jobs.wait():
            self.state.say(self.state.language.text(BUSY))
            event.ignore()
            return
        # A window that closes starts no job any longer: nobody would wait for its end.
        self._ahead.stop()
        if self.state.seated and self._desk_side is not None:
            self._desk_side.back_up_and_stand()
        else:
            page = self._stack.currentWidget()
            if isinstance(page, SignIn):
                page.give_up()
        super().closeEvent(event)
