"""What was drawn before the first dose of any study drug."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some
from study_fixtures import BEIJING

from sle_desk.domain.first_dose import FirstDose, drawn_before, first_dose

DAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
doses = some.lists(
    some.tuples(some.integers(0, 3), some.one_of(some.none(), some.integers(0, 1439))).map(
        lambda each: (
            DAY + timedelta(days=each[0]),
            None if each[1] is None else NINE.replace(hour=0) + timedelta(days=each[0], minutes=each[1]),
        )
    )
)


def test_before_there_is_a_dose_there_is_no_first_one():
    assert first_dose(()) is None


def test_the_time_is_open_where_one_dose_of_the_day_has_none():
    assert first_dose([(DAY, NINE), (DAY, None)]) == FirstDose(DAY, None)
    assert first_dose([(DAY, NINE), (DAY + timedelta(days=2), None)]) == FirstDose(DAY, NINE)


@given(doses)
def test_the_first_dose_is_of_the_first_day_in_whatever_order(given_doses):
    found = first_dose(given_doses)
    assert found == first_dose(reversed(given_doses))
    if found is None:
        assert not given_doses
        return
    assert found.on_day == min(day for day, _ in given_doses)
    of_day = [at for day, at in given_doses if day == found.on_day]
    assert found.at == (None if None in of_day else min(of_day))


def test_times_decide_on_the_day_itself_and_without_one_nobody_can_tell():
    known, unknown = FirstDose(DAY, NINE), FirstDose(DAY, None)
    before, after = NINE - timedelta(minutes=1), NINE + timedelta(minutes=1)
    assert (drawn_before(known, before), drawn_before(known, NINE), drawn_before(known, after)) == (
        True,
        False,
        False,
    )
    assert drawn_before(unknown, before) is None
    for day in (known, unknown):
        assert drawn_before(day, NINE - timedelta(days=1)) is True
        assert drawn_before(day, NINE + timedelta(days=1)) is False
