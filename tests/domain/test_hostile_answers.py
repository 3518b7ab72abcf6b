"""Whatever stands in a field, it is a value of that field or it is refused with a sentence."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sle_desk.base.errors import RuleBroken
from sle_desk.base.words import sentences
from sle_desk.domain.checks import MISSING_REASONS, Value, check_readable, read
from sle_desk.domain.form_checks import check_form, times_ahead
from sle_desk.domain.forms import KINDS, Field, Form
from sle_desk.domain.protocol_file import parse
from sle_desk.services import package

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=timezone(timedelta(hours=8)))
BORN = date(1992, 5, 1)
FORMS = parse(package.installed_files()).forms
FIELDS = {
    kind: [(form, each) for form in FORMS for each in form.fields() if each.kind == kind] for kind in KINDS
}

# What looks nearly like a number, a day, a time, a reason; and anything at all.
NEARLY = (
    *["NaN", "sNaN", "-Infinity", "1e999999", "0x10", "1.", ".5", "٣", "１２", "²", "<5", "5,0", "-0"],
    *["00:10+", "00:10+0", "00:10-", "24:00", "8:34", "0834", "n", "n-10", "00:10+10", "0010+1", "00:10+1"],
    *["t", "+7", "2026-02-30", "0000-01-01", "9999-12-31", "UK-UK-UK", "2026-UK-01", "2026-13-UK"],
    *["not-done:", "not-done:refused", "not-done:in_query", "not-done:in_query:5", "no_longer_asked"],
    *("", " ", "00:10 +1", "\x00", "\u202e", "\ud800", "a\nb", "\t", "x" * 9000),
)
TEXTS = some.one_of(
    some.sampled_from(NEARLY),
    some.text(max_size=12),
    some.from_regex(r"[0-9:.+\-UKnt ]{1,12}", fullmatch=True),
)
NUMBERS = some.decimals(allow_nan=True, allow_infinity=True)
VALUES = some.one_of(
    some.builds(
        lambda number, typed, sign: Value(number=number, typed=typed, comparator=sign),
        NUMBERS,
        some.one_of(some.just(""), TEXTS),
        some.sampled_from(("", "<", ">=", "~")),
    ),
    some.builds(lambda text: Value(text=text), TEXTS),
    some.builds(lambda text: Value(choice=text), TEXTS),
    some.builds(lambda text: Value(missing="in_query", typed=text or "?"), TEXTS),
    some.builds(lambda text: Value(missing=text), some.sampled_from([each.code for each in MISSING_REASONS])),
    some.builds(lambda text: Value(missing=text or "?"), TEXTS.filter(lambda text: text != "in_query")),
    some.builds(lambda day: Value(day=day), some.dates()),
)


def judged(form: Form, field: Field, value: Value) -> None:
    """Put a value through everything that is asked of it once it is let in."""
    check_form(form, {field.code: value}, NOW, previous={field.code: value}, born=BORN)
    times_ahead(form, {field.code: value}, NOW.date(), NOW)


@pytest.mark.parametrize("kind", KINDS)
@given(data=some.data())
def test_a_value_is_one_of_its_field_or_is_refused_with_a_sentence(kind: str, data: some.DataObject) -> None:
    form, field = data.draw(some.sampled_from(FIELDS[kind]))
    value = data.draw(VALUES)
    try:
        check_readable(field, value, NOW)
    except RuleBroken as refused:
        assert refused.code in sentences()
        return
    judged(form, field, value)
    # What was let in reads back as it is.
    assert read(field, value.as_typed, NOW).as_typed.strip() == value.as_typed.strip()


@pytest.mark.parametrize("kind", KINDS)
@given(data=some.data())
def test_a_text_that_is_typed_is_read_or_refused_and_what_is_read_is_let_in(
    kind: str, data: some.DataObject
) -> None:
    form, field = data.draw(some.sampled_from(FIELDS[kind]))
    typed = data.draw(TEXTS)
    try:
        value = read(field, typed, NOW)
    except RuleBroken as refused:
        assert refused.code in sentences()
        return
    check_readable(field, value, NOW)
    judged(form, field, value)


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("number", Value(number=Decimal("NaN")), "number.unreadable"),
        ("number", Value(number=Decimal("sNaN")), "number.unreadable"),
        ("number", Value(number=Decimal("Infinity")), "number.unreadable"),
        ("number", Value(number=Decimal("-Infinity"), typed="36.6"), "value.other_than_typed"),
        ("number", Value(number=Decimal(366), typed="36.6"), "value.other_than_typed"),
        ("number", Value(text="36.6"), "value.other_than_typed"),
        ("number", Value(number=Decimal("1E+40")), "number.size"),
        ("time", Value(text="00:10+"), "time.unreadable"),
        ("time", Value(text="n"), "value.other_than_typed"),
        ("time", Value(text="8:34"), "value.other_than_typed"),
        ("day", Value(text="2026-11-23"), "value.other_than_typed"),
        ("day", Value(day=date(1026, 11, 23)), "day.too_early"),
        ("partial_day", Value(text="2026-11"), "day.unreadable"),
        ("choice", Value(choice="nothing of it"), "choice.unknown"),
        ("text", Value(number=Decimal(5)), "value.other_than_typed"),
        ("text", Value(text="a\u202eb"), "text.control"),
        ("note", Value(missing="because"), "value.other_than_typed"),
    ],
)
def test_what_nobody_can_have_typed_into_a_field_is_refused(kind: str, value: Value, code: str) -> None:
    _, field = FIELDS[kind][0]
    with pytest.raises(RuleBroken) as refused:
        check_readable(field, value, NOW)
    assert refused.value.code == code
