"""The recovery key: it opens the study for one person, and is replaced by a new one."""

from __future__ import annotations

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.store.key_file import read_keys
from sle_desk.services import history, recovery, studies
from sle_desk.services.recovery import KeyPaper, Recovery

NEW_PASSWORD = "nine copper kettles"
PAPER = KeyPaper("K-02", "Safe, room 412, envelope 2", "Xu Feng", "Wu Min")


def use(study: Study, login: str, key: str, new_key: str, paper: KeyPaper = PAPER) -> None:
    recovery.use_recovery_key(
        study.folder.path, Recovery(login, key, NEW_PASSWORD), new_key, paper, study.clock
    )


def test_a_lost_password_is_replaced_and_so_is_the_key(study: Study) -> None:
    new_key = recovery.new_key()
    use(study, "wu.min", study.recovery_key, new_key)
    unlocked = studies.unlock(study.folder.path, "wu.min", NEW_PASSWORD, study.clock)
    assert not unlocked.must_change_password
    assert studies.opening_checks(unlocked, lambda step, share: None).holds
    studies.leave(unlocked)
    with pytest.raises(NotAllowed, match="sign_in.wrong"):
        studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    with pytest.raises(NotAllowed, match="recovery.wrong"):
        recovery.check_recovery_key(study.folder.path, "wu.min", study.recovery_key, study.clock)
    opened = recovery.check_recovery_key(study.folder.path, "wu.min", new_key, study.clock)
    assert (opened.name, opened.login) == ("Wu Min", "wu.min")


def test_the_others_keep_their_passwords(study: Study) -> None:
    use(study, "wu.min", study.recovery_key, recovery.new_key())
    assert study.sit("chen.lan", roles.COORDINATOR).actor.name == "Chen Lan"


def test_the_use_is_in_the_audit_with_the_person_and_told_afterwards(study: Study) -> None:
    use(study, "chen.lan", study.recovery_key, recovery.new_key())
    desk = study.sit("wu.min", roles.PI)
    (told,) = recovery.uses(desk)
    assert (told.login, told.name, told.kept_where) == ("chen.lan", "Chen Lan", "Safe, room 412, envelope 2")
    (row,) = [row for row in history.audit_trail(desk) if row.action == recovery.USED and row.facts]
    assert (row.user, row.facts["witnessed_by"]) == ("chen.lan", "Wu Min")
    assert PASSWORD not in str(row.facts) and NEW_PASSWORD not in str(row.facts)


def test_small_letters_blanks_and_o_for_zero_are_read(study: Study) -> None:
    typed = study.recovery_key.lower().replace("-", "  ").replace("0", "o")
    assert recovery.check_recovery_key(study.folder.path, " Wu.Min ", typed, study.clock).login == "wu.min"


def test_a_key_with_one_wrong_character_is_called_mistyped(study: Study) -> None:
    last = "1" if study.recovery_key[-1] != "1" else "2"
    with pytest.raises(RuleBroken, match="recovery.check"):
        recovery.check_recovery_key(study.folder.path, "wu.min", study.recovery_key[:-1] + last, study.clock)


def test_the_key_of_another_study_opens_nothing_and_changes_nothing(study: Study) -> None:
    before = study.folder.keys.read_bytes()
    with pytest.raises(NotAllowed, match="recovery.wrong"):
        use(study, "wu.min", recovery.new_key(), recovery.new_key())
    assert study.folder.keys.read_bytes() == before


def test_a_weak_password_is_refused_before_anything_is_opened(study: Study) -> None:
    before = study.folder.keys.read_bytes()
    with pytest.raises(RuleBroken, match="password.short"):
        recovery.use_recovery_key(
            study.folder.path,
            Recovery("wu.min", study.recovery_key, "short"),
            recovery.new_key(),
            PAPER,
            study.clock,
        )
    assert study.folder.keys.read_bytes() == before


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        (KeyPaper("K-02", " ", "Xu Feng", "Wu Min"), "recovery.paper_blank"),
        (KeyPaper("K-02", "Safe", "Xu Feng", ""), "recovery.paper_blank"),
        (KeyPaper("K-02", "Safe", "Xu Feng", " xu feng "), "recovery.same_person"),
    ],
)
def test_a_paper_nobody_answers_for_is_refused(study: Study, paper: KeyPaper, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        use(study, "wu.min", study.recovery_key, recovery.new_key(), paper)
    assert recovery.check_recovery_key(study.folder.path, "wu.min", study.recovery_key, study.clock)


def test_what_could_not_be_noted_is_not_done(study: Study) -> None:
    before = read_keys(study.folder.keys)
    # A lone surrogate cannot be written into the audit: the commit fails after the key file was written.
    with pytest.raises(UnicodeEncodeError):
        use(study, "wu.min", study.recovery_key, recovery.new_key(), KeyPaper("\ud800", "Safe", "A", "B"))
    after = read_keys(study.folder.keys)
    assert (after.slots, after.recovery) == (before.slots, before.recovery)
    assert study.sit("wu.min", roles.PI)


def test_the_study_is_not_opened_with_the_key_while_it_is_open(study: Study) -> None:
    study.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(StorageFailed, match="folder.in_use"):
        use(study, "wu.min", study.recovery_key, recovery.new_key())


def test_each_sealed_page_has_its_own_number(study: Study) -> None:
    opened = recovery.check_recovery_key(study.folder.path, "wu.min", study.recovery_key, study.clock)
    assert opened.next_page == "K-02"
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    recovery.note_key_paper(desk, KeyPaper("K-01", "Safe", "Xu Feng", "Wu Min"))
    study.leave()
    new_key = recovery.new_key()
    use(study, "wu.min", study.recovery_key, new_key)
    opened = recovery.check_recovery_key(study.folder.path, "wu.min", new_key, study.clock)
    assert opened.next_page == "K-03"


def test_a_group_is_proven_by_retyping_it(study: Study) -> None:
    key = study.recovery_key
    third = recovery.groups(key)[2]
    recovery.prove_group(key, 3, third.lower())
    recovery.prove_group(key, 3, third.replace("-", ""))
    with pytest.raises(RuleBroken, match="recovery.group"):
        recovery.prove_group(key, 3, recovery.groups(key)[3])
