"""The frame of the window: sidebar, top bar, pages built on first show, footer with the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.hearing import hear
from sle_desk.ui.key_overlay import KeyOverlay
from sle_desk.ui.keybar import FocusKeys, KeyBar
from sle_desk.ui.navigation import NavEntry
from sle_desk.ui.page import Page
from sle_desk.ui.sidebar import Sidebar
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.top_bar import TopBar

NARROW = 1200


@dataclass(frozen=True)
class PageEntry:
    """One page: its code, its title as a message of the catalogue, its icon, and how it is built.

    A page below another one names that one: it stands in no sidebar, and the other one is marked there.
    """

    code: str
    title: str
    icon: str
    build: Callable[[], Page]
    below: str = ""


class Shell(QWidget):
    """The window's content once somebody is signed in."""

    page_shown = Signal(str)
    language_requested = Signal(object)
    lock_requested = Signal()

    def __init__(
        self, entries: Sequence[PageEntry], language: Language, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.language = language
        self._entries = tuple(entries)
        self._in_sidebar = tuple(entry for entry in entries if not entry.below)
        self._demonstration, self._locked = False, ""
        self._pages: dict[str, Page] = {}
        self._frames: dict[str, QScrollArea] = {}
        self._code = ""
        self._user = ("", "")
        self.sidebar, self.top, self.footer = Sidebar(), TopBar(), KeyBar()
        self._stack = QStackedWidget()
        self._said, self._why_locked = Strip(), Strip()
        self._overlay: KeyOverlay | None = None
        self._focus_keys = FocusKeys(self.footer, self, self._spoken)
        self._lay_out()
        self._actions = self._make_actions()
        self.sidebar.page_requested.connect(self.show_page)
        self.sidebar.lock_requested.connect(self.lock_requested)
        self.top.language_pressed.connect(self._ask_language)
        self.set_language(language)
        hear(self, QEvent.Type.KeyPress)

    def _spoken(self) -> Language:
        return self.language

    def _lay_out(self) -> None:
        px = current().px
        self.setProperty("part", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        column = QVBoxLayout()
        column.setSpacing(0)
        notice = QVBoxLayout()
        notice.setContentsMargins(px(24), 0, px(24), px(8))
        notice.addWidget(self._said)
        why = QVBoxLayout()
        why.setContentsMargins(px(24), 0, px(24), 0)
        why.addWidget(self._why_locked)
        for part in (self.top, self._stack):
            column.addWidget(part, 1 if part is self._stack else 0)
            column.addLayout(why) if part is self.top else None
        column.addLayout(notice)
        column.addWidget(self.footer)
        row.addWidget(self.sidebar)
        row.addLayout(column, 1)

    # Keys of the window.

    def _make_actions(self) -> list[tuple[QAction, str]]:
        acts: list[tuple[str, Callable[[], object]]] = [
            ("F1", self.show_keys),
            ("Ctrl+K", self.top.search.start),
            ("Ctrl+L", self.lock_requested.emit),
            ("Ctrl+Shift+L", self._ask_language),
        ]
        acts += [
            (f"Ctrl+{(place + 1) % 10}", partial(self.show_page, entry.code))
            for place, entry in enumerate(self._in_sidebar[:10])
        ]
        made = []
        for keys, act in acts:
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(partial(_call, act))
            self.addAction(action)
            made.append((action, keys))
        return made

    def _name_actions(self) -> None:
        language = self.language
        words = [language.text("all keys"), language.text("find"), language.text("lock the screen")]
        words.append(language.text("other language"))
        words += [language.text(entry.title) for entry in self._in_sidebar[:10]]
        for (action, _), name in zip(self._actions, words, strict=True):
            action.setText(name)

    def show_keys(self) -> None:
        """Show every key that works now, over the page."""
        hints = self._focus_keys.hints()
        if self._overlay is None:
            self._overlay = KeyOverlay(self)
        self._overlay.open(self.language.text("Keys that work here"), hints)

    def _ask_language(self) -> None:
        self.language_requested.emit(self.language.other())

    # Pages.

    def page(self, code: str) -> Page:
        """Return a page, built when it is asked for first."""
        if code not in self._pages:
            self._put(code, self._entry(code).build())
        return self._pages[code]

    def _entry(self, code: str) -> PageEntry:
        return next(entry for entry in self._entries if entry.code == code)

    def _put(self, code: str, page: Page) -> None:
        px = current().px
        frame = QScrollArea()
        frame.setWidgetResizable(True)
        frame.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        frame.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("part", "ground")
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(24), px(4), px(24), px(12))
        column.addWidget(page)
        frame.setWidget(inner)
        self._pages[code], self._frames[code] = page, frame
        self._stack.addWidget(frame)

    def show_page(self, code: str) -> Page:
        """Show a page."""
        page = self.page(code)
        self._code = code
        self._stack.setCurrentWidget(self._frames[code])
        self.sidebar.pages.check(self._entry(code).below or code)
        page.entered()
        # After the page has read: what stands beside its title is counted from what it shows.
        self.refresh_top()
        self._focus_keys.refresh()
        self.page_shown.emit(code)
        return page

    def current_page(self) -> Page | None:
        """Return the page in sight."""
        return self._pages.get(self._code)

    def current_code(self) -> str:
        """Return the code of the page in sight."""
        return self._code

    def refresh_top(self) -> None:
        """Show title, way and buttons of the page in sight anew, and the keys."""
        page = self.current_page()
        if page is not None:
            title = page.title() or self.language.text(self._entry(self._code).title)
            self.top.show_title(title, page.second(), page.path())
            self.top.show_parts(page.top_parts())
        self._focus_keys.refresh()

    # Words.

    def set_language(self, language: Language) -> None:
        """Show every word in a language; what was typed, and the focus, stay."""
        self.language = language
        self._name_actions()
        entries = [
            NavEntry(entry.code, language.text(entry.title), entry.icon, f"Ctrl {(place + 1) % 10}")
            for place, entry in enumerate(self._in_sidebar)
        ]
        self.sidebar.pages.show_entries(entries)
        self.sidebar.show_user(*self._user, language.text("Lock the screen"))
        self.top.retranslate(language)
        for page in self._pages.values():
            page.retranslate()
        self._said.clear()
        self._say_demonstration()
        self._fold()
        self.refresh_top()

    def show_study(self, words: str, demonstration: bool = False) -> None:
        """Show the numbers of the study, and on every page when its data are made up."""
        self._demonstration = demonstration
        self.sidebar.show_study(words)
        self._say_demonstration()

    def show_locked(self, why: str) -> None:
        """Say on every page since when and by whom the database is locked; nothing where it is not."""
        self._locked = why
        if why:
            self._why_locked.say(why, "warn", icon="lock")
        else:
            self._why_locked.clear()
        self._say_demonstration()

    def build_anew(self) -> None:
        """Forget every page: what can be done on them changed. The next one shown is built anew."""
        for frame in self._frames.values():
            self._stack.removeWidget(frame)
            frame.deleteLater()
        # The buttons in the top bar belong to a page that goes.
        self.top.show_parts(())
        self._pages, self._frames, self._code = {}, {}, ""

    def _say_demonstration(self) -> None:
        locked = self.language.text("DATABASE LOCKED") if self._locked else ""
        made_up = self.language.text("DEMONSTRATION DATA") if self._demonstration else ""
        self.top.show_notice(" · ".join(filter(None, (locked, made_up))))

    def show_user(self, name: str, role: str) -> None:
        """Show who is signed in and in which role."""
        self._user = (name, role)
        self.sidebar.show_user(name, role, self.language.text("Lock the screen"))

    def say(self, sentence: str, status: str = "ok") -> None:
        """Say what was done or refused, above the footer; it stays until the next key."""
        self._said.say(sentence, status)

    def said(self) -> str:
        """Return what stands above the footer."""
        return self._said.sentence()

    # What happens to the window.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take away what was said when the next key is pressed."""
        # Only as the key reaches the window: below, the same press comes by once for each widget.
        if watched.isWindowType() and self._said.sentence():
            self._said.clear()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go one level up on Esc."""
        page = self.current_page()
        if event.key() == Qt.Key.Key_Escape and page is not None and page.go_up():
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the sidebar where there is little room."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        self.sidebar.set_folded(self.width() < current().px(NARROW))


def _call(act: Callable[[], object], *_: object) -> None:
    """Call without what the signal carries."""
    act()
