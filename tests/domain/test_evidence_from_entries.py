"""A typed answer beside the entries of medicines and hospital stays: exact days, partial ones, conflict."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from entered_medicines import AGO, NAMES, NOW, OLD, facts, gaps, leaf, medicine, notes, stay
from judged_subjects import SCREENED, TODAY, history, judged_leaf, with_form

from sle_desk.domain.checks import Value
from sle_desk.domain.eligibility import evidence_record
from sle_desk.domain.eligibility_facts import FORM, Source
from sle_desk.domain.medicine_entries import prior_biologic


def test_where_no_medicine_was_entered_only_the_typed_answer_speaks():
    found = judged_leaf("I4b", with_form(history()), NOW)
    assert (found.suggestion, notes(found), found.rests_on) == ("met", ["no_entries"], frozenset())
    # Something else was entered: then that there is no glucocorticoid is a statement.
    without = leaf("I4b", prednisone_stable="Y")
    assert (without.suggestion, notes(without)) == (None, ["entries_differ"])
    not_taken = leaf("I4b", prednisone_stable="not_taken")
    assert (not_taken.suggestion, notes(not_taken)) == ("not_applicable", [])


@pytest.mark.parametrize(
    ("started", "typed", "suggestion", "said"),
    [
        (28, "Y", "met", []),
        (27, "Y", None, ["entries_differ"]),
        (27, "N", "not_met", []),
        (28, "N", None, ["entries_differ"]),
        (28, "not_taken", None, ["entries_differ"]),
    ],
)
def test_28_days_at_one_dose_before_screening_are_stable_and_27_are_not(started, typed, suggestion, said):
    before = medicine("Prednisone", "10", stop=AGO[started + 1], number=50)
    after = medicine("Prednisone", "7.5", AGO[started], number=51)
    found = leaf("I4b", before, after, prednisone_stable=typed)
    assert (found.suggestion, notes(found)) == (suggestion, said)


def test_another_glucocorticoid_at_the_same_equivalent_is_the_same_dose_and_a_handover_day_adds_nothing():
    before = medicine("Prednisone", "5", stop=AGO[10])
    same = medicine("甲泼尼龙", "4", AGO[10], number=51)
    assert leaf("I4b", before, same).suggestion == "met"
    more = medicine("甲泼尼龙", "8", AGO[10], number=51)
    found = leaf("I4b", before, more)
    changed = found.evidence[-1]
    assert (found.suggestion, changed.value.isoformat(), changed.against.holds) == (None, AGO[10], False)


def test_a_dose_without_an_amount_is_stable_as_long_as_it_is_one_course():
    tablets = medicine("Chloroquine", "1", unit="tablet")
    assert leaf("I4a", tablets).suggestion == "met"
    when_needed = medicine("Chloroquine", "1", unit="tablet", frequency="PRN")
    assert (leaf("I4a", when_needed).suggestion, notes(leaf("I4a", when_needed))) == (
        None,
        ["entries_uncertain"],
    )
    halves = (
        medicine("Chloroquine", "1", stop=AGO[9], unit="tablet"),
        medicine("Chloroquine", "2", AGO[8], unit="tablet", number=51),
    )
    assert leaf("I4a", *halves).suggestion is None
    assert (
        leaf("I4a", medicine("Chloroquine", "1", AGO[9], unit="tablet"), antimalarial_stable="N").suggestion
        == "not_met"
    )


@pytest.mark.parametrize(
    ("start", "suggestion"),
    [
        ("2026-10-UK", None),
        ("2026-09-UK", "met"),
        ("2026-UK-UK", None),
        ("2025-UK-UK", "met"),
        ("UK-UK-UK", None),
    ],
)
def test_a_partial_start_is_stable_only_where_no_day_it_can_mean_is_in_the_four_weeks(start, suggestion):
    found = leaf("I4b", medicine("Prednisone", "7.5", start))
    assert (found.suggestion, notes(found)) == (suggestion, [] if suggestion else ["entries_uncertain"])


@pytest.mark.parametrize(
    ("dose", "typed", "suggestion", "said"),
    [
        ("10", "10", "met", []),
        ("12.5", "12.5", "not_met", []),
        ("12.5", "10", None, ["entries_differ"]),
        ("7.5", "10", None, ["entries_differ"]),
        # Both are above the limit: which of them is right changes nothing.
        ("15", "12.5", "not_met", ["entries_differ"]),
    ],
)
def test_the_dose_by_the_entries_is_compared_with_the_limit_and_with_the_typed_dose(
    dose, typed, suggestion, said
):
    found = leaf("I4e", medicine("Prednisone", dose), prednisone_dose=Decimal(typed))
    assert (found.suggestion, notes(found)) == (suggestion, said)


def test_a_dose_raised_since_screening_counts_though_the_typed_one_is_of_screening():
    raised = (
        medicine("Prednisone", "7.5", stop=AGO[0]),
        medicine("Prednisone", "20", (SCREENED + timedelta(days=1)).isoformat(), number=51),
    )
    found = leaf("I4e", *raised)
    assert (found.suggestion, notes(found)) == (None, ["entries_differ"])
    assert (found.evidence[-1].value, found.evidence[-1].against.holds) == (Decimal(20), False)


def test_a_dose_lowered_on_the_screening_day_bears_either_dose():
    lowered = (medicine("Prednisone", "10", stop=AGO[0]), medicine("Prednisone", "5", AGO[0], number=51))
    assert leaf("I4e", *lowered, prednisone_dose=Decimal("5")).suggestion == "met"
    assert leaf("I4e", *lowered, prednisone_dose=Decimal("10")).suggestion == "met"
    assert leaf("I4e", *lowered, prednisone_dose=Decimal("7.5")).suggestion is None


def test_what_is_typed_as_not_taken_and_entered_as_taken_is_not_judged():
    answers = {"hydroxychloroquine_taken": "N", "hydroxychloroquine_dose": None}
    found = leaf("I4d", medicine("羟氯喹", "200"), **answers)
    assert (found.suggestion, notes(found)) == (None, ["entries_differ"])
    assert leaf("I4d", **answers).suggestion == "not_applicable"
    assert (leaf("I4d").suggestion, notes(leaf("I4d"))) == (None, ["entries_differ"])


@pytest.mark.parametrize(("twice", "typed", "suggestion"), [("200", "400", "met"), ("300", "600", "not_met")])
def test_hydroxychloroquine_is_added_up_by_how_often_it_is_taken(twice, typed, suggestion):
    found = leaf(
        "I4d", medicine("Hydroxychloroquine", twice, frequency="BID"), hydroxychloroquine_dose=Decimal(typed)
    )
    assert found.suggestion == suggestion


@pytest.mark.parametrize(
    ("stop", "suggestion", "said"),
    [
        (AGO[32], "absent", []),  # the month is 31 days
        (AGO[31], None, ["entries_differ"]),
        ("2026-10-UK", None, ["entries_uncertain"]),
        ("2026-09-UK", "absent", []),
    ],
)
def test_a_high_dose_within_the_month_is_seen_though_it_was_not_typed(stop, suggestion, said):
    pulse = medicine("Methylprednisolone", "40", "2026-09-01", stop, number=50)
    found = leaf(
        "E1h",
        pulse,
        medicine("Prednisone", "10", number=51),
    )
    # 10 mg typed as the highest of the month: beside the pulse it would be 60.
    assert (found.suggestion, notes(found)) == (suggestion, said)


def test_a_pulse_that_is_typed_and_entered_excludes():
    pulse = medicine("Methylprednisolone", "500", AGO[20], AGO[18], frequency="QD", route="intravenous")
    found = leaf("E1h", pulse, prednisone_highest=Decimal(625))
    assert (found.suggestion, found.evidence[-1].value) == ("present", Decimal(625))
    on_skin = medicine("Methylprednisolone", "500", AGO[20], route="topical")
    assert leaf("E1h", on_skin, glucocorticoid_month="N", prednisone_highest=None).suggestion == "absent"


def test_an_amount_that_nobody_can_tell_is_never_met_and_is_named():
    found = leaf("I4e", medicine("Prednisone", "2", unit="tablet"))
    assert (found.suggestion, notes(found)) == (None, ["entry_no_amount"])
    unknown = leaf("I4e", medicine("Prednisolut", "5", category="glucocorticoid"))
    assert (unknown.suggestion, notes(unknown)) == (None, ["entry_no_amount"])


def test_what_nobody_said_of_an_entry_is_missing_where_it_could_decide():
    open_end = leaf("I4e", medicine("Prednisone", "7.5", ongoing=None))
    assert (open_end.suggestion, gaps(open_end)) == (None, ["entry_end_unsaid"])
    assert (open_end.missing[0].place.kind, open_end.missing[0].place.code) == ("entry", "medication")
    strange = leaf("I4e", medicine("Prednisone", "7.5"), medicine("Xyz", "5", number=51))
    assert (strange.suggestion, gaps(strange)) == (None, ["entry_kind_unsaid"])
    told = leaf("I4e", medicine("Prednisone", "7.5"), medicine("Xyz", "5", number=51, category="other"))
    assert told.suggestion == "met"
    # It ended before the days that are looked at: what kind it was decides nothing.
    past = leaf("I4e", medicine("Prednisone", "7.5"), medicine("Xyz", "5", stop=AGO[40], number=51))
    assert past.suggestion == "met"
    assert gaps(leaf("I4b", medicine("Prednisone", "7.5", ongoing="N"))) == ["entry_end_unsaid"]
    unknown_end = medicine("Prednisone", "7.5", stop="UK-UK-UK")
    assert notes(leaf("I4b", unknown_end)) == ["entries_uncertain"]
    undated = medicine("Prednisone", "7.5", start="")
    assert (leaf("I4b", undated).suggestion, leaf("I4e", undated).suggestion) == (None, None)


@pytest.mark.parametrize(
    ("stop", "answer", "typed", "suggestion", "said"),
    [
        (AGO[183], "no", None, None, ["entries_differ"]),
        (AGO[183], "earlier", AGO[183], "present", []),
        (AGO[184], "earlier", AGO[184], "absent", []),
        (AGO[184], "earlier", AGO[190], None, ["entries_differ"]),
        (AGO[184], "earlier", "2026-05-UK", None, ["partial_day"]),
        ("2026-05-UK", "earlier", "2026-05-UK", None, ["partial_day", "entries_uncertain"]),
        ("2026-05-UK", "earlier", AGO[184], None, ["entries_uncertain"]),
        ("2026-04-UK", "earlier", "2026-04-UK", "absent", []),
        ("2025-UK-UK", "earlier", "2025-11-UK", "absent", []),
    ],
)
def test_a_wash_out_is_counted_from_the_last_day_an_entry_can_mean(stop, answer, typed, suggestion, said):
    last = Value(text=typed) if typed else None
    found = leaf("E1f", medicine("利妥昔单抗", "1000", OLD, stop), antibody_used=answer, antibody_last=last)
    assert (found.suggestion, notes(found)) == (suggestion, said)


@pytest.mark.parametrize(
    ("name", "last", "suggestion", "said"),
    [
        ("Rituximab", AGO[183], "present", []),
        ("美罗华", AGO[184], "absent", []),
        ("Rituximab", "2026-05-UK", None, ["partial_day", "entries_uncertain"]),
        # Another biologic may be an antibody: a person says.
        ("Newmab", AGO[100], None, ["entry_perhaps"]),
        ("Newmab", AGO[300], "absent", []),
    ],
)
def test_a_biologic_before_the_trial_counts_with_its_last_dose_whatever_its_first(
    name, last, suggestion, said
):
    values = {"name": Value(text=name), "stop": Value(text=last)}
    entry = prior_biologic(60, values, NAMES, TODAY)
    typed = {} if name == "Newmab" else {"antibody_used": "earlier", "antibody_last": Value(text=last)}
    found = leaf("E1f", entry, **typed)
    assert (found.suggestion, notes(found)) == (suggestion, said)
    assert Source(FORM, 60) in found.rests_on


def test_a_biologic_before_without_its_last_dose_is_asked_for_it():
    entry = prior_biologic(60, {"name": Value(text="Rituximab")}, NAMES, TODAY)
    found = leaf("E1f", entry)
    assert found.suggestion is None and "eligibility.entry_end_unsaid" in {
        each.code for each in found.missing
    }


def test_an_antibody_that_goes_on_is_taken_now_and_another_biologic_perhaps():
    going_on = leaf("E1g", medicine("倍力腾", "120"), belimumab_used="now")
    assert going_on.suggestion == "present"
    assert leaf("E1g", medicine("Benlysta", "120")).suggestion is None
    fusion = leaf("E1f", medicine("Telitacicept", "160"))
    assert fusion.suggestion == "absent"
    unknown = leaf("E1f", medicine("Newmab", "160", category="biologic"))
    assert (unknown.suggestion, notes(unknown)) == (None, ["entry_perhaps"])


def test_an_answer_that_excludes_stands_where_the_entries_know_nothing_of_it():
    found = leaf("E1f", antibody_used="earlier", antibody_last=Value(text=AGO[20]))
    assert (found.suggestion, notes(found)) == ("present", ["entries_none_of_it"])


@pytest.mark.parametrize(
    ("name", "route", "stop", "suggestion", "said"),
    [
        ("Ceftriaxone", "intravenous", AGO[61], None, ["entries_differ"]),
        ("Ceftriaxone", "oral", AGO[61], "absent", []),
        ("Ceftriaxone", None, AGO[61], None, ["entry_route_unsaid"]),
        ("Ceftriaxone", None, AGO[62], "absent", []),
        ("Omeprazole", "intravenous", AGO[61], "absent", []),
        ("Xyz", "intravenous", AGO[61], None, ["entry_perhaps"]),
        ("Xyz", "oral", AGO[61], "absent", []),
    ],
)
def test_an_antibiotic_given_intravenously_is_seen_where_no_was_typed(name, route, stop, suggestion, said):
    entry = medicine(name, "1", OLD, stop, route=route, category="other")
    found = leaf("E4b", entry)
    assert (found.suggestion, notes(found) + gaps(found)) == (suggestion, said)


@pytest.mark.parametrize(
    ("reason", "stop", "suggestion", "said"),
    [
        ("肺部感染", AGO[61], None, ["entries_differ"]),
        ("Lung infection", AGO[62], None, ["entries_differ"]),
        ("Lupus nephritis", AGO[10], "absent", []),
        ("发热待查", AGO[10], None, ["entry_perhaps"]),
        ("发热待查", AGO[62], "absent", []),
        ("发热待查", "2026-09-UK", None, ["entry_perhaps"]),
    ],
)
def test_a_stay_in_hospital_is_proposed_beside_the_answer(reason, stop, suggestion, said):
    found = judged_leaf("E4a", facts(stays=(stay(reason, "2026-08-01", stop),)), NOW)
    assert (found.suggestion, notes(found)) == (suggestion, said)


def test_a_stay_that_nobody_told_the_end_of_may_have_ended_on_any_day():
    answers = {"infection_hospital": "earlier", "infection_hospital_last": Value(text=AGO[70])}
    found = judged_leaf("E4a", facts(stays=(stay("Lung infection", AGO[80]),), **answers), NOW)
    assert (found.suggestion, notes(found)) == (None, ["entries_uncertain"])


def test_what_ended_after_the_day_it_was_judged_on_went_on_then():
    later = (TODAY + timedelta(days=40)).isoformat()
    now, then = medicine("Prednisone", "7.5"), medicine("Prednisone", "7.5", stop=later)
    for code in ("I4b", "I4e", "E1h"):
        one, other = (leaf(code, each, prednisone_highest=Decimal("7.5")) for each in (now, then))
        assert evidence_record(one) == evidence_record(other)
        assert one.suggestion == ("absent" if code == "E1h" else "met")


def test_the_evidence_rests_on_every_entry_that_was_read_and_shows_those_of_the_kind():
    found = leaf("I4e", medicine("Prednisone", "7.5"))
    assert {source.id for source in found.rests_on} == {49, 50}
    assert {source.id for source in found.sources} >= {11, 49, 50}
    assert [line.source.id for line in found.evidence if line.source is not None][-1] == 50
