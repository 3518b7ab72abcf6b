"""An approved amendment is withdrawn before its day: it never was in force, and may come again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from amendment_packages import BASE, NEXT, READING, SENTENCE, approve, imported, opens_whole, packed
from study_fixtures import PASSWORD, Study
from trial_fixtures import made_arms, made_ready, made_trial, ready, register

from sle_desk.base.errors import NotAllowed, RuleBroken, SleDeskError, Stale
from sle_desk.domain import roles
from sle_desk.domain.amendments import APPROVED, WITHDRAWN
from sle_desk.services import amendments, studies
from sle_desk.services.amendment_withdrawal import withdraw
from sle_desk.services.amendments import WITHDRAW, WITHDRAW_TRANSCRIBED, AmendmentRow
from sle_desk.services.desk import Desk
from sle_desk.services.signatures import Ink, signatures_of

__all__ = ["made_arms", "made_ready", "made_trial", "ready"]
AHEAD = timedelta(days=12)
WHY = "The day was typed wrongly."


def approved(study: Study, path: Path) -> tuple[Desk, AmendmentRow]:
    """Approve an amendment for a day far ahead; return the PI's desk and the row."""
    row = imported(study, packed(path, SENTENCE))
    desk = approve(study, row, study.clock.now().date() + AHEAD)
    return desk, amendments.amendments(desk)[0]


def take_back(study: Study, desk: Desk, row: AmendmentRow, reason: str = WHY, ink: Ink | None = None) -> None:
    action = WITHDRAW if ink is None else WITHDRAW_TRANSCRIBED
    signing = amendments.signing_for(action, "en", PASSWORD)
    withdraw(desk, study.folder, row.id, row.version, reason, signing, ink)


def test_a_withdrawn_amendment_stays_in_sight_and_the_version_before_it_is_the_newest(
    study: Study, tmp_path: Path
) -> None:
    desk, row = approved(study, tmp_path / "a.zip")
    assert desk.newest_protocol.version == NEXT
    take_back(study, desk, row)
    assert desk.newest_protocol.version == BASE and desk.newest_protocol.before is None
    (kept,) = amendments.amendments(desk)
    assert replace(kept, state=APPROVED, version=row.version, withdrawal=None) == row
    assert kept.state == WITHDRAWN and kept.withdrawal is not None
    assert (kept.withdrawal.reason, kept.withdrawal.signed_by, kept.withdrawal.ink) == (WHY, "Wu Min", None)
    first, second = signatures_of(desk, amendments.TABLE, row.id)
    assert (first.valid, first.void_reason, second.valid, second.meaning) == (False, WHY, True, WITHDRAW)
    assert [each.name for each in amendments.difference_of(desk, row.id)] == [
        "version",
        "criteria.I1.leaves.I1.label",
    ]
    # The day for which it was approved comes, in this session and in one that is opened then.
    study.clock.advance(AHEAD)
    assert desk.protocol.version == BASE
    study.leave()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert desk.protocol.version == desk.newest_protocol.version == BASE
    opens_whole(study)


def test_the_same_package_comes_again_after_it_was_withdrawn_and_another_one_beside_its_own_base(
    study: Study, tmp_path: Path
) -> None:
    desk, row = approved(study, tmp_path / "a.zip")
    take_back(study, desk, row)
    study.leave()
    again = imported(study, tmp_path / "a.zip")
    assert (again.package_version, again.base_version, again.package_sha256) == (
        NEXT,
        BASE,
        row.package_sha256,
    )
    desk = approve(study, again)
    study.clock.advance(timedelta(days=1))
    assert desk.protocol.version == NEXT and desk.protocol.leaf("I1").label.en == "Age in years"
    study.leave()
    desk = study.sit("wu.min", roles.PI)
    assert desk.protocol.version == NEXT
    assert [each.state for each in amendments.amendments(desk)] == [APPROVED, WITHDRAWN]


def test_what_followed_a_withdrawn_version_is_still_compared_with_it(study: Study, tmp_path: Path) -> None:
    desk, row = approved(study, tmp_path / "a.zip")
    study.leave()
    later = (f'version = "{BASE}"', f'version = "{int(NEXT) + 1}"')
    follows = imported(study, packed(tmp_path / "b.zip", SENTENCE, READING, version=later))
    desk = study.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken, match=r"amendment\.followed"):
        take_back(study, desk, row)
    amendments.reject(desk, follows.id, follows.version, "It rests on the one that is withdrawn.")
    before = amendments.difference_of(desk, follows.id)
    take_back(study, desk, row)
    study.leave()
    # Another package of the same number: the one that was rejected is not compared with that.
    another = imported(study, packed(tmp_path / "c.zip", READING))
    desk = approve(study, another)
    assert amendments.difference_of(desk, follows.id) == before
    assert "criteria.I1.leaves.I1.label" not in {each.name for each in before}


def test_from_its_day_on_it_is_withdrawn_no_more(study: Study, tmp_path: Path) -> None:
    row = imported(study, packed(tmp_path / "a.zip", SENTENCE))
    desk = approve(study, row)
    row = amendments.amendments(desk)[0]
    study.clock.advance(timedelta(days=1))
    with pytest.raises(RuleBroken) as caught:
        take_back(study, desk, row)
    assert (caught.value.code, caught.value.facts["day"]) == ("amendment.in_force", row.effective_from)
    assert amendments.amendments(desk)[0].state == APPROVED and desk.newest_protocol.version == NEXT


def test_a_clock_put_back_brings_no_withdrawal_of_what_was_recorded_under(
    ready: Study, tmp_path: Path
) -> None:
    row = imported(ready, packed(tmp_path / "a.zip", SENTENCE))
    approve(ready, row)
    ready.clock.advance(timedelta(days=1))
    register(ready, 2)
    ready.leave()
    ready.clock.advance(timedelta(days=-1))
    ready.unlocked = studies.unlock(ready.folder.path, "wu.min", PASSWORD, ready.clock)
    desk = ready.desk = studies.sit_down(
        ready.unlocked, roles.PI, ready.clock, clock_reason="It was a day ahead."
    )
    row = amendments.amendments(desk)[0]
    assert row.effective_from is not None and row.effective_from > desk.today()
    with pytest.raises(RuleBroken, match=r"amendment\.in_force"):
        take_back(ready, desk, row)


def test_a_withdrawal_needs_a_reason_the_pi_and_the_state_that_was_seen(study: Study, tmp_path: Path) -> None:
    desk, row = approved(study, tmp_path / "a.zip")
    head = desk.head().number

    def refused(seen: AmendmentRow, reason: str = WHY, password: str = PASSWORD) -> str:
        signing = amendments.signing_for(WITHDRAW, "en", password)
        with pytest.raises(SleDeskError) as caught:
            withdraw(desk, study.folder, seen.id, seen.version, reason, signing)
        return caught.value.code

    assert refused(row, " ") == "amendment.withdrawal_reason"
    assert refused(replace(row, version=row.version - 1)) == "record.changed_meanwhile"
    assert refused(row, password="four quiet lanternz") == "signature.password"
    assert amendments.amendments(desk)[0] == row and desk.newest_protocol.version == NEXT
    # The wrong password alone is noted.
    assert desk.head().number == head + 1
    take_back(study, desk, row)
    with pytest.raises(Stale):
        take_back(study, desk, amendments.amendments(desk)[0])
    for login, role in (("zhao.jing", roles.INVESTIGATOR), ("chen.lan", roles.COORDINATOR)):
        desk = study.sit(login, role)
        with pytest.raises(NotAllowed):
            take_back(study, desk, row)


def test_a_withdrawal_signed_on_paper_is_typed_by_the_coordinator(study: Study, tmp_path: Path) -> None:
    desk, row = approved(study, tmp_path / "a.zip")
    study.leave()
    study.clock.advance(timedelta(days=2))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    today = desk.today()
    with pytest.raises(RuleBroken, match=r"amendment\.withdrawn_before"):
        take_back(study, desk, row, ink=Ink("Wu Min", today - timedelta(days=3), "Binder 3"))
    ink = Ink("Wu Min", today, "Binder 3")
    take_back(study, desk, row, ink=ink)
    (kept,) = amendments.amendments(desk)
    assert kept.withdrawal is not None and kept.withdrawal.ink == ink
    assert (kept.withdrawal.signed_by, kept.ink) == ("Chen Lan", None)
    assert desk.newest_protocol.version == BASE and isinstance(kept.effective_from, date)
