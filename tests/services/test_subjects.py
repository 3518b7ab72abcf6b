"""Registering people, consent, and what it proposes."""

from __future__ import annotations

from datetime import date

import pytest
from people_invented import someone
from study_fixtures import Study

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.models.safety import Deviation
from sle_desk.models.subject import Subject
from sle_desk.services import consent_records, dispensing, form_records, subjects, twins, visits
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm
from sle_desk.services.subjects import NewConsent


def test_numbers_are_given_in_order_and_never_again(desk: Desk) -> None:
    first = subjects.register_subject(desk, someone())
    second = subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    assert (first.code, second.code) == ("SLE-001", "SLE-002")
    assert (first.screening_number, second.screening_number) == ("S-001", "S-002")


def test_the_same_identity_number_needs_a_reason_to_go_on(desk: Desk) -> None:
    subjects.register_subject(desk, someone())
    again = someone(name="别人", initials="BR", birth_date=date(1980, 1, 1))
    assert [double.code for double in subjects.possible_duplicates(desk, again)] == ["SLE-001"]
    with pytest.raises(RuleBroken, match="subject.duplicate"):
        subjects.register_subject(desk, again)
    assert len(subjects.subjects(desk)) == 1
    assert (
        subjects.register_subject(desk, again, not_duplicate="twin sister, cards compared").code == "SLE-002"
    )


def test_the_same_birth_date_sex_and_initials_are_a_possible_duplicate(desk: Desk) -> None:
    subjects.register_subject(desk, someone())
    with pytest.raises(RuleBroken, match="subject.duplicate"):
        subjects.register_subject(desk, someone(name="张惠民", identity_number=""))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"initials": "ZM"}, ("name", "birth_date")),
        ({"initials": "ZM", "sex": "M"}, ("name", "birth_date")),
        ({"initials": "ZM", "name": " 张 慧敏"}, ("name", "birth_date")),
        ({"initials": "ZM", "birth_date": date(1992, 4, 3)}, ("name", "birth_date_swapped")),
        ({"birth_date": date(1992, 4, 3)}, ("name", "birth_date_swapped")),
        ({"initials": "ZM", "birth_date": date(1992, 3, 5)}, ()),
        ({"initials": "ZM", "name": "张惠民"}, ()),
        ({"name": "张惠民", "birth_date": date(1992, 4, 3)}, ()),
    ],
)
def test_one_name_with_its_birth_date_or_day_and_month_swapped_is_asked_about(
    desk: Desk, changes: dict[str, object], same: tuple[str, ...]
) -> None:
    subjects.register_subject(desk, someone(birth_date=date(1992, 3, 4)))
    second = someone(
        **{"name": "张慧敏", "identity_kind": "passport", "identity_number": "E12345678", **changes}
    )
    assert [found.same for found in subjects.possible_duplicates(desk, second)] == ([same] if same else [])
    if same:
        with pytest.raises(RuleBroken, match="subject.duplicate"):
            subjects.register_subject(desk, second)
    row = subjects.register_subject(desk, second, not_duplicate="cards compared" if same else "")
    with desk.view() as session:
        assert twins.unexplained_twins(session, session.get_one(Subject, row.id)) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"initials": "\u00c9ZM"}, {"initials": "E\u0301ZM"}),
        ({"initials": "ZHM"}, {"initials": "zhm "}),
        ({"initials": "ZHM"}, {"initials": "ＺＨＭ"}),
        ({"identity_number": "P123456"}, {"identity_number": "p 123 456", "initials": "X"}),
        ({"identity_number": "P123456"}, {"identity_number": "Ｐ１２３４５６", "initials": "X"}),
    ],
)
def test_another_writing_of_the_same_is_a_possible_duplicate_too(
    desk: Desk, first: dict[str, object], second: dict[str, object]
) -> None:
    known = {"identity_number": "", "identity_kind": "passport"}
    subjects.register_subject(desk, someone(**{**known, **first}))
    with pytest.raises(RuleBroken, match=r"subject\.duplicate"):
        subjects.register_subject(desk, someone(**{**known, **second}))
    registered = subjects.register_subject(desk, someone(**{**known, **second}), not_duplicate="looked at")
    with desk.view() as session:
        row = session.get_one(Subject, registered.id)
        assert twins.unexplained_twins(session, row) == ()


def test_the_identity_number_is_compared_and_never_copied() -> None:
    assert subjects.identity_doubts(someone()) == ()
    assert subjects.identity_doubts(someone(birth_date=date(1992, 3, 5))) == ("identity.birth_date_differs",)
    assert subjects.identity_doubts(someone(sex="M")) == ("identity.sex_differs",)
    assert subjects.identity_doubts(someone(identity_number="110105199203040021")) == ("identity.check",)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "name.length"),
        ({"name": "长" * 51}, "name.length"),
        ({"name": "a\x00b"}, "text.control"),
        ({"name": "张\u00ad慧敏"}, "text.control"),
        ({"initials": "ZH\u200bM"}, "text.control"),
        ({"identity_number": "\ufeffP1234567"}, "text.control"),
        ({"birth_date": date(2026, 11, 24)}, "day.future"),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_registered(
    desk: Desk, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(RuleBroken, match=code):
        subjects.register_subject(desk, someone(**changes))
    assert subjects.subjects(desk) == ()


def test_the_monitor_sees_the_number_and_never_the_name(study: Study) -> None:
    subjects.register_subject(study.sit("chen.lan", roles.COORDINATOR), someone())
    monitor = study.sit("he.jian", roles.MONITOR)
    row = subjects.subjects(monitor)[0]
    assert (row.code, row.name, row.initials) == ("SLE-001", "", "")
    with pytest.raises(NotAllowed):
        subjects.identity_of(monitor, row.id)


@pytest.mark.parametrize(
    ("login", "role"), [("xu.feng", roles.ADMINISTRATOR), ("sun.tong", roles.STATISTICIAN)]
)
def test_who_sees_no_values_gets_no_row_and_no_kit_only_the_number(
    study: Study, login: str, role: str
) -> None:
    row = subjects.register_subject(study.sit("chen.lan", roles.COORDINATOR), someone())
    desk = study.sit(login, role)
    for read in (
        lambda: subjects.subjects(desk),
        lambda: subjects.subject_row(desk, row.id),
        lambda: dispensing.kits(desk, row.id),
    ):
        with pytest.raises(NotAllowed):
            read()
    assert subjects.subject_codes(desk) == {row.id: "SLE-001"}


def consent(subject_id: int, **changes: object) -> NewConsent:
    """Return a consent signed today before eight."""
    facts: dict[str, object] = {
        "consent_version": "v2.1",
        "signed_on": date(2026, 11, 23),
        "signed_time": "07:40",
        "explained_by": "Zhao Jing",
        "copy_given": "Y",
    }
    return NewConsent(subject_id, **{**facts, **changes})  # type: ignore[arg-type]


def proposed(desk: Desk) -> list[str]:
    """Return the codes of the deviations proposed so far."""
    with desk.view() as session:
        return [row.code for row in session.query(Deviation).order_by(Deviation.id)]


def test_a_consent_in_order_proposes_nothing(desk: Desk) -> None:
    row = subjects.register_subject(desk, someone())
    consent_records.record_consent(desk, consent(row.id))
    assert proposed(desk) == []
    assert [found.consent_version for found in subjects.consents(desk, row.id)] == ["v2.1"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent_version": "v9"}, "consent.unknown_version"),
        ({"signed_on": date(2026, 3, 20)}, "consent.version_not_approved"),
    ],
)
def test_a_consent_on_a_wrong_form_is_recorded_and_proposes_a_deviation(
    desk: Desk, changes: dict[str, object], code: str
) -> None:
    row = subjects.register_subject(desk, someone())
    consent_records.record_consent(desk, consent(row.id, **changes))
    assert proposed(desk) == [code]


def test_a_consent_after_a_procedure_is_recorded_and_proposes_a_deviation(desk: Desk) -> None:
    row = subjects.register_subject(desk, someone())
    visit = visits.record_visit(desk, row.id, "V0", date(2026, 11, 20))
    form_records.save_form(desk, NewForm(row.id, visit.id, "vitals", date(2026, 11, 20), Given({})))
    assert proposed(desk) == ["consent.after_procedure"]
    with pytest.raises(RuleBroken, match="consent.reason_needed"):
        consent_records.record_consent(desk, consent(row.id))
    assert proposed(desk) == ["consent.after_procedure"] and subjects.consents(desk, row.id) == ()
    consent_records.record_consent(desk, consent(row.id), "overlooked")
    assert proposed(desk) == ["consent.after_procedure"] * 2


def test_a_consent_signed_tomorrow_is_refused(desk: Desk) -> None:
    row = subjects.register_subject(desk, someone())
    with pytest.raises(RuleBroken, match="day.future"):
        consent_records.record_consent(desk, consent(row.id, signed_on=date(2026, 11, 24)))
