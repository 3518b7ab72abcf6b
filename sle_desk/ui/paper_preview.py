"""The paper that is chosen: its pages, the numbers it bears, and what can be done with it."""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Language
from sle_desk.services.papers import PaperRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.paper_picture import PaperPicture
from sle_desk.ui.theme import current


class PaperPreview(Card):
    """One paper; the page decides what is shown and does what the buttons say."""

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self.body.setContentsMargins(px(16), px(14), px(16), px(14))
        self.body.setSpacing(px(8))
        self._paper: PaperRow | None = None
        self._state = ""
        self.picture = PaperPicture()
        self._page = label(role="table", ink="text_2")
        self.head.addWidget(self._page)
        self._told = label(role="table", ink="text_2", wrap=True)
        self._print = label(role="table")
        self._anchor = label(role="table")
        self.sign = Button("", "primary", keys="R", icon="pen")
        self.save = Button("", keys="S")
        self.paper = Button("", keys="P")
        holder = QWidget()
        flow = FlowLayout(holder, px(8), px(8))
        for button in (self.sign, self.save, self.paper):
            flow.addWidget(button)
        self._buttons = holder
        self._note = label(role="caption", ink="text_2", wrap=True)
        self.body.addWidget(self.picture, 1)
        for part in (self._told, self._print, self._anchor, holder, self._note):
            self.body.addWidget(part)

    def show_paper(self, paper: PaperRow | None, language: Language, *, may_sign: bool) -> None:
        """Show whose numbers these are; the pages follow when they are drawn."""
        self._paper = paper
        self._buttons.setVisible(paper is not None)
        if paper is None:
            self.set_title(language.text("No paper yet"))
            self._print.setText("")
            self._anchor.setText("")
            self.show_pages((), "", language)
            return
        self.set_title(paper.report_number)
        self._print.setText(
            language.text(
                "Print {number}, {at}, {person}",
                number=paper.print_number,
                at=f"{paper.printed_at:%Y-%m-%d %H:%M}",
                person=paper.printed_by,
            )
        )
        code = paper.audit_code
        self._anchor.setText(language.text("audit {number}", number=paper.audit_number) + f" · {code[:14]}…")
        name_for_readers(self._anchor, f"{paper.audit_number} {code}")
        self.sign.setVisible(may_sign and paper.signed_on is None)

    def show_pages(self, pages: tuple[QImage, ...], told: str, language: Language) -> None:
        """Show the pages and what is known of them."""
        self.picture.show_pages(pages)
        self._told.setText(told)
        self._told.setVisible(bool(told))
        self.save.setVisible(bool(pages))
        self.paper.setVisible(bool(pages))
        self._count(language)

    def turn(self, step: int, language: Language) -> None:
        """Turn the page."""
        self.picture.turn(step)
        self._count(language)

    def _count(self, language: Language) -> None:
        of = self.picture.count
        words = f"{self.picture.number + 1} / {of}" if of else ""
        self._page.setText(words)
        name = language.text("Page {page} of {pages}", page=self.picture.number + 1, pages=of) if of else ""
        name_for_readers(self.picture, name)

    def retranslate(self, language: Language) -> None:
        """Speak the chosen language."""
        self.sign.set_words(language.text("Record signature"))
        self.save.set_words(language.text("Save PDF as …"))
        self.paper.set_words(language.text("Print on paper"))
        self._note.setText(
            language.text(
                "Ink counts: signer, date and where the paper is filed are transcribed. "
                "If a value changes, this print turns to superseded."
            )
        )
