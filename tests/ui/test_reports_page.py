"""Reports by keyboard: print, look, sign in ink, check a sheet, save and export."""

from datetime import timedelta

import pytest
from amendment_packages import NEXT, SENTENCE, imported, packed
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QScrollArea
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.sealing import sha256
from sle_desk.exports.printing import print_visit_summary
from sle_desk.services import amendments, export_log, papers, visits
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.paper_questions import read_anchor
from sle_desk.ui.labels import label_is_cut
from sle_desk.ui.pages.reports_page import ReportsPage
from sle_desk.ui.state import State

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
CODE = "LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ"


class Seat:
    """The page in a window, and who types."""

    def __init__(self, study, qtbot, language="en"):
        self.study, self.typist = study, Typist()
        self.state = State(study.clock, Language(language))
        self.state.sit(study.unlocked, study.desk)
        self.said = []
        self.state.said.connect(self.said.append)
        self.page = ReportsPage(self.state)
        # As in the shell: where the window is low the page scrolls.
        self.window = QScrollArea()
        self.window.setWidgetResizable(True)
        self.window.setWidget(self.page)
        qtbot.addWidget(self.window)

    def enter(self, go=None):
        self.page.target(go or Go("reports"))
        self.window.resize(1176, 800)
        self.window.show()
        self.window.activateWindow()
        self.page.entered()
        self.typist.wait(lambda: QApplication.focusWidget() is not None)
        self.idle()

    def idle(self):
        self.typist.wait(lambda: not self.state.jobs.running)

    def until(self, test):
        self.typist.wait(test)
        self.idle()


@pytest.fixture
def visit(arms: Study):
    """The baseline visit of subject 1, the coordinator at the desk."""
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    arms.clock.advance(timedelta(minutes=5))
    return next(row for row in visits.visits(desk, 1) if row.code == "V1")


@pytest.fixture
def seats(qtbot):
    """Build seats, each given up before the study signs out."""
    taken = []

    def take(study, language="en"):
        taken.append(Seat(study, qtbot, language))
        return taken[-1]

    yield take
    for seat in taken:
        seat.idle()
        seat.window.hide()
        if seat.state.seated:
            seat.state.stand()


@pytest.fixture
def seat(arms, visit, seats):
    return seats(arms)


def test_a_paper_asked_for_elsewhere_prints_with_enter_and_is_shown(seat, visit):
    seat.enter(Go("reports", subject_id=1, visit_id=visit.id, tab="visit_summary"))
    assert seat.typist.sees("Visit summary of SLE-001, Day 1, baseline: Enter prints it.")
    seat.typist.press("Enter")
    seat.until(lambda: bool(seat.said))
    assert seat.said[-1].startswith("R-0001 printed") and seat.page.preview.picture.count >= 1
    row = papers.papers(seat.study.desk)[0]
    assert sha256(seat.page._drawn[row.id].content) == row.file_hash


def test_ctrl_p_and_enter_print_the_last_summary(seat, visit):
    seat.enter()
    before = seat.typist.presses
    seat.typist.in_dialog(lambda: seat.typist.press("Enter"))
    seat.typist.press("Ctrl+P")
    seat.until(lambda: bool(seat.said))
    assert seat.typist.presses - before <= 2
    assert papers.papers(seat.study.desk)[0].kind == "visit_summary"


def test_a_worksheet_is_on_the_ward(seat, visit):
    seat.enter(Go("reports", subject_id=2, tab="worksheet", form="W4"))
    seat.typist.press("Enter")
    seat.until(lambda: bool(seat.said))
    assert seat.typist.sees("On the ward") and papers.papers(seat.study.desk)[0].kind == "worksheet.W4"


def test_an_earlier_print_is_drawn_again_from_the_data_and_proven_equal(seat, visit):
    print_visit_summary(seat.study.desk, visit.id, Language("en"))
    seat.enter()
    seat.typist.wait_for("This is the file that was printed: its bytes are the same.")
    assert seat.page.preview.picture.count >= 1


def test_ink_is_recorded_by_keyboard_and_the_paper_says_signed(seat, visit):
    print_visit_summary(seat.study.desk, visit.id, Language("en"))
    seat.enter()

    def sign():
        for text in ("Wu Min", "t", "binder 3"):
            seat.typist.type(text)
            seat.typist.press("Enter")
        seat.typist.press("Ctrl+Enter")

    seat.typist.in_dialog(sign)
    seat.typist.press("R")
    seat.until(lambda: bool(seat.said))
    row = papers.papers(seat.study.desk)[0]
    assert (row.state, row.signer, row.signed_on) == ("signed", "Wu Min", seat.study.desk.today())
    assert seat.typist.sees("Signed 11-23")


def test_a_sheet_is_checked_by_its_code(seat, visit):
    print_visit_summary(seat.study.desk, visit.id, Language("en"))
    row = papers.papers(seat.study.desk)[0]
    seat.enter()
    for typed, words in (
        (f"R-0001/1 {row.audit_number}:{row.audit_code}", f"Audit {row.audit_number} agrees"),
        (f"{row.audit_number - 1}:{row.audit_code}", "does not agree"),
    ):

        def check(typed=typed):
            seat.typist.type(typed)
            seat.typist.press("Enter", "Ctrl+Enter")

        seat.typist.in_dialog(check)
        seat.typist.press("Ctrl+J")
        seat.typist.wait_for(words)


def test_the_pdf_is_saved_where_the_person_says(seat, visit, tmp_path):
    print_visit_summary(seat.study.desk, visit.id, Language("en"))
    row = papers.papers(seat.study.desk)[0]
    proposed = []
    seat.page.ask_new_file = lambda parent, title, name: proposed.append(name) or tmp_path / name
    seat.enter()
    seat.typist.wait_for("its bytes are the same")
    seat.typist.press("S")
    assert proposed == ["SLE-001_R-0001_1.pdf"]
    assert sha256((tmp_path / proposed[0]).read_bytes()) == row.file_hash


def test_the_pages_go_to_a_printer(seat, visit, tmp_path):
    print_visit_summary(seat.study.desk, visit.id, Language("en"))

    def printer(parent, title):
        made = QPrinter(QPrinter.PrinterMode.ScreenResolution)
        made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        made.setOutputFileName(str(tmp_path / "printed.pdf"))
        return made

    seat.page.ask_printer = printer
    seat.enter()
    seat.typist.wait_for("its bytes are the same")
    seat.typist.press("P")
    assert (tmp_path / "printed.pdf").stat().st_size > 1000 and "sent to the printer" in seat.said[-1]


def test_an_export_takes_two_keys_once_a_folder_is_chosen_and_tells_what_went_out(seat, visit, tmp_path):
    seat.page.export.ask_folder = lambda parent, title, start: tmp_path
    seat.enter()
    assert seat.typist.sees("Names and initials") and seat.typist.sees("Arm, doses, lots")
    seat.typist.press("Ctrl+E", "Enter")
    seat.until(lambda: bool(seat.said))
    assert seat.typist.sees("Read back and compared: 0 differ")
    assert [path.name for path in tmp_path.glob("*.xlsx")] == ["SLE_X-0001_SPONSOR.xlsx"]
    assert export_log.exports(seat.study.desk)[0].preset == "sponsor"


def test_an_export_is_cancelled_and_leaves_no_file(seat, visit, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    seat.page.export.ask_folder = lambda parent, title, start: out
    seat.enter()
    seat.typist.press("Ctrl+E", "Enter")
    assert seat.page.export.cancel.hasFocus()
    assert seat.page.go_up()
    seat.typist.wait_for("No export was written")
    seat.idle()
    assert list(out.iterdir()) == [] and export_log.exports(seat.study.desk) == ()
    assert seat.page.export.write.isVisible() and not seat.page.export.cancel.isVisible()
    seat.typist.press("Enter")
    seat.until(lambda: bool(seat.said))
    assert [path.name for path in out.glob("*.xlsx")] == ["SLE_X-0001_SPONSOR.xlsx"]


def test_a_refused_export_says_why_beside_the_button(seat, visit, tmp_path):
    (tmp_path / "SLE_X-0001_SPONSOR.xlsx").write_bytes(b"mine")
    seat.page.export.ask_folder = lambda parent, title, start: tmp_path
    seat.enter()
    seat.typist.press("Ctrl+E", "Enter")
    seat.typist.wait_for("SLE_X-0001_SPONSOR.xlsx")
    seat.idle()
    assert not seat.said and export_log.exports(seat.study.desk) == ()


def test_a_monitor_sees_papers_and_records_no_ink(arms, visit, seats):
    print_visit_summary(arms.desk, visit.id, Language("en"))
    arms.sit("he.jian", roles.MONITOR)
    seat = seats(arms)
    seat.enter()
    assert seat.typist.sees("R-0001") and not seat.page.preview.sign.isVisible()
    assert not seat.typist.sees("Site")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(1176, 780), (1016, 600)])
def test_no_label_is_cut(arms, visit, seats, language, size):
    from PySide6.QtWidgets import QLabel

    seat = seats(arms, language)
    seat.enter()
    seat.window.resize(*size)
    QApplication.processEvents()
    cut = [each.text() for each in seat.page.findChildren(QLabel) if each.isVisible() and label_is_cut(each)]
    assert cut == []


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (f"18204:{CODE}", (18204, CODE)),
        (f"R-0042/1 18204:{CODE}", (18204, CODE)),
        (f"18\u00a0204 · {CODE}", (18204, CODE)),
        (f"18204 {CODE.replace('-', '')}", (18204, CODE.replace("-", ""))),
        (CODE, None),
        ("18204", None),
        ("", None),
    ],
)
def test_an_anchor_is_read_as_it_is_printed_or_scanned(typed, read):
    assert read_anchor(typed) == read


def test_a_slip_is_printed_from_the_list_by_keys(arms, seat):
    seat.enter(Go("reports", subject_id=1, tab="slip"))
    assert seat.typist.sees("Randomisation slip of SLE-001: Enter prints it.")
    seat.typist.press("Enter")
    seat.until(lambda: papers.papers(arms.desk))
    (printed,) = papers.papers(arms.desk)
    assert (printed.kind, printed.subject, printed.state) == ("slip", "SLE-001", "on_ward")


def test_the_register_that_was_asked_for_is_printed_by_enter(arms, qtbot):
    arms.sit("chen.lan", roles.COORDINATOR)
    seat = Seat(arms, qtbot)
    seat.enter(Go("reports", tab="register_log"))
    assert seat.typist.sees("Clarification register: Enter prints it.")
    seat.typist.press("Enter")
    seat.until(lambda: len(papers.papers(arms.desk)) == 1)
    assert papers.papers(arms.desk)[0].kind == "register_log"
    assert seat.typist.sees("Clarification register")
    seat.state.stand()


def test_an_amendment_that_was_asked_for_is_printed_by_enter(arms, tmp_path, qtbot):
    imported(arms, packed(tmp_path / "a.zip", SENTENCE))
    row = imported_again(arms, tmp_path / "a.zip")
    arms.sit("wu.min", roles.PI)
    seat = Seat(arms, qtbot)
    seat.enter(Go("reports", tab="amendment_difference", form=f"{row.id}v{NEXT}"))
    assert seat.typist.sees(f"Amendment: difference, version {NEXT}: Enter prints it.")
    seat.typist.press("Enter")
    seat.until(lambda: len(papers.papers(arms.desk)) == 1)
    assert papers.papers(arms.desk)[0].kind == f"amendment_difference.{row.id}v{NEXT}"
    assert seat.typist.sees(f"version {NEXT}")
    seat.state.stand()


def imported_again(study, path):
    """Reject the amendment that waits and import it once more: the paper is of the one that is asked for."""
    desk = study.sit("wu.min", roles.PI)
    (row,) = amendments.amendments(desk)
    amendments.reject(desk, row.id, row.version, "Once more.")
    study.leave()
    return imported(study, path)
