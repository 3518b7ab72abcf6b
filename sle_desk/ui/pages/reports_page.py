"""Reports: what was printed and whether it still stands, the paper itself, and exports."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.private import half_made
from sle_desk.base.words import error_sentence
from sle_desk.base.written import write_file
from sle_desk.exports import printing
from sle_desk.exports.file_names import file_name
from sle_desk.exports.printing import Again, Printed
from sle_desk.exports.wording import COMMA
from sle_desk.services import papers, printables
from sle_desk.services.papers import PaperRow
from sle_desk.services.printables import AMENDED, REGISTER, SCREENING, SUMMARY, Printable
from sle_desk.ui.buttons import Button
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.new_print import KINDS, ask_print
from sle_desk.ui.dialogs.paper_questions import ask_check, ask_paper_ink
from sle_desk.ui.export_part import ExportPart
from sle_desk.ui.file_choice import ask_new_file
from sle_desk.ui.jobs import Progress
from sle_desk.ui.paper_list import PaperList
from sle_desk.ui.paper_picture import ask_printer, page_images, print_pages
from sle_desk.ui.paper_preview import PaperPreview
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.wording import paper_part_words


class ReportsPage(DeskPage):
    """The papers of the study and its exports."""

    reads = frozenset({"paper", "signature", "answer", "result", "sample", "not_drawn", "form_record",
                       "visit", "dose", "subject", "identity", "consent", "disposition",
                       "dose_pause"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        # Replaceable: tests answer in their place.
        self.ask_new_file, self.ask_printer = ask_new_file, ask_printer
        self._wanted: Printable | None = None
        self._drawn: dict[int, Again] = {}
        self._drawing = False
        self.notice = Strip()
        self.print_now = Button("", "primary", keys="Enter", icon="reports")
        self.print_now.clicked.connect(self._print_wanted)
        self.list = PaperList(state)
        self.list.new.clicked.connect(self._new_print)
        self.list.check.clicked.connect(self._check_paper)
        self.preview = PaperPreview()
        self.export = ExportPart(state)
        self._lay_out()
        self._listen()
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        row = QHBoxLayout()
        row.setSpacing(px(14))
        row.addWidget(self.list, 12)
        row.addWidget(self.preview, 10)
        if not self.may("export.write"):
            self.export.hide()
        row.addWidget(self.export, 10)
        self.list.new.setVisible(self.may("paper.print"))
        asked = QHBoxLayout()
        asked.addWidget(self.notice, 1)
        asked.addWidget(self.print_now)
        self.print_now.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addLayout(asked)
        column.addLayout(row, 1)

    def _listen(self) -> None:
        self.list.chosen.connect(self._show_paper)
        self.preview.sign.clicked.connect(self._record_ink)
        self.preview.save.clicked.connect(self._save_as)
        self.preview.paper.clicked.connect(self._print_on_paper)
        self._keys = {
            "check": self.add_key("Ctrl+J", "", self._check_paper),
            "next": self.add_key("PgDown", "", partial(self._turn, 1)),
            "back": self.add_key("PgUp", "", partial(self._turn, -1)),
            "save": self.list.table.add_verb("S", "", self._save_as),
            "paper": self.list.table.add_verb("P", "", self._print_on_paper),
        }
        if self.may("paper.print"):
            self._keys["new"] = self.add_key("Ctrl+P", "", self._new_print)
        if self.may("paper.record_ink"):
            self._keys["sign"] = self.list.table.add_verb("R", "", self._record_ink)
        if self.may("export.write"):
            self._keys["export"] = self.add_key("Ctrl+E", "", self._to_export)

    # Where one is.

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Reports")

    def second(self) -> str:
        """Return what the page is about."""
        return self.language.text("prints and exports, each with its number")

    def target(self, go: Go) -> None:
        """Take a paper to show or to print, from the page of a subject."""
        self._wanted = None
        if go.record_id is not None:
            self.reload()
            self.list.choose(go.record_id)
        if not (go.subject_id or go.tab in (AMENDED, REGISTER, SCREENING)) or not self.may("paper.print"):
            return
        rows = printables.printables(self.state.desk)
        own = [row for row in rows if row.subject_id == go.subject_id and row.kind == (go.tab or SUMMARY)]
        known = [row for row in own if go.visit_id in (None, row.visit_id) and go.form in ("", row.visit)]
        self._wanted = next(iter(known), None)

    def entered(self) -> None:
        """Put the focus on the paper that was asked for, else into the list."""
        super().entered()
        self._show_wanted()
        if self._wanted is not None:
            self.print_now.setFocus()
        else:
            self.list.setFocus()

    def left(self) -> None:
        """Forget what was asked for."""
        self._wanted = None
        self._show_wanted()

    def _show_wanted(self) -> None:
        wanted = self._wanted
        self.print_now.setVisible(wanted is not None)
        if wanted is None:
            self.notice.clear()
            return
        about = {"paper": self.language.text(KINDS[wanted.kind]), "subject": wanted.subject}
        if not wanted.subject:
            part = paper_part_words(self.state.desk.protocol, wanted.visit, self.language)
            named = self.language.words(COMMA).join((about["paper"], part)) if part else about["paper"]
            words = self.language.text("{paper}: Enter prints it.", paper=named)
        elif wanted.visit:
            visit = paper_part_words(self.state.desk.protocol, wanted.visit, self.language)
            words = self.language.text(
                "{paper} of {subject}, {visit}: Enter prints it.", visit=visit, **about
            )
        elif wanted.subject:
            words = self.language.text("{paper} of {subject}: Enter prints it.", **about)
        else:
            words = self.language.text("{paper}: Enter prints it.", paper=about["paper"])
        self.notice.say(words, "due")

    def load(self) -> None:
        """Read the papers again."""
        self.list.show_papers(papers.papers(self.state.desk))

    # The paper that is chosen.

    def _show_paper(self, row: PaperRow | None) -> None:
        self.preview.show_paper(row, self.language, may_sign=self.may("paper.record_ink"))
        if row is None:
            return
        drawn = self._drawn.get(row.id)
        if drawn is not None:
            self._show_pages(drawn)
        elif printing.can_print_again(row):
            self.preview.show_pages((), self.language.text("Drawing the paper …"), self.language)
            self._draw(row)
        else:
            told = self.language.text("This paper is not drawn again here; the sheet itself counts.")
            self.preview.show_pages((), told, self.language)

    def _draw(self, row: PaperRow) -> None:
        if self._drawing:
            return  # when that one is there, the row that is chosen then is looked at again
        self._drawing = True
        work = partial(_again, partial(printing.print_again, self.state.desk, row))
        self.state.jobs.start(work, partial(self._drew, row.id), partial(self._not_drawn, row.id))

    def _drew(self, paper_id: int, again: Again) -> None:
        self._drawing = False
        self._drawn[paper_id] = again
        self._show_paper(self.list.paper())

    def _not_drawn(self, paper_id: int, error: BaseException) -> None:
        self._drawing = False
        if not isinstance(error, SleDeskError):
            raise error
        row = self.list.paper()
        if row is not None and row.id == paper_id:
            self.preview.show_pages((), error_sentence(error, self.language), self.language)
        else:
            self._show_paper(row)

    def _show_pages(self, drawn: Again) -> None:
        told = (
            self.language.text("This is the file that was printed: its bytes are the same.")
            if drawn.same
            else self.language.text(
                "What this print shows has changed since. Below are the data of now under its numbers; "
                "the signed sheet stands as evidence. Print anew."
            )
        )
        self.preview.show_pages(page_images(drawn.content), told, self.language)

    def _turn(self, step: int) -> None:
        self.preview.turn(step, self.language)

    def _content(self) -> tuple[PaperRow, bytes] | None:
        row = self.list.paper()
        drawn = self._drawn.get(row.id) if row is not None else None
        if row is None or drawn is None:
            return None
        if not drawn.same:
            words = self.language.text(
                "This print is superseded and is not given out again. Print anew with Ctrl+P."
            )
            self.notice.say(words, "warn")
            return None
        return row, drawn.content

    def _save_as(self) -> None:
        found = self._content()
        if found is None:
            return
        row, content = found
        parts = [part for part in (row.subject, row.report_number, str(row.print_number)) if part]
        proposed = file_name(*parts, ending="pdf")
        path = self.ask_new_file(self, self.language.text("Save PDF as …"), proposed)
        if path is None:
            return
        try:
            with half_made(self.state.desk.database.path.parent, path) as waiting:
                # The dialog has asked whether a file of this name may go.
                write_file(path, lambda file: file.write(content), replace=True, waiting=waiting)
        except SleDeskError as error:
            self.notice.say(error_sentence(error, self.language), "bad")
            return
        self.state.say(self.language.text("Saved as {name}.", name=path.name))

    def _print_on_paper(self) -> None:
        found = self._content()
        if found is None:
            return
        printer = self.ask_printer(self, self.language.text("Print on paper"))
        if printer is not None:
            print_pages(found[1], printer)
            self.state.say(
                self.language.text("{number} was sent to the printer.", number=found[0].report_number)
            )

    # Printing anew.

    def _new_print(self) -> None:
        rows = printables.printables(self.state.desk)
        if not rows:
            self.notice.say(self.language.text("Nothing to print yet: register a subject first."), "neutral")
            return
        asked = ask_print(self, self.state, rows, self._wanted)
        if asked is not None:
            self._print(*asked)

    def _print_wanted(self) -> None:
        if self._wanted is not None:
            self._print(self._wanted, self.language)

    def _print(self, wanted: Printable, language: Language) -> None:
        self._wanted = None
        self.print_now.hide()
        self.notice.say(self.language.text("Printing …"), "due")
        work = partial(printing.print_one, self.state.desk, wanted, language)
        self.list.setFocus()
        self.state.jobs.start(partial(_again, work), self._printed, self._failed)

    def _printed(self, done: Printed) -> None:
        self.notice.clear()
        self._drawn[done.paper_id] = Again(done.content, True)
        self.reload()
        self.list.choose(done.paper_id)
        number = papers.report_number(done.numbered.number)
        self.state.say(
            self.language.text("{number} printed. S saves it, P prints it on paper.", number=number)
        )

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, SleDeskError):
            raise error
        self.notice.say(error_sentence(error, self.language), "bad")

    # Ink, and checking a sheet.

    def _record_ink(self) -> None:
        row = self.list.paper()
        if row is not None and row.signed_on is None:
            said = self.language.text("Signature on {number} recorded.", number=row.report_number)
            ask_paper_ink(self, self.state, row, partial(self.state.say, said))

    def _check_paper(self) -> None:
        ask_check(self, self.state, self.notice.say)

    # Exports.

    def _to_export(self) -> None:
        self.export.write.setFocus()

    def go_up(self) -> bool:
        """Cancel the export while one is written and its card has the focus."""
        return self.export.cancel_in_focus() or super().go_up()

    # Words.

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self.print_now.set_words(language.text("Print"))
        words = {
            "new": language.text("new print"),
            "check": language.text("check a paper"),
            "next": language.text("next page"),
            "back": language.text("page before"),
            "save": language.text("save as PDF"),
            "paper": language.text("print on paper"),
            "sign": language.text("record ink signature"),
            "export": language.text("export"),
        }
        for name, action in self._keys.items():
            action.setText(words[name])
        self.preview.retranslate(language)
        self.export.retranslate(language)
        self.list.retranslate()
        self._show_wanted()


def _again(work: object, report: Progress) -> object:
    """Run work that has no steps to tell."""
    assert callable(work)
    return work()
