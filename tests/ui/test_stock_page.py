"""The stock by keys: received, kept apart, assessed, counted, destroyed, taken back, brought back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from at_the_desk import Person, people
from dose_fixtures import dispense, inject
from PySide6.QtWidgets import QApplication
from stock_fixtures import A3, LOT, enter, made_supplied, supplied
from study_fixtures import Study, clock, made_study
from trial_fixtures import made_arms, made_trial

from sle_desk.domain import roles, stock
from sle_desk.services import people as accounts
from sle_desk.services import reconciliation, stock_rows
from sle_desk.services.stock_rows import LotRow
from sle_desk.ui.key_conflicts import conflicts

__all__ = ["clock", "made_arms", "made_study", "made_supplied", "made_trial", "people", "supplied"]
KEEPER, INTERLEUKIN = "he.jian", 3
SAID = {
    "en": {
        "received": "Received: 60, lot 202611-B7.", "good": "balanced", "gap": "does not add up",
        "differs": "counted otherwise than the ledger says", "decided": "decided", "back": "was taken back",
        "short": "by the ledger 53 are there", "row": "Not the same person.", "left": "4 with the subject",
        "more": "vials more than doses and kits explain: 4", "today": "counted otherwise",
    },
    "zh_CN": {
        "received": "接收：60支，批号202611-B7。", "good": "账实相符", "gap": "账实不符",
        "differs": "清点与台账不符", "decided": "已判定", "back": "已冲销",
        "short": "台账自该时起可用53支", "row": "Not the same person.", "left": "受试者处4",
        "more": "多出4支", "today": "清点与台账不符",
    },
}  # fmt: skip


@pytest.fixture
def seated(supplied: Study, people: list[Person]) -> Iterator[object]:
    """Return a function that lets a person sit down; He Jian keeps the drugs."""
    admin = supplied.sit("xu.feng", roles.ADMINISTRATOR)
    person = next(each.id for each in accounts.people(admin) if each.login == KEEPER)
    accounts.set_roles(admin, person, (roles.DRUG_MANAGER,))

    def sit(login: str, language: str) -> Person:
        person = Person(supplied, login, language)
        people.append(person)
        return person

    yield sit


def lot(person: Person) -> LotRow:
    (row,) = stock_rows.stock_view(person.desk).lots
    return row


def to_tab(person: Person, code: str) -> None:
    """Go to a tab of the stock with Ctrl+PgDn, and wait for its list."""
    for _ in person.page.entries:
        if person.page.tabs.code() == code:
            break
        person.press("Ctrl+PageDown")
        person.until(lambda: True)
    assert person.page.tabs.code() == code
    person.until_table()


@pytest.mark.parametrize("language", ["en", pytest.param("zh_CN", marks=pytest.mark.slow)])
def test_the_drug_manager_keeps_a_lot_by_keys_from_receipt_to_destruction(seated, language) -> None:
    person, said = seated(KEEPER, language), SAID[language]
    # Without a page Today this is where the drug manager begins.
    person.until_page("kits")
    to_tab(person, "lots")
    person.press("Ctrl+N", "2")
    person.told(":202611-B7", ":1", ":2027-05-01", ":60", ":Depot", ":DN-1", ":5.1", ":t", ":", ":")
    person.press("Ctrl+Enter")
    person.wait_for(said["received"])
    assert (lot(person).lot.lot, lot(person).places["shelf"]) == ("202611-B7", 60)
    person.until_table()
    assert said["good"] in person.row_words(lambda row: isinstance(row, LotRow))
    # An excursion of this morning.
    person.press("Q")
    person.told(":7", ":t", ":", ":t", ":0600", ":t", ":0730", ":", ":11.4", ":", ":The door stood open.")
    person.press("Ctrl+Enter")
    person.wait(lambda: lot(person).places["quarantine"] == 7)
    person.until_table()
    # More than is left is refused below its field, and what was typed stays.
    person.press("B", "1")
    person.told(":54", ":t", ":", ":Broke.")
    person.press("Ctrl+Enter")
    person.wait_for(said["short"])
    assert lot(person).places["missing"] == 0
    person.press("Esc")
    person.until_table()
    to_tab(person, "excursions")
    person.press("A", "2")
    person.told(":7", ":t", ":Above 8 °C for 90 min.", ":Wu Min", ":L-3")
    person.press("Ctrl+Enter")
    person.wait(lambda: lot(person).places["condemned"] == 7)
    person.until_table()
    assert said["decided"] in person.row_words(lambda row: True)
    to_tab(person, "lots")
    person.press("X", "3")
    person.told(":7", ":t", ":CD-1", ":", ":He Jian", ":Chen Lan", ":")
    person.press("Ctrl+Enter")
    person.wait(lambda: lot(person).places["destroyed"] == 7)
    person.until_table()
    assert said["good"] in person.row_words(lambda row: isinstance(row, LotRow))
    assert conflicts(person.page) == ()


def test_not_done_is_no_answer_where_a_movement_needs_one(seated) -> None:
    person = seated(KEEPER, "en")
    person.until_page("kits")
    to_tab(person, "lots")
    person.press("Ctrl+N", "2")
    person.told(":202611-B7", ":1", ":2027-05-01", ":60", ":Depot", ":DN-1", ":5.1")
    # The day, as if it were one of a visit.
    person.press("N", "1", "Enter", "Ctrl+Enter")
    person.wait_for("Every field that is asked for is needed here.")
    assert stock_rows.stock_view(person.desk).lines == ()
    person.told(":t")
    person.press("Ctrl+Enter")
    person.wait(lambda: len(stock_rows.stock_view(person.desk).lines) == 1)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "zh_CN"])
def test_a_count_that_differs_stands_above_every_tab_and_a_wrong_line_is_taken_back(
    seated, supplied, language
) -> None:
    desk, said = supplied.sit("chen.lan", roles.COORDINATOR), SAID[language]
    enter(desk)
    person = seated(KEEPER, language)
    to_tab(person, "lots")
    person.press("C", "1")
    person.told(":59", ":t", ":", ":He Jian", ":", ":One box is torn.")
    person.press("Ctrl+Enter")
    person.wait_for(said["differs"])
    # Each language has marks of its own between the words.
    assert {"en": "202607-A3: ", "zh_CN": "202607-A3："}[language] in person.seen()
    to_tab(person, "movements")
    assert person.sees(said["differs"])
    person.to_row(lambda row: row.movement.kind == stock.COUNTED)
    person.press("Ctrl+Shift+X")
    person.until_dialog()
    person.press("1", "Ctrl+Enter")
    person.wait(lambda: not person.sees(said["differs"]))
    person.until_table()
    assert said["back"] in person.row_words(
        lambda row: row.movement.kind == stock.COUNTED and row.movement.corrects is None
    )


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_vials_brought_back_are_entered_on_the_doses_page_and_stand_in_its_card(
    seated, supplied, language
) -> None:
    desk, said = supplied.sit("chen.lan", roles.COORDINATOR), SAID[language]
    enter(desk)
    dispense(desk, INTERLEUKIN, 7)
    inject(desk, INTERLEUKIN)
    person = seated("lin.yue", language)
    person.to_page("dose_list")
    person.until_table()
    person.to_row(lambda row: row.who.code == "SLE-003")
    person.press("Enter")
    person.until_page("doses")
    person.until_table()
    person.press("R")
    person.until_dialog()
    person.told(":1", ":2", ":0")
    person.press("Ctrl+Enter")
    person.wait_for(said["left"])
    (row,) = reconciliation.reconciliation(person.desk, INTERLEUKIN)
    assert (row.used_back, row.unused_back, row.remaining, row.difference) == (1, 2, 4, 0)
    person.until_table()
    person.press("R")
    person.until_dialog()
    person.told(":4", ":0", ":0")
    person.press("Ctrl+Enter")
    person.wait_for(said["more"])


def test_a_gap_stands_on_today_and_enter_leads_to_the_stock(seated, supplied) -> None:
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk)
    enter(desk, stock.COUNTED, count=58, note="Two are lacking.")
    person = seated("chen.lan", "en")
    person.wait_for(SAID["en"]["today"])
    person.to_row(lambda row: any(item.code == "stock_gap" for item in getattr(row, "items", ())))
    person.press("Enter")
    person.until_page("stock")
    assert person.page.tabs.code() == "lots" and person.sees(LOT)


def test_the_log_of_a_lot_is_printed_where_the_stock_is_kept(seated, supplied, tmp_path) -> None:
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk)
    person = seated(KEEPER, "en")
    to_tab(person, "lots")
    target = tmp_path / "log.pdf"
    person.page.tab("lots").ask_new_file = lambda parent, title, proposed: target
    person.press("P")
    person.wait_for("R-0001 printed and saved.")
    assert target.read_bytes().startswith(b"%PDF") and lot(person).lot == A3


def test_vials_of_a_lot_whose_kit_nobody_entered_are_recorded_with_a_note(seated, supplied) -> None:
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk)
    inject(desk, INTERLEUKIN, reason="ward")
    person = seated("lin.yue", "en")
    person.to_page("dose_list")
    person.until_table()
    person.to_row(lambda row: row.who.code == "SLE-003")
    person.press("Enter")
    person.until_page("doses")
    person.until_table()
    person.press("R")
    person.until_dialog()
    person.told(f":{LOT}", ":1", ":", ":2", ":")
    person.press("Ctrl+Enter")
    person.wait_for("had not been handed to this subject by")
    dialog = QApplication.activeModalWidget()
    dialog.view.go_to("note")
    person.told(":Kit of May, paper lost")
    person.press("Ctrl+Enter")
    person.wait_for("Recorded: 0 used, 2 unused, 0 lost.")
    assert lot(person).places["returned"] == 2 and lot(person).places["with_subject"] == -2
    (gap,) = lot(person).gaps
    assert (gap.kind, gap.subject_id, gap.count) == ("short", INTERLEUKIN, 2)


def test_vials_go_back_to_the_sponsor_by_keys(seated, supplied) -> None:
    enter(supplied.sit("chen.lan", roles.COORDINATOR))
    person = seated(KEEPER, "en")
    to_tab(person, "lots")
    person.press("S", "1")
    person.told(":5", ":t", ":", ":Depot", ":RN-3", ":He Jian", ":")
    person.press("Ctrl+Enter")
    person.until(lambda: lot(person).places["with_sponsor"] == 5)
    assert lot(person).places["shelf"] == 55 and lot(person).gaps == ()
    assert not conflicts(person.window)
