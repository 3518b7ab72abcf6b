"""24 weeks of each arm with misses, a pause and an overdose: doses, vials, sheets and figures agree."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from stock_fixtures import enter, made_supplied, supplied
from study_fixtures import Study
from trial_fixtures import decide, made_arms, made_trial
from whole_courses import (
    BAG,
    KIT_1,
    KIT_2,
    SMALL,
    SPARE,
    WholeCourse,
    balanced,
    count_shelves,
    lots,
    sheets_equal_database,
)

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles, stock
from sle_desk.domain.protocol import VALUE
from sle_desk.services import dose_log, plan
from sle_desk.services import stock as entries
from sle_desk.services.not_given import NotGiven, record_not_given
from sle_desk.services.stock import Verdict

__all__ = ["made_arms", "made_supplied", "made_trial", "supplied"]
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


def given_in_all(course: WholeCourse) -> dict[str, tuple[int, Decimal]]:
    """Return the doses given of each drug and their sum."""
    shown = dose_log.dose_log(course.desk, course.subject_id).exposure
    return {row.drug: (row.doses, row.amount) for row in shown}


def test_a_course_on_both_drugs_is_reconciled_to_the_ledger(supplied: Study, tmp_path: Path) -> None:
    course = WholeCourse(supplied, BOTH)
    course.receive(A3=30, B4=40, C7K400=8, C7K120=15, D8K120=2)
    course.hand_over(KIT_1, 30)
    course.infuse((BAG, 1), (SMALL, 2))
    course.inject(KIT_1)
    course.go(29)
    course.diary(KIT_1, range(2, 15), missed={5: "forgotten", 9: "fever_or_infection"})
    course.infuse((BAG, 1), (SMALL, 2))
    course.inject(KIT_1)
    course.go(57)
    course.diary(KIT_1, range(16, 29), double={20})
    # 27 vials of the first kit were used: one was thrown away at home.
    course.bring_back(KIT_1, used=26, unused=3)
    course.hand_over(KIT_2, 30)
    course.infuse((BAG, 1), (SMALL, 1), (SPARE, 1))
    course.inject(KIT_2)
    course.go(61)
    course.diary(KIT_2, [30])
    course.pause("IL2", 61)
    course.go(65, "20:00")
    course.inject(KIT_2, place="home", reason="mistake")
    course.go(75)
    course.resume("IL2", 75)
    for visit, numbers in ((85, range(38, 43)), (113, range(44, 47)), (141, range(48, 51))):
        course.go(visit)
        course.diary(KIT_2, numbers)
        course.infuse((BAG, 1), (SMALL, 2))
        course.inject(KIT_2)
    course.go(169)
    course.diary(KIT_2, range(52, 55), missed={54: "refused"})
    course.bring_back(KIT_2, used=19, unused=10, lost=1)

    # Of 54: doses 5, 9 and 54 were missed; 31 to 37 (days 61 to 73) lay in the pause, and 33 was given in it.
    assert course.compliance() == {
        ("BEL", "INFUSION"): (6, 6, 6, 0, 0, 0),
        ("BEL", None): (6, 6, 6, 0, 0, 0),
        ("IL2", "STAGE1"): (42, 34, 34, 2, 6, 0),
        ("IL2", "STAGE2"): (12, 11, 11, 1, 0, 0),
        ("IL2", None): (54, 45, 45, 3, 6, 0),
    }
    assert given_in_all(course) == {"BEL": (6, Decimal(3672)), "IL2": (45, Decimal(46))}
    assert course.proposed() == {"dose.missed": 3, "dose.amount_fold": 1, "dose.during_pause": 1}
    (vials,) = (row for row in dose_log.dose_log(course.desk, BOTH).reconciled if row.drug == "IL2")
    assert (vials.dispensed, vials.used, vials.unused_back, vials.lost, vials.remaining) == (60, 46, 13, 1, 0)
    assert (vials.used_back, vials.difference) == (45, 0)

    for lot, account, count in ((KIT_1, stock.RETURNED, 3), (KIT_1, stock.EMPTIES, 26),
                                (KIT_2, stock.RETURNED, 10), (KIT_2, stock.EMPTIES, 19)):  # fmt: skip
        course.destroy(lot, account, count)
    count_shelves(course.desk, {KIT_1: 0, KIT_2: 10, BAG: 2, SMALL: 4, SPARE: 1})
    assert lots(course.desk) == {
        "A3": {"received": 30, "used": 1, "destroyed": 29},
        "B4": {"received": 40, "shelf": 10, "destroyed": 29, "missing": 1},
        "C7K400": {"received": 8, "shelf": 2, "used": 6},
        "C7K120": {"received": 15, "shelf": 4, "used": 11},
        "D8K120": {"received": 2, "shelf": 1, "used": 1},
    }
    assert balanced(course.desk)
    sheets_equal_database(course.desk, tmp_path)


def test_a_course_on_belimumab_alone_is_reconciled_to_the_ledger(supplied: Study, tmp_path: Path) -> None:
    course = WholeCourse(supplied, BELIMUMAB)
    course.receive(C7K400=8, C7K120=20, D8K120=4)
    course.infuse((BAG, 1), (SMALL, 2))
    course.go(29)
    course.spoil((BAG, 1), (SMALL, 2))
    course.infuse((BAG, 1), (SMALL, 2))
    course.go(60)
    record_not_given(course.desk, NotGiven(BELIMUMAB, "BEL", "did_not_come", number=3))
    held = enter(course.desk, stock.QUARANTINED, SMALL, 3)
    for kind, count in ((stock.RELEASED, 2), (stock.WRITTEN_OFF, 1)):
        verdict = Verdict(kind, held, count, course.desk.today(), "By the data of the maker.", "Wu Min")
        entries.decide(course.desk, verdict)
    course.destroy(SMALL, stock.CONDEMNED, 1)
    course.go(80)
    course.pause("BEL", 80)
    course.go(85)
    with pytest.raises(RuleBroken, match=r"prepare\.paused"):
        course.infuse((BAG, 1), (SMALL, 2))
    course.go(110)
    course.resume("BEL", 110)
    course.go(113)
    course.infuse((BAG, 2), administered=Decimal(800), reason="mistake")
    course.go(141)
    course.infuse((BAG, 1), (SMALL, 1), (SPARE, 1))
    course.go(169)

    # Infusion 3 was missed, 4 (day 85) lay in the pause; 5 was 800 mg for 612.
    assert course.compliance() == {
        ("BEL", "INFUSION"): (6, 4, 4, 1, 1, 0),
        ("BEL", None): (6, 4, 4, 1, 1, 0),
    }
    assert given_in_all(course) == {"BEL": (4, Decimal(2636))}
    assert course.proposed() == {"dose.missed": 1, "dose.amount": 1}
    count_shelves(course.desk, {BAG: 2, SMALL: 12, SPARE: 3})
    # What was spoiled was drawn too: six of 400 mg for four doses given and one discarded.
    assert lots(course.desk) == {
        "C7K400": {"received": 8, "shelf": 2, "used": 6},
        "C7K120": {"received": 20, "shelf": 12, "used": 7, "destroyed": 1},
        "D8K120": {"received": 4, "shelf": 3, "used": 1},
    }
    assert balanced(course.desk)
    sheets_equal_database(course.desk, tmp_path)


def test_a_course_on_il_2_alone_goes_on_in_a_second_cycle(supplied: Study, tmp_path: Path) -> None:
    desk = supplied.sit("wu.min", roles.PI)
    decide(supplied, desk, "study.second_cycle", VALUE, study_second_cycle="yes")
    course = WholeCourse(supplied, INTERLEUKIN)
    course.receive(A3=40, B4=30)
    course.hand_over(KIT_1, 40)
    course.inject(KIT_1)
    for visit, numbers, missed, double in (
        (29, range(2, 15), {7: "did_not_come"}, ()),
        (57, range(16, 29), {}, {22}),
    ):
        course.go(visit)
        course.diary(KIT_1, numbers, missed=missed, double=double)
        course.inject(KIT_1)
    course.go(85)
    course.diary(KIT_1, range(30, 41))
    course.bring_back(KIT_1, used=40)
    course.hand_over(KIT_2, 30)
    course.go(113)
    # Nobody had told of it before: it lay over the end of the first stage.
    course.pause_over("IL2", 80, 99)
    course.diary(KIT_2, [45, 46])
    course.inject(KIT_2)
    course.go(141)
    course.diary(KIT_2, range(48, 51))
    course.inject(KIT_2)
    course.go(169)
    course.diary(KIT_2, range(52, 55), missed={53: "forgotten"})
    course.inject(KIT_2)
    course.go(182)
    course.diary(KIT_2, range(56, 62), missed={58: "held_by_doctor"})
    course.bring_back(KIT_2, used=12)

    slots = plan.calendar(course.desk, INTERLEUKIN).of_drug("IL2")
    assert (len(slots), slots[54].slot.planned_on, slots[107].slot.planned_on) == (
        108, course.day(169), course.day(330),
    )  # fmt: skip
    # By day 182: 54 of the first cycle and 7 of the second (55 to 61). Missed are 7, 53 and 58; doses 41 and
    # 42 (days 81, 83), 43 and 44 (days 85, 92) lay in the pause.
    assert course.compliance() == {
        ("IL2", "STAGE1"): (49, 45, 45, 2, 2, 0),
        ("IL2", "STAGE2"): (12, 9, 9, 1, 2, 0),
        ("IL2", None): (61, 54, 54, 3, 4, 0),
    }
    assert given_in_all(course) == {"IL2": (54, Decimal(55))}
    assert course.proposed() == {"dose.missed": 3, "dose.amount_fold": 1}
    count_shelves(course.desk, {KIT_1: 0, KIT_2: 0})
    # Of the second kit 15 vials are with the subject, whose second cycle goes on.
    assert lots(course.desk) == {
        "A3": {"received": 40, "empties": 40},
        "B4": {"received": 30, "with_subject": 15, "used": 3, "empties": 12},
    }
    assert balanced(course.desk)
    sheets_equal_database(course.desk, tmp_path)
