"""The doses of one subject by keys: the strip, a kit, an infusion in two steps, a home diary."""

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, infuse, inject
from study_fixtures import START, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist
from ward_window import WardWindow

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import dispensing, dose_log
from sle_desk.ui.desk_page import Go
from sle_desk.ui.keybar import hints_from

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]

BOTH, BELIMUMAB, IL2 = 1, 2, 3


@pytest.fixture
def on_page(qtbot):
    """Return a function that opens the window on a page of a subject."""

    def open_window(study, page, subject_id, login="lin.yue", role=roles.NURSE, language="en"):
        window = WardWindow(study, login, role, language)
        qtbot.addWidget(window)
        window.resize(1440, 900)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.state.go(Go(page, subject_id=subject_id))
        return window

    return open_window


def doses_of(study, subject_id, drug):
    return [row for row in dose_log.doses(study.desk, subject_id) if row.given.drug == drug]


def test_an_injection_is_recorded_from_the_page_and_stands_in_its_row(arms, on_page):
    on_page(arms, "doses", IL2)
    typist = Typist()
    assert typist.sees("No dose yet: every date counts from the first one.")
    typist.press("G", "N", "Enter")
    assert typist.sees("Given") and typist.sees("#1")
    assert doses_of(arms, IL2, "IL2")[0].given.vials == ()
    assert typist.sees("SLE-003: dose 1 recorded as given.")


def test_what_is_planned_and_what_was_given_are_written_alike_in_chinese(arms, on_page):
    on_page(arms, "doses", IL2, language="zh_CN")
    typist = Typist()
    typist.press("G", "N", "Enter")
    assert typist.sees("1 百万 IU") and not typist.sees("100 万 IU")


def test_a_kit_is_recorded_and_its_lot_proposed_at_the_next_dose(arms, on_page):
    on_page(arms, "doses", IL2)
    typist = Typist()
    typist.press("K")
    typist.fill("K-0417", "202607-A3", "2027-06-30", "1", "40")
    typist.press("Ctrl+Enter")
    kit = dispensing.kits(arms.desk, IL2)[0]
    assert (kit.lot, kit.count, kit.strength, kit.kit) == ("202607-A3", 40, Decimal(1), "K-0417")
    typist.press("G")
    assert typist.sees("202607-A3 · K-0417")


def test_a_subject_without_il2_has_no_injections_on_the_page(arms, on_page):
    on_page(arms, "doses", BELIMUMAB)
    typist = Typist()
    assert not typist.sees("IL-2 dose")
    typist.press("G")
    assert not typist.sees("Reaction since the last dose?")


def test_where_nothing_is_injected_the_key_bar_says_what_keys_do_and_every_column_is_in_sight(arms, on_page):
    nurse = arms.sit("lin.yue", roles.NURSE)
    infuse(arms, nurse, BELIMUMAB)
    window = on_page(arms, "doses", BELIMUMAB)
    window.resize(1280, 720)
    page, typist = window.page("doses"), Typist()
    named = {hint.keys: hint.words for hint in hints_from(page.infusion_table, Language("en"))}
    assert named.keys().isdisjoint("GKH")
    assert (named["D"], named["I"]) == ("another study drug was given", "infusion")
    typist.wait(lambda: page.infusion_table.horizontalScrollBar().maximum() == 0)


def test_a_monitor_can_open_no_strip(arms, on_page):
    on_page(arms, "doses", IL2, "he.jian", roles.MONITOR)
    typist = Typist()
    typist.press("G")
    assert not typist.sees("Reaction since the last dose?")
    assert not typist.sees("Kit handed over")


def test_an_infusion_is_prepared_checked_and_given_within_its_budget(arms, on_page):
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    # The weight of the day is saved already: the sum stands there at once.
    assert typist.sees("10 × 61.2 = 612 mg")
    assert typist.sees("400 + 2 × 120 = 640 mg, 28 mg left over")
    typed, pressed = ("C7K2", "C7K3", "Chen Lan"), 0
    for text in typed:
        typist.type(text)
        typist.press("Enter")
        pressed += 1
    # Nothing to hold the dose for.
    typist.press("N", "Ctrl+Enter")
    pressed += 2
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert (row.progress, row.given.prescribed, row.given.prepared) == (
        "prepared",
        Decimal("612.0"),
        Decimal(640),
    )
    assert typist.sees("Step 2 of 2: record what was given.")
    start = arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    for minutes in (0, 60):
        typist.type(f"{start + timedelta(minutes=minutes):%H%M}")
        typist.press("Enter")
        pressed += 1
    typist.press("N", "Ctrl+Enter")
    pressed += 2
    # With the arrow and Enter that open it from Today, and once more for the second step.
    assert pressed + 4 <= 14
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert (row.progress, row.given.administered, row.given.reaction) == ("given", Decimal("612.0"), "none")
    assert (row.given.prepared_by, row.given.checked_by) == ("Lin Yue", "Chen Lan")
    assert [(used.strength, used.count, used.lot) for used in row.given.vials] == [
        (Decimal(400), 1, "C7K2"),
        (Decimal(120), 2, "C7K3"),
    ]
    assert typist.sees("Infusion 1 recorded as given.")


def test_one_person_cannot_prepare_and_check(arms, on_page):
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.fill("C7K2", "C7K3", "Lin Yue")
    typist.press("Ctrl+Enter")
    assert doses_of(arms, BELIMUMAB, "BEL") == []
    assert typist.sees("Step 1 of 2: prepare and check. Nothing is given yet.")


def test_a_weight_far_from_the_last_one_is_weighed_again_before_it_is_used(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    infuse(arms, desk, BELIMUMAB)
    at(arms, START.date() + timedelta(days=28), "09:00")
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    assert typist.sees("Weigh first: 10 mg/kg of the weight of the day.")
    typist.fill("71.2")
    assert typist.sees("Weigh again and type the second weight.")
    typist.fill("71.2")
    assert typist.sees("Weighed twice: 71.2 kg.")
    assert typist.sees("10 × 71.2 = 712 mg")


def test_an_infusion_that_nobody_prepared_here_is_recorded_all_the_same(arms, on_page):
    on_page(arms, "infusion", BELIMUMAB)
    arms.clock.advance(timedelta(hours=3))
    now = arms.clock.now()
    typist = Typist()
    typist.press("F7")
    assert typist.sees("Given already, and not recorded as prepared.")
    typist.fill(f"{now - timedelta(minutes=90):%H%M}", f"{now - timedelta(minutes=30):%H%M}")
    typist.press("N", "Enter")
    # The weight is the one saved today: its day is offered.
    typist.fill("61.2", "", "C7K2", "C7K3", "", "1", "2", "", "", "", "", "612", "", "612")
    typist.press("Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert (row.progress, row.given.weight, row.given.administered) == (
        "given",
        Decimal("61.2"),
        Decimal(612),
    )
    assert (row.given.prepared, row.given.checked_by) == (Decimal(640), "")
    assert row.given.weight_day == START.date()


def test_a_diary_begins_empty_and_its_rows_are_recorded_together(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=5), "09:00")
    on_page(arms, "diary", IL2)
    typist = Typist()
    assert typist.sees("Dose 2, planned 2026-11-25") and typist.sees("Dose 3, planned 2026-11-27")
    typist.fill("D-07", "t")
    keys = ("G", "8", "0", "0", "Enter", "2", "N")
    assert len(keys) <= 4 + 3
    typist.press(*keys)
    typist.press("M", "1", "Ctrl+Enter")
    rows = doses_of(arms, IL2, "IL2")
    assert [(row.progress, row.slot.number) for row in rows] == [("given", 1), ("given", 2), ("missed", 3)]
    assert rows[1].given.place == "home"
    assert rows[1].given.source_reference == "D-07, 2026-11-28"
    assert f"{rows[1].given.started_at:%m-%d %H:%M}" == "11-25 08:00"
    assert typist.sees("SLE-003: diary rows recorded: 2.")


def test_a_diary_row_that_is_not_as_planned_is_asked_why_and_keeps_what_was_typed(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=8), "09:00")
    on_page(arms, "diary", IL2)
    typist = Typist()
    typist.fill("D-07", "t")
    # Dose 2 was given on the day of dose 3, the fourth day after dose 1: the gap is too long.
    typist.press("D")
    typist.fill("2026-11-27", "0800")
    typist.press("2", "N", "Ctrl+Enter")
    assert len(doses_of(arms, IL2, "IL2")) == 1
    assert typist.sees("Dose 2:")
    typist.press("1", "Ctrl+Enter")
    rows = doses_of(arms, IL2, "IL2")
    assert (rows[-1].given.reason, rows[-1].slot.number) == ("subject", 2)


def test_a_dose_of_another_day_is_never_recorded_on_the_planned_one_for_want_of_its_date(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=8), "09:00")
    on_page(arms, "diary", IL2)
    typist = Typist()
    typist.fill("D-07", "t")
    typist.press("D")
    typist.fill("", "0800")
    # Asked a second time a form saves past what is missing: this is no gap that may stay.
    typist.press("2", "N", "Ctrl+Enter", "Ctrl+Enter")
    assert len(doses_of(arms, IL2, "IL2")) == 1
    assert typist.sees("Dose 2 was given on another day, and the diary does not say on which.")
