"""Reading typed answers and what is said about them, boundary values first."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import PackageFaulty, RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import checks, form_checks
from sle_desk.domain.checks import (
    IMPOSSIBLE,
    MISSING,
    MISSING_REASONS,
    UNLIKELY,
    Entry,
    Value,
    check_value,
    read,
)
from sle_desk.domain.form_checks import check_form
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.values import compared

NOW = datetime(2026, 11, 23, 8, 20, tzinfo=timezone(timedelta(hours=8)))


def number_field(**rules: object) -> Field:
    return Field("weight", Words("Weight", "体重"), "number", unit="kg", **rules)  # type: ignore[arg-type]


def field_of(kind: str, **rules: object) -> Field:
    return Field("item", Words("Item", "项目"), kind, **rules)  # type: ignore[arg-type]


def refusal_code(asked: Field, typed: str) -> str:
    with pytest.raises(RuleBroken) as refused:
        read(asked, typed, NOW)
    return refused.value.code


def codes(findings: tuple[checks.Finding, ...]) -> list[tuple[int, str]]:
    return [(finding.level, finding.code) for finding in findings]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1,25", "number.comma"),
        (".5", "number.unreadable"),
        ("5.", "number.unreadable"),
        ("1..2", "number.unreadable"),
        ("1e3", "number.unreadable"),
        ("10⁹", "number.unreadable"),
        ("½", "number.unreadable"),
        ("٣٥", "number.unreadable"),
        ("३", "number.unreadable"),
        ("<0.5", "number.comparator"),
        ("1234567890123", "number.size"),
        ("", "value.empty"),
        ("   ", "value.empty"),
    ],
)
def test_a_doubtful_number_is_refused(typed: str, code: str) -> None:
    assert refusal_code(number_field(), typed) == code


def test_full_width_digits_are_read_and_kept_plain() -> None:
    value = read(number_field(), "１２．５", NOW)
    assert (value.number, value.typed) == (Decimal("12.5"), "12.5")


def test_digits_are_kept_as_typed() -> None:
    assert read(number_field(), "96", NOW).as_typed == "96"
    assert read(number_field(), "96.0", NOW).as_typed == "96.0"


def test_a_comparator_is_read_only_where_it_is_allowed() -> None:
    value = read(number_field(), "<0.5", NOW, comparators=True)
    assert (value.comparator, value.number, value.as_typed) == ("<", Decimal("0.5"), "<0.5")


def test_more_decimals_than_declared_are_refused() -> None:
    assert read(number_field(decimals=1), "56.4", NOW).number == Decimal("56.4")
    assert refusal_code(number_field(decimals=1), "56.45") == "number.decimals"


@pytest.mark.parametrize("typed", ["2026-02-30", "2026-04-31"])
def test_a_day_that_is_not_in_the_calendar_is_refused(typed: str) -> None:
    assert refusal_code(field_of("day"), typed) == "day.not_in_month"


@pytest.mark.parametrize("kind", ["day", "partial_day"])
@pytest.mark.parametrize("typed", ["0206-11-23", "1900-02-28", "02061123"])
def test_a_day_that_no_workbook_can_count_is_a_mistyped_year(kind: str, typed: str) -> None:
    assert refusal_code(field_of(kind), typed) == "day.too_early"
    assert refusal_code(field_of("partial_day"), "0206-11-UK") == "day.too_early"
    assert read(field_of(kind), "1900-03-01", NOW).as_typed


@pytest.mark.parametrize("typed", ["261123", "11/23/26", "23/11/2026"])
def test_an_ambiguous_day_is_refused(typed: str) -> None:
    assert refusal_code(field_of("day"), typed) == "day.ambiguous"


@pytest.mark.parametrize(
    "typed", ["2026-11-23", "20261123", "11-23", "23", "t", "2026年11月23日", "2026/11/23"]
)
def test_a_day_is_read_in_each_agreed_form(typed: str) -> None:
    assert read(field_of("day"), typed, NOW).day == date(2026, 11, 23)


def test_a_partial_day_and_a_time_are_kept_as_text() -> None:
    assert read(field_of("partial_day"), "2026-11-uk", NOW).text == "2026-11-UK"
    assert read(field_of("time"), "834", NOW).text == "08:34"
    assert read(field_of("time"), "n-10", NOW).text == "08:10"


def test_only_a_declared_choice_is_read() -> None:
    asked = field_of("choice", choices=(Choice("yes", Words("Yes", "是"), "Y"),))
    assert read(asked, "yes", NOW).choice == "yes"
    assert refusal_code(asked, "no") == "choice.unknown"


def test_a_line_break_is_kept_in_a_note_and_refused_in_a_line() -> None:
    assert read(field_of("note"), "one\ntwo", NOW).text == "one\ntwo"
    assert refusal_code(field_of("text"), "one\ntwo") == "text.one_line"


def test_an_invisible_direction_mark_is_refused() -> None:
    assert refusal_code(field_of("text"), "A\u202eB") == "text.control"


@pytest.mark.parametrize(
    "hidden", ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u034f", "\u3164"]
)
@pytest.mark.parametrize("kind", ["text", "note"])
def test_what_cannot_be_seen_is_refused_wherever_it_stands(kind: str, hidden: str) -> None:
    for typed in (f"A{hidden}B", f"{hidden}AB", f"AB{hidden}"):
        assert refusal_code(field_of(kind), typed) == "text.control"


def test_a_letter_of_two_signs_and_a_chosen_form_of_a_character_are_kept_as_typed() -> None:
    for typed in ("Jose\u0301", "\u908a\U000e0100", "a\u0300"):
        assert read(field_of("text"), typed, NOW).text == typed


@pytest.mark.parametrize(
    "other", ["JOSÉ LI", "jose\u0301 li", "José  Li", "Jo\u00adsé Li", "José\u200b Li\ufeff", "Ｊosé\u3000Li"]
)
def test_two_writings_of_one_name_are_compared_as_one(other: str) -> None:
    assert compared(other) == compared("José Li")
    assert compared(f"{other}a") != compared("José Li")


@pytest.mark.parametrize("kind", ["number", "text", "note", "choice", "day", "partial_day", "time"])
@pytest.mark.parametrize("reason", [reason.code for reason in MISSING_REASONS])
def test_a_missing_reason_is_read_back_in_every_kind_of_field(kind: str, reason: str) -> None:
    choices = (Choice("yes", Words("Yes", "是"), "Y"),) if kind == "choice" else ()
    value = read(field_of(kind, choices=choices), Entry(missing=reason).typed, NOW)
    assert value == Value(missing=reason)
    assert Entry.of(value.as_typed) == Entry(missing=reason)


def test_an_unknown_missing_reason_is_only_text() -> None:
    assert Entry.of("not-done:whatever") == Entry(text="not-done:whatever")


def test_a_value_is_exactly_one_thing() -> None:
    with pytest.raises(ValueError):
        Value()
    with pytest.raises(ValueError):
        Value(text="a", choice="b")
    with pytest.raises(ValueError):
        Value(text="a", comparator="<")


@given(st.decimals(-(10**6), 10**6, places=4))
def test_a_number_reads_back_as_itself(number: Decimal) -> None:
    value = read(number_field(), format(number, "f"), NOW)
    assert read(number_field(), value.as_typed, NOW) == value
    assert value.number == number


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("29.9", [(IMPOSSIBLE, "value.impossible")]),
        ("30", [(UNLIKELY, "value.unlikely")]),
        ("39.9", [(UNLIKELY, "value.unlikely")]),
        ("40", []),
        ("120", []),
        ("120.1", [(UNLIKELY, "value.unlikely")]),
        ("150", [(UNLIKELY, "value.unlikely")]),
        ("150.1", [(IMPOSSIBLE, "value.impossible")]),
    ],
)
def test_limits_belong_to_what_is_allowed(typed: str, expected: list[tuple[int, str]]) -> None:
    asked = number_field(hard=(Decimal(30), Decimal(150)), soft=(Decimal(40), Decimal(120)))
    assert codes(check_value(asked, read(asked, typed, NOW), None, NOW)) == expected


@pytest.mark.parametrize(("typed", "expected"), [("55", 0), ("45", 0), ("55.1", 1), ("44.9", 1)])
def test_a_change_beyond_the_declared_percentage_is_unlikely(typed: str, expected: int) -> None:
    asked = number_field(change_percent=Decimal(10))
    found = check_value(asked, read(asked, typed, NOW), Value(number=Decimal(50), typed="50"), NOW)
    assert codes(found) == [(UNLIKELY, "value.changed")] * expected


def test_a_change_from_nothing_is_not_judged() -> None:
    asked = number_field(change_percent=Decimal(10))
    assert check_value(asked, Value(number=Decimal(5)), Value(number=Decimal(0)), NOW) == ()
    assert check_value(asked, Value(number=Decimal(5)), Value(missing="forgotten"), NOW) == ()


def test_a_percentage_typed_as_a_ratio_is_refused_with_its_fix() -> None:
    asked = Field(
        "hct",
        Words("Haematocrit", "血细胞比容"),
        "number",
        unit="L/L",
        hard=(Decimal("0.05"), Decimal("0.8")),
    )
    (found,) = check_value(asked, read(asked, "30.1", NOW), None, NOW)
    assert (found.level, found.code, found.fix) == (IMPOSSIBLE, "value.other_unit", "0.301")
    assert found.facts["other_unit"] == "%"


def test_no_fix_is_offered_that_would_be_impossible_too() -> None:
    asked = number_field(hard=(Decimal(30), Decimal(150)))
    height = Field("height", Words("Height", "身高"), "number", unit="cm", hard=(Decimal(120), Decimal(220)))
    assert check_value(asked, read(asked, "3", NOW), None, NOW)[0].fix is None
    assert check_value(height, read(height, "1.62", NOW), None, NOW)[0].fix == "162"
    assert check_value(height, read(height, "0.5", NOW), None, NOW)[0].fix is None


def test_a_future_day_is_impossible_unless_it_is_allowed() -> None:
    today, tomorrow = Value(day=NOW.date()), Value(day=NOW.date() + timedelta(days=1))
    assert check_value(field_of("day"), today, None, NOW) == ()
    assert codes(check_value(field_of("day"), tomorrow, None, NOW)) == [(IMPOSSIBLE, "day.future")]
    assert check_value(field_of("day", future_allowed=True), tomorrow, None, NOW) == ()


@pytest.mark.parametrize(("partial", "expected"), [("2026-11-UK", 0), ("2026-UK-UK", 0), ("2026-12-UK", 1)])
def test_a_partial_day_is_future_only_when_it_must_be(partial: str, expected: int) -> None:
    assert len(check_value(field_of("partial_day"), Value(text=partial), None, NOW)) == expected


@pytest.mark.parametrize(("day", "expected"), [(date(1992, 3, 1), 0), (date(1992, 2, 29), 1)])
def test_a_day_before_birth_is_impossible(day: date, expected: int) -> None:
    found = check_value(field_of("day"), Value(day=day), None, NOW, born=date(1992, 3, 1))
    assert codes(found) == [(IMPOSSIBLE, "day.before_birth")] * expected


YES_NO = (Choice("yes", Words("Yes", "是"), "Y"), Choice("no", Words("No", "否"), "N"))


def small_form(**rules: object) -> Form:
    fields = (
        Field("done", Words("Done", "已做"), "choice", choices=YES_NO),
        Field("why", Words("Why", "原因"), "choice", choices=YES_NO, show_if=("done", "no")),
        Field("words", Words("Words", "说明"), "text", show_if=("why", "no")),
        Field("remark", Words("Remark", "备注"), "note", required=False),
    )
    return Form("small", "1", Words("Small", "小"), (Section(Words("All", "全部"), fields),), **rules)  # type: ignore[arg-type]


def test_only_what_is_asked_for_can_be_missing() -> None:
    assert [found.field for found in check_form(small_form(), {}, NOW)] == ["done"]
    asked = check_form(small_form(), {"done": Value(choice="no")}, NOW)
    assert [(found.level, found.field) for found in asked] == [(MISSING, "why")]


def test_an_answer_that_is_hidden_itself_shows_no_other_field() -> None:
    values = {"done": Value(choice="yes"), "why": Value(choice="no")}
    assert [asked.code for asked in form_checks.shown_fields(small_form(), values)] == ["done", "remark"]


def test_a_missing_reason_answers_a_required_field() -> None:
    assert check_form(small_form(), {"done": Value(missing="refused")}, NOW) == ()


def test_a_check_that_nobody_wrote_is_refused() -> None:
    form = small_form(checks=("no_such_check",))
    assert form_checks.unknown_checks(form) == ("no_such_check",)
    with pytest.raises(PackageFaulty):
        check_form(form, {}, NOW)


def pressures(systolic: str, diastolic: str) -> tuple[checks.Finding, ...]:
    fields = tuple(Field(code, Words(code, code), "number") for code in ("systolic", "diastolic"))
    form = Form("v", "1", Words("V", "V"), (Section(Words("A", "A"), fields),), ("systolic_above_diastolic",))
    typed = {"systolic": systolic, "diastolic": diastolic}
    return check_form(form, {code: read(form.field(code), typed[code], NOW) for code in typed}, NOW)


def test_systolic_must_be_above_diastolic() -> None:
    assert pressures("121", "120") == ()
    assert codes(pressures("120", "120")) == [(UNLIKELY, "check.systolic_above_diastolic")]


@pytest.mark.parametrize(
    ("start", "stop", "refused"),
    [
        ("2026-11-20", "2026-11-20", False),
        ("2026-11-20", "2026-11-19", True),
        ("2026-11-20", "2026-11-UK", False),
        ("2026-11-20", "2026-10-UK", True),
        ("2026-UK-UK", "2025-12-31", True),
    ],
)
def test_a_stop_that_must_lie_before_the_start_is_impossible(start: str, stop: str, refused: bool) -> None:
    values = {"start": Value(text=start), "stop": Value(text=stop)}
    found = form_checks.FORM_CHECKS["stop_not_before_start"](values)
    assert codes(found) == [(IMPOSSIBLE, "check.stop_not_before_start")] * refused


def test_every_list_of_reasons_has_its_own_digits() -> None:
    for reasons in (
        MISSING_REASONS,
        checks.KEEP_REASONS,
        checks.CORRECTION_REASONS,
        checks.AFTER_END_REASONS,
        checks.LATE_CONSENT_REASONS,
    ):
        assert [reason.key for reason in reasons] == [str(n) for n in range(1, len(reasons) + 1)]
        assert len({reason.code for reason in reasons}) == len(reasons)
