"""The one maker of labels, tooltips and message texts: every text is plain, never markup."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def dress(widget: QWidget, **properties: object) -> None:
    """Set what the style sheet selects by, and have the widget styled anew."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        # Qt styles it when it is first measured or shown; before that every new parent would style it anew.
        return
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def label(text: str = "", role: str = "body", ink: str = "text", *, wrap: bool = False) -> QLabel:
    """Return a label that shows its text as it is, in a role of the type scale and a colour by name."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    dress(made, role=role, ink=ink)
    return made


class ElidedLabel(QLabel):
    """A label of one line that ends in an ellipsis where it has no room, and tells the whole on hover.

    A greedy one takes all the room there is, another one no more than its text needs.
    """

    def __init__(self, text: str = "", role: str = "body", ink: str = "text", *, greedy: bool = True) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        wide = QSizePolicy.Policy.Expanding if greedy else QSizePolicy.Policy.Maximum
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        dress(self, role=role, ink=ink)
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        """Return a width that still shows a few letters."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much of the text as fits."""
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        set_tooltip(self, self.text() if shown != self.text() else "")
        painter = QPainter(self)
        # In the style's way, so that the ink of the style sheet holds.
        self.style().drawItemText(
            painter,
            room,
            int(self.alignment() | Qt.AlignmentFlag.AlignVCenter),
            self.palette(),
            True,
            shown,
            self.foregroundRole(),
        )


def set_tooltip(widget: QWidget, text: str) -> None:
    """Show a text on hover, as it is."""
    # Qt reads a tooltip that looks like markup as markup: escaped within a tag it cannot.
    wanted = f"<span>{html.escape(text)}</span>" if text else ""
    if widget.toolTip() != wanted:
        widget.setToolTip(wanted)


def button_text(text: str) -> str:
    """Return a text for a button or menu in which & is a letter, not a mnemonic."""
    return text.replace("&", "&&")


def name_for_readers(widget: QWidget, name: str, description: str = "") -> None:
    """Give the widget the name and description that a screen reader says."""
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(description)


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Have a screen reader say a text: at once when urgent, else when it has finished."""
    # Classes of Qt are set up when they are first asked for: nothing is announced at the start.
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)


def ask(parent: QWidget, title: str, text: str, verb: str, safe: str) -> bool:
    """Ask before something grave; true when the verb was chosen. The safe answer has the focus."""
    # As above: nothing is asked at the start.
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    act = box.addButton(button_text(verb), QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(button_text(safe), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is act


def label_is_cut(shown: QLabel) -> bool:
    """Tell whether a label has less room than its text needs."""
    if isinstance(shown, ElidedLabel) or not shown.text():
        return False
    if shown.wordWrap():
        return shown.height() < shown.heightForWidth(shown.width())
    hint = shown.sizeHint()
    return shown.width() < hint.width() or shown.height() < hint.height()
