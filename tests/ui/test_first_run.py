"""The first run, step by step at the keyboard: nothing is made before the last step ends."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget
from study_fixtures import PASSWORD, START, Study
from typist import Typist

from sle_desk.base.clock import SteppingClock
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import backup, backup_file, history, recovery, studies
from sle_desk.ui.chips import Chip
from sle_desk.ui.first_run import FirstRun
from sle_desk.ui.labels import label_is_cut
from sle_desk.ui.state import State

ONE_TIME = "seven paper boats"


class Person(Typist):
    """Somebody who sets a study up; the file dialogs answer with what is put into `answers`."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.study, self.stick = root / "study", root / "stick"
        self.answers: list[Path | None] = []
        self.created: list[Path] = []
        self.cancelled: list[bool] = []

    def answer(self, parent: QObject, title: str, proposed: str) -> Path | None:
        """Answer a file dialog."""
        return self.answers.pop(0)

    def chips(self) -> list[str]:
        """Return the words of the chips in sight."""
        return [chip.word for chip in self.window.findChildren(Chip) if chip.isVisible()]

    def folder(self) -> None:
        """Give the study folder."""
        self.fill(str(self.study))

    def administrator(self) -> None:
        """Give the administrator."""
        self.fill("xu.feng", "Xu Feng", PASSWORD, PASSWORD)

    def investigator(self) -> None:
        """Give the principal investigator."""
        self.fill("wu.min", "Wu Min", ONE_TIME)

    def printed_groups(self) -> list[str]:
        """Print the key page and read its groups from the paper."""
        page = self.root / "key.pdf"
        self.answers = [page]
        self.press("Ctrl+P")
        text = PdfReader(io.BytesIO(page.read_bytes())).pages[0].extract_text()
        found = [word for word in text.split() if len(word) == 11 and word[5] == "-"]
        return [word for word in found if word.replace("-", "").isalnum() and word.isupper()][:4]

    def asked_group(self) -> int:
        """Return the number of the group that is asked for."""
        return next(number for number in range(1, 5) if self.sees(f"Group {number} of 4"))

    def paper(self) -> list[str]:
        """Print, prove and seal the key; return its groups."""
        groups = self.printed_groups()
        self.fill(groups[self.asked_group() - 1].lower(), "Safe, room 412", "Xu Feng", "Wu Min")
        return groups


@pytest.fixture
def state() -> State:
    return State(SteppingClock(START), Language("en"))


@pytest.fixture
def person(tmp_path: Path, state: State, qtbot: object) -> Person:
    someone = Person(tmp_path)
    window = QWidget()
    qtbot.addWidget(window)
    page = FirstRun(state)
    page.created.connect(someone.created.append)
    page.cancelled.connect(lambda: someone.cancelled.append(True))
    page.recovery.choose_file = someone.answer
    page.folder.line.choose_folder = page.backup.line.choose_folder = someone.answer
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(page)
    window.resize(1280, 720)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    someone.window, someone.page = window, page
    return someone


def test_a_study_is_set_up_by_keys_alone_and_opens(person: Person) -> None:
    person.folder()
    person.administrator()
    person.investigator()
    groups = person.paper()
    assert not person.study.exists()
    person.fill(str(person.stick))
    person.wait(lambda: bool(person.created))
    assert person.created == [person.study]
    clock = SteppingClock(START)
    unlocked = studies.unlock(person.study, "wu.min", ONE_TIME, clock)
    assert unlocked.must_change_password and unlocked.name == "Wu Min"
    assert studies.opening_checks(unlocked, lambda step, share: None).holds
    desk = studies.sit_down(unlocked, roles.PI, clock)
    sealed = [row.facts for row in history.audit_trail(desk) if row.action == recovery.SEALED]
    assert [facts["kept_where"] for facts in sealed] == ["Safe, room 412"]
    studies.stand_up(unlocked, desk)
    # The paper, not the screen, opens it.
    assert recovery.check_recovery_key(person.study, "xu.feng", " ".join(groups), clock).name == "Xu Feng"
    for place in (person.stick, person.study / "backups"):
        (made,) = backup_file.backups(place)
        assert backup.rehearse(made.path, "xu.feng", PASSWORD, None).verified.holds


def test_nothing_is_there_when_the_person_gives_up(person: Person) -> None:
    person.folder()
    person.administrator()
    person.press("Alt+Left", "Alt+Left", "Alt+Left")
    assert person.cancelled == [True]
    assert list(person.root.iterdir()) == []


def test_a_folder_that_holds_something_is_refused_with_its_sentence(person: Person) -> None:
    (person.root / "letter.txt").write_text("mine")
    person.fill(str(person.root))
    assert person.sees(f"The folder {person.root} is not empty. A new study needs an empty folder.")
    assert person.sees("Step 1 of 5.")
    person.press("Ctrl+A")
    person.folder()
    assert person.sees("Step 2 of 5.")
    assert person.sees("GB free")


def test_a_folder_can_be_browsed_for(person: Person) -> None:
    person.answers = [None, person.study]
    person.press("Ctrl+O")
    assert person.sees("Step 1 of 5.") and not person.sees(str(person.study))
    person.press("Ctrl+O")
    assert person.sees(str(person.study))
    person.press("Enter")
    assert person.sees("Step 2 of 5.")


def test_going_back_keeps_what_was_typed(person: Person) -> None:
    person.folder()
    person.administrator()
    person.press("Alt+Left")
    assert person.sees("xu.feng") and person.sees("Xu Feng")
    person.press("Ctrl+Enter")
    assert person.sees("Step 3 of 5.")


def test_what_is_missing_is_listed_and_led_to(person: Person) -> None:
    person.folder()
    person.fill("xu.feng")
    person.press("Ctrl+Enter")
    assert person.sees("Still to be given: 3")
    person.press("Down", "Enter")
    person.type(PASSWORD)
    person.press("Ctrl+Enter")
    assert person.sees("Still to be given: 2")
    person.press("Enter")
    person.fill("Xu Feng")
    person.press("Enter")
    person.fill(PASSWORD)
    assert person.sees("Step 3 of 5.")


@pytest.mark.parametrize(
    ("login", "password", "again", "said"),
    [
        ("Xu Feng", PASSWORD, PASSWORD, "cannot be a user name"),
        ("xu.feng", "short", "short", "A password has at least 12 characters; this one has 5."),
        ("xu.feng", "aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "This password is easy to guess."),
        ("xu.feng", PASSWORD, f"{PASSWORD}!", "The two passwords are not the same."),
    ],
)
def test_an_account_that_cannot_be_is_refused_at_its_line(
    person: Person, login: str, password: str, again: str, said: str
) -> None:
    person.folder()
    person.fill(login, "Xu Feng", password, again)
    assert person.sees(said)
    assert person.sees("Step 2 of 5.")


def test_the_investigator_cannot_be_the_administrators_account(person: Person) -> None:
    person.folder()
    person.administrator()
    person.fill("xu.feng", "Wu Min", ONE_TIME)
    assert person.sees("The user name xu.feng was already given to somebody.")


def test_the_key_is_hidden_while_it_is_proven_and_a_wrong_group_is_refused(person: Person) -> None:
    person.folder()
    person.administrator()
    person.investigator()
    shown = recovery.groups(person.page.recovery.key)
    assert all(person.sees(group) for group in shown)
    groups = person.printed_groups()
    assert tuple(groups) == shown
    assert not any(person.sees(group) for group in shown)
    number = person.asked_group()
    person.fill(groups[number % 4])
    assert person.sees(f"This is not group {number} of the key.")
    typed = groups[number % 4]
    assert not any(person.sees(group) for group in shown if group != typed)
    person.press("Ctrl+A")
    person.fill(groups[number - 1])
    assert "The paper reads right" in person.chips()


def test_one_person_cannot_seal_and_witness(person: Person) -> None:
    person.folder()
    person.administrator()
    person.investigator()
    groups = person.printed_groups()
    person.fill(groups[person.asked_group() - 1], "Safe", "Xu Feng", "Xu Feng")
    assert person.sees("Xu Feng cannot seal and witness alone.")
    assert person.sees("Step 4 of 5.")


def test_the_printed_file_is_named_until_it_is_deleted(person: Person) -> None:
    person.folder()
    person.administrator()
    person.investigator()
    person.paper()
    page = person.root / "key.pdf"
    assert person.sees("Step 5 of 5.") and person.sees(f"{page} holds the key.")
    person.press("Ctrl+D")
    assert not page.exists() and not person.sees("holds the key")


def test_a_page_that_names_another_maker_is_printed_anew(person: Person) -> None:
    person.folder()
    person.administrator()
    person.investigator()
    person.printed_groups()
    assert "Page K-01 written 08:00" in person.chips()
    person.press("Alt+Left", "Alt+Left", "Enter")
    person.press("Ctrl+A")
    person.fill("Xu Fang")
    person.press("Ctrl+Enter", "Ctrl+Enter", "Ctrl+Enter")
    assert person.sees("Still to be given")
    assert "Page K-01 written 08:00" not in person.chips()


def test_a_backup_inside_the_study_folder_is_refused(person: Person) -> None:
    person.folder()
    person.administrator()
    person.investigator()
    person.paper()
    person.fill(str(person.study / "copies"))
    assert person.sees("lies in the study folder")
    assert not person.study.exists()


def test_a_backup_that_fails_is_tried_again_on_the_study_that_stands(person: Person) -> None:
    person.stick.symlink_to(person.root / "nowhere")
    person.folder()
    person.administrator()
    person.investigator()
    person.paper()
    person.fill(str(person.stick))
    person.wait_for("The study is created, but not its backup.")
    assert person.created == [] and person.study.exists()
    person.press("Ctrl+A")
    person.fill(str(person.root / "other"))
    person.wait(lambda: bool(person.created))
    assert len(backup_file.backups(person.root / "other")) == 1


def test_the_study_can_be_entered_without_the_backup_that_failed(person: Person) -> None:
    person.stick.symlink_to(person.root / "nowhere")
    person.folder()
    person.administrator()
    person.investigator()
    person.paper()
    person.fill(str(person.stick))
    person.wait_for("The study is created, but not its backup.")
    person.press("Ctrl+G")
    assert person.created == [person.study]


def test_a_study_that_is_there_is_opened_instead(person: Person, study: Study) -> None:
    person.answers = [person.root, study.folder.path]
    person.press("Ctrl+E")
    assert person.sees("holds no study: study.sled is missing.")
    person.press("Ctrl+E")
    assert person.created == [study.folder.path]


def test_the_other_language_keeps_what_was_typed_and_cuts_nothing(person: Person) -> None:
    person.folder()
    person.fill("xu.feng", "Xu Feng")
    person.press("Ctrl+Shift+L")
    assert person.sees("Xu Feng") and person.sees("建立研究")
    person.type(PASSWORD)
    person.press("Enter")
    person.fill(PASSWORD)
    person.investigator()
    person.wait(lambda: not _cut(person.window))
    person.press("Ctrl+Shift+L")
    person.wait(lambda: not _cut(person.window))


def _cut(window: QWidget) -> list[str]:
    from PySide6.QtWidgets import QLabel

    labels = [each for each in window.findChildren(QLabel) if each.isVisible()]
    return [each.text() for each in labels if label_is_cut(each)]
