"""The stock on sheets and paper: it balances, tells no name, is superseded by whatever moves the lot."""

from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from dose_fixtures import at, dispense, inject
from stock_fixtures import A3, C7, LOT, enter, made_supplied, supplied
from study_fixtures import Study, clock, made_study
from trial_fixtures import made_arms, made_trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles, stock
from sle_desk.exports.exporting import write_export
from sle_desk.exports.printing import (
    print_again,
    print_date_card,
    print_dose_diary,
    print_one,
    print_slip,
    print_stock_log,
)
from sle_desk.exports.read_back import read_back
from sle_desk.exports.stock_logs import stock_log
from sle_desk.services import dose_corrections, dose_log, papers, plan, printables, subjects
from sle_desk.services import people as accounts
from sle_desk.services import stock as entries
from sle_desk.services.dispositions import record_disposition
from sle_desk.services.snapshots import snapshot
from sle_desk.services.stock import Verdict, VialsBack

__all__ = ["clock", "made_arms", "made_study", "made_supplied", "made_trial", "supplied"]
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
EN = Language("en")


@pytest.fixture
def desk(supplied: Study):
    """A lot received and partly quarantined, a kit handed to subject 3, one injection, vials back."""
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    at(supplied, desk.today(), "16:00")
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk)
    wrong = enter(desk, count=7, document="DN-9")
    entries.take_back(desk, wrong, "slip")
    enter(desk, stock.QUARANTINED, count=4)
    dispense(desk, INTERLEUKIN, 20)
    inject(desk, INTERLEUKIN)
    back = VialsBack(INTERLEUKIN, "IL2", LOT, A3.strength, desk.today(), used=1, unused=2, document="D-1")
    entries.record_return(desk, back)
    return desk


def sheet(read, name):
    return next(table for table in read if table.name == name)


def rows(read, name):
    table = sheet(read, name)
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def test_the_sheets_of_the_stock_add_up_and_the_sponsor_gets_none(desk, tmp_path) -> None:
    read = read_back(write_export(desk, tmp_path, "site", EN).path)
    moved, (lot,) = rows(read, "STOCK_MOVEMENTS"), rows(read, "STOCK_LOTS")
    sums = {}
    for row in moved:
        if row["TO"] and row["COUNTS"] == "Y":
            count = abs(row["COUNT"])
            sums[row["FROM"]] = sums.get(row["FROM"], 0) - count
            sums[row["TO"]] = sums.get(row["TO"], 0) + count
    assert sum(sums.values()) == 0 and len(moved) == 8
    for place, count in sums.items():
        name = {"outside": "RECEIVED", "shelf": "IN_STOCK"}.get(place, place.upper())
        assert lot[name] == (-count if place == "outside" else count), place
    assert (lot["RECEIVED"], lot["IN_STOCK"], lot["DIFFERENCE"], lot["DOES_NOT_ADD_UP"]) == (60, 36, 0, "N")
    (vials,) = rows(read, "VIALS_RECONCILED")
    assert (vials["SUBJID"], vials["DISPENSED"], vials["USED"], vials["REMAINING"]) == ("SLE-003", 20, 1, 17)
    sponsor = {table.name for table in read_back(write_export(desk, tmp_path, "sponsor", EN).path)}
    assert not sponsor & {"STOCK_MOVEMENTS", "STOCK_LOTS", "VIALS_RECONCILED"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_log_of_a_lot_shows_every_line_and_what_is_left_after_it(desk, language) -> None:
    done = print_stock_log(desk, A3, Language(language))
    text = words(done.content)
    for shown in (LOT, "DN-1", "DN-9", "SLE-003", "D-1", "40", "36", "−7"):
        assert shown in text, shown
    for number in (1, 2, 3):
        assert subjects.identity_of(desk, number).name not in text
    row = papers.papers(desk)[0]
    assert (row.kind, row.state) == (f"stock_log.IL2/1/{LOT}", "for_signature") and print_again(
        desk, row
    ).same


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "In stock: the count differs by 0 to +1, for nobody can tell"), ("zh_CN", "清点差异在0至+1之间")],
)
def test_the_log_says_of_a_count_that_nobody_can_tell_whether_it_agrees(
    supplied, desk, language, told
) -> None:
    enter(desk, stock.COUNTED, count=36)
    day = desk.today()
    at(supplied, day + timedelta(days=1))
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    dispense(desk, INTERLEUKIN, 1, day)
    assert "".join(told.split()) in "".join(
        words(print_stock_log(desk, A3, Language(language)).content).split()
    )


def test_the_lines_of_one_day_stand_in_the_log_as_they_happened(supplied, desk) -> None:
    at(supplied, desk.today() + timedelta(days=1), "09:00")
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    held = enter(desk, stock.QUARANTINED, count=6)
    at(supplied, desk.today(), "15:00")
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    entries.decide(desk, Verdict(stock.RELEASED, held, 6, desk.today(), "Stable.", "Wu Min"))
    with snapshot(desk) as copy:
        lines = [(line.what.en, line.left) for line in stock_log(copy, A3).lines]
    assert lines[-2:] == [("Quarantined after an excursion", 30), ("Released from quarantine", 36)]


def test_a_log_is_superseded_by_what_moves_its_lot_and_by_nothing_else(desk) -> None:
    def state():
        return papers.papers(desk)[-1].state

    print_stock_log(desk, A3, EN)
    enter(desk, lot=C7, count=3)
    assert state() == "for_signature"
    dose = dose_log.doses(desk, INTERLEUKIN)[0]
    dose_corrections.void_dose(desk, dose.id, "slip", dose.version)
    assert state() == "superseded"
    print_stock_log(desk, A3, EN)
    assert papers.papers(desk)[0].state == "for_signature"
    enter(desk, stock.LOST, count=1)
    assert papers.papers(desk)[0].state == "superseded"


def test_who_keeps_the_stock_prints_its_log_and_no_other_paper(supplied: Study, desk) -> None:
    admin = supplied.sit("xu.feng", roles.ADMINISTRATOR)
    person = next(each.id for each in accounts.people(admin) if each.login == "he.jian")
    accounts.set_roles(admin, person, (roles.DRUG_MANAGER,))
    keeper = supplied.sit("he.jian", roles.DRUG_MANAGER)
    assert print_stock_log(keeper, A3, EN).paper_id
    for act in (print_slip, print_dose_diary, print_date_card):
        with pytest.raises(NotAllowed):
            act(keeper, INTERLEUKIN, EN)
    with pytest.raises(RuleBroken, match=r"stock\.lot_needed"):
        print_stock_log(keeper, C7, EN)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_diary_has_a_row_for_each_planned_injection_to_come_and_nothing_filled_in(desk, language) -> None:
    done = print_dose_diary(desk, INTERLEUKIN, Language(language))
    text = words(done.content)
    together = "".join(text.split())
    waiting = [each.slot for each in plan.calendar(desk, INTERLEUKIN).of_drug("IL2") if each.dose is None]
    assert len(waiting) == 53
    for slot in waiting:
        assert slot.planned_on.isoformat() in text
    # Both languages stand on what is written at home; nobody's name does.
    assert "实际用药日期和时间" in together and "Dateandtimegiven" in together and "SLE-003" in text
    who = subjects.identity_of(desk, INTERLEUKIN)
    assert who.name not in text and who.identity_number not in text
    row = papers.papers(desk)[0]
    assert (row.kind, row.state) == ("dose_diary", "on_ward") and print_again(desk, row).same


def test_the_card_holds_every_day_to_come_and_is_superseded_when_a_drug_is_stopped(desk) -> None:
    done = print_date_card(desk, INTERLEUKIN, EN)
    text, calendar = words(done.content), plan.calendar(desk, INTERLEUKIN)
    ahead = [each.planned for each in calendar.visits if each.on_day is None]
    assert ahead and all(visit.planned_on.isoformat() in text for visit in ahead)
    assert all(each.slot.planned_on.isoformat() in text for each in calendar.slots if each.dose is None)
    record_disposition(desk, INTERLEUKIN, "drug_stop", "IL2", desk.today(), "subject")
    assert papers.papers(desk)[0].state == "superseded"


def test_before_the_first_dose_no_diary_and_no_card_has_a_date(desk) -> None:
    for act in (print_dose_diary, print_date_card):
        with pytest.raises(RuleBroken, match=r"paper\.no_dates"):
            act(desk, BOTH, EN)


def test_what_can_be_printed_names_cards_diaries_and_lots(desk) -> None:
    found = [(row.kind, row.subject_id) for row in printables.printables(desk)]
    assert [who for kind, who in found if kind == "date_card"] == [1, 2, 3]
    assert [who for kind, who in found if kind == "dose_diary"] == [1, 3]
    (log,) = [row for row in printables.printables(desk) if row.kind == "stock_log"]
    assert printables.lot_of(log.visit) == A3 and print_one(desk, log, EN).paper_id
    with pytest.raises(RuleBroken, match=r"stock\.lot_needed"):
        printables.lot_of("IL2")
