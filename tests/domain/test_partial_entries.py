"""Whatever the partial dates of entries mean: nobody is let in who is kept out by one of the meanings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from entered_medicines import NOW, medicine, notes
from hypothesis import given, settings
from hypothesis import strategies as st
from judged_subjects import SCREENED, TODAY, subject
from registered_package import registered

from sle_desk.domain.eligibility import Judged, judge
from sle_desk.domain.medicine_entries import MedicineEntry
from sle_desk.domain.values import partial_bounds

PARTIALS = (
    st.integers(0, 400)
    .map(lambda days: SCREENED - timedelta(days=days))
    .flatmap(lambda day: st.sampled_from([day.isoformat(), f"{day:%Y-%m}-UK", f"{day:%Y}-UK-UK", "UK-UK-UK"]))
)
NAMED = ["Prednisone", "Methylprednisolone", "Betamethasone", "Hydroxychloroquine", "Rituximab", "Belimumab",
         "Ceftriaxone", "Omeprazole", "Xyz"]  # fmt: skip
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(NAMED),
        st.sampled_from(["5", "7.5", "10", "12.5", "200", "400"]),
        PARTIALS,
        st.one_of(st.just(""), PARTIALS),
        st.sampled_from([None, "oral", "intravenous"]),
        st.sampled_from(["Y", None]),
        st.sampled_from([None, "other", "glucocorticoid", "biologic"]),
    ),
    max_size=3,
)
# What the typed answers alone come to.
USUAL = {"I4a": "met", "I4b": "met", "I4d": "met", "I4e": "met", "E1f": "absent", "E1g": "absent",
         "E1h": "absent", "E4b": "absent"}  # fmt: skip
LEAVES = tuple(USUAL)


def made(rows: list[tuple[object, ...]]) -> list[MedicineEntry]:
    found = []
    for place, (name, dose, start, stop, route, ongoing, kind) in enumerate(rows):
        if stop and partial_bounds(str(stop))[1] < partial_bounds(str(start))[0]:
            stop = ""
        more = {"route": route, "category": kind} | ({} if stop else {"ongoing": ongoing})
        found.append(medicine(name, dose, start, stop, 50 + place, **more))  # type: ignore[arg-type]
    return found


def exact(partial: str, *, early: bool) -> str:
    """Return one of the days a partial day can mean, within what a test can type."""
    first, last = partial_bounds(partial)
    return max(first, date(2020, 1, 1)).isoformat() if early else min(last, TODAY).isoformat()


def every_leaf(rows: list[tuple[object, ...]]) -> dict[str, Judged]:
    found = judge(registered(), NOW, replace(subject(), medicines=tuple(made(rows))))
    return {each.leaf.code: each for each in found if each.leaf.code in LEAVES}


@settings(max_examples=60)
@given(ENTRIES.filter(bool), st.booleans(), st.booleans())
def test_what_is_met_by_partial_dates_is_never_unmet_by_the_whole_ones(rows, first, second):
    beside = every_leaf(rows)
    for code, found in beside.items():
        # The typed answers let her in: entries bear that, or leave it open.
        assert found.suggestion in (None, USUAL[code])
        assert not (found.missing and found.suggestion)
    whole = [
        (name, dose, exact(start, early=first), exact(stop, early=second) if stop else "", *more)
        for name, dose, start, stop, *more in rows
    ]
    if any(stop and stop < start for _, _, start, stop, *_ in whole):
        return
    for code, known in every_leaf(whole).items():
        if beside[code].suggestion is not None and known.suggestion is None:
            # No meaning of the dates makes it worse; they can show that what was typed is of another day.
            assert notes(known) == ["entries_differ"] and code in ("I4d", "I4e", "E1h")
            lines = [line.against for line in known.evidence if line.against is not None]
            assert all(line.holds is lines[0].holds for line in lines)
