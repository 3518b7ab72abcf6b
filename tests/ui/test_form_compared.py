"""What answers say against each other, and beside other records: told at the answer that makes it so."""

from specimens import SHORT, entered, focused, view

from sle_desk.domain.checks import NOTABLE, UNLIKELY, Finding


def test_fields_that_contradict_each_other_are_kept_only_with_a_reason(short, typist, heard):
    short.save_requested.connect(lambda: heard.append("save"))
    entered(short, typist, "56.4", "80", "80")
    typist.press("Ctrl+Enter")
    assert (heard, focused(short)) == ([], "diastolic")
    assert "check.systolic_above_diastolic" in short.field("diastolic").strip.sentence()
    typist.press("Ctrl+Enter")
    assert heard == []
    typist.press("Ctrl+Shift+Enter", "2", "Enter")
    short.go_to("diastolic")
    typist.press("Ctrl+Enter")
    assert heard == ["save"]
    ((finding, reason),) = short.kept_unlikely()
    assert (finding.code, reason) == ("check.systolic_above_diastolic", "repeated")


def test_a_contradiction_is_told_at_once_below_the_answer_that_makes_it(short, typist):
    short.go_to("diastolic")
    entered(short, typist, "80")
    short.go_to("systolic")
    entered(short, typist, "80")
    told = short.field("systolic").strip.sentence()
    assert "check.systolic_above_diastolic" in told and focused(short) == "systolic"
    assert short.values()["systolic"].typed == "80", "accepted: the other one may be the slip"
    typist.press("Enter")
    assert focused(short) == "diastolic" and short.field("systolic").strip.sentence() == told
    typist.press("Ctrl+A")
    entered(short, typist, "90")
    assert "diastolic 90" in short.field("diastolic").strip.sentence() and focused(short) == "diastolic"
    assert short.field("systolic").strip.sentence() == ""
    typist.press("Ctrl+A")
    entered(short, typist, "70")
    assert short.field("systolic").strip.sentence() == "" == short.field("diastolic").strip.sentence()


def test_what_is_told_beside_other_records_can_be_kept_where_it_stands(shown, typist, heard):
    def beside(values):
        return (Finding(UNLIKELY, "systolic", "event.goes_on"),) if "diastolic" in values else ()

    made = view(SHORT, beside=beside)
    made.save_requested.connect(lambda: heard.append("save"))
    shown(made)
    made.go_to_first()
    entered(made, typist, "56.4", "120", "80")
    assert "event.goes_on" in made.field("diastolic").strip.sentence() and focused(made) == "diastolic"
    typist.press("Ctrl+Shift+Enter", "1", "Enter", "Ctrl+Enter")
    assert heard == ["save"]
    assert [(found.field, reason) for found, reason in made.kept_unlikely()] == [("systolic", "source")]


def test_what_is_good_to_know_is_told_and_stands_against_nothing(shown, typist, heard):
    made = view(SHORT, beside=lambda values: (Finding(NOTABLE, "weight", "event.before_consent"),))
    made.save_requested.connect(lambda: heard.append("save"))
    shown(made)
    made.go_to_first()
    entered(made, typist, "56.4")
    assert "event.before_consent" in made.field("weight").strip.sentence() and focused(made) == "systolic"
    entered(made, typist, "120", "80")
    made.save()
    assert heard == ["save"] and made.kept_unlikely() == ()


def test_putting_the_other_field_right_takes_the_contradiction_away(short, typist, heard):
    short.save_requested.connect(lambda: heard.append("save"))
    entered(short, typist, "56.4", "80", "80")
    typist.press("Ctrl+Enter")
    short.go_to("systolic")
    typist.press("Ctrl+A")
    typist.type("120")
    typist.press("Enter")
    assert short.field("diastolic").strip.sentence() == ""
    typist.press("Ctrl+Enter")
    assert heard == ["save"]
