"""Events on the timeline: lanes that do not overlap, words for who cannot see, and alerts in the strip."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.language import Language
from sle_desk.services.event_bars import EventBar
from sle_desk.ui.timeline_events import MOST_LANES, bar_words, lanes_of

TODAY = date(2026, 11, 23)
starts = st.integers(0, 60).map(lambda days: TODAY - timedelta(days=days))
bars = st.lists(
    st.tuples(starts, st.one_of(st.none(), st.integers(0, 20))).map(
        lambda pair: EventBar(
            1, "Headache", "1", pair[0], None if pair[1] is None else pair[0] + timedelta(days=pair[1]), False
        )
    ),
    max_size=8,
).map(lambda found: sorted(found, key=lambda bar: bar.first))


@given(bars)
def test_two_bars_share_a_lane_only_when_one_ends_before_the_other_begins_or_no_lane_is_left(found):
    lanes = lanes_of(found, TODAY)
    assert all(0 <= lane < MOST_LANES for lane in lanes)
    for place, (bar, lane) in enumerate(zip(found, lanes, strict=True)):
        for other, before in zip(found[:place], lanes[:place], strict=True):
            if lane == before and lane < MOST_LANES - 1:
                assert (other.last or TODAY) < bar.first or (other.last or TODAY) < other.first


def test_a_bar_is_called_by_term_grade_and_that_it_is_serious():
    bar = EventBar(1, "Lung infection", "3", TODAY, None, True)
    assert bar_words(bar, Language("en")) == "Lung infection G3 SAE"
