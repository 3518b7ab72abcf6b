"""Lists of words that a person loads: kept with their file's hash, offered instead, and no part of a rule."""

from __future__ import annotations

import json

import pytest
from logged import BOTH, medicine, proposed
from sqlalchemy import select
from study_fixtures import LOGINS, PASSWORD, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial
from word_files import HEAD, SHORT, long_list, written

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.sealing import sha256
from sle_desk.models.audit import Audit
from sle_desk.models.word_list import WordList
from sle_desk.services import log_entries, redaction, studies, word_lists, words_in_use
from sle_desk.services.desk import Desk
from sle_desk.services.signatures import Signing

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study"]


def offered(desk: Desk, form: str = "medication", field: str = "name") -> list[str]:
    return [each.words.en for each in log_entries.offers(desk, form)[field]]


def test_a_file_is_kept_with_its_name_hash_and_day_and_audited_as_one_row(study: Study, tmp_path) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    path = written(tmp_path)
    seen = word_lists.preview(path)
    assert word_lists.word_lists(desk) == (), "looking at a file keeps nothing"
    made = word_lists.load_words(desk, "medicines", seen)
    assert (made.file_name, made.sha256) == ("names.csv", sha256(path.read_bytes()))
    assert (made.entries, made.refused, made.loaded_at, made.in_use) == (2, 2, desk.now(), True)
    assert word_lists.word_lists(desk) == (made,) and made.loaded_by == "Chen Lan"
    with desk.view() as session:
        rows = session.scalars(select(Audit).where(Audit.action == word_lists.LOAD)).all()
    (row,) = [each for each in rows if each.table_name == "word_list"]
    assert json.loads(row.payload or "")["new"]["sha256"] == made.sha256
    study.leave()
    study.sit("wu.min", roles.PI)
    assert study.unlocked is not None
    assert studies.opening_checks(study.unlocked, lambda step, share: None).holds


def test_a_newer_list_replaces_the_offers_of_its_kind_and_the_older_one_stays(study: Study, tmp_path) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    first = word_lists.load_words(desk, "medicines", word_lists.preview(written(tmp_path)))
    other = written(tmp_path, (HEAD, "Lantus,来得时,,"), "second.csv", "gb18030")
    second = word_lists.load_words(desk, "medicines", word_lists.preview(other))
    vaccine = word_lists.load_words(desk, "vaccines", word_lists.preview(other))
    rows = word_lists.word_lists(desk)
    assert [row.id for row in rows] == [vaccine.id, second.id, first.id]
    assert [row.in_use for row in rows] == [True, True, False]
    desk = study.sit("chen.lan", roles.COORDINATOR)
    words = offered(desk)
    assert "Lantus" in words and "Medrol" not in words and "Ibuprofen" not in words
    assert offered(desk, "vaccine") == ["Lantus"]
    assert "Lantus" not in offered(desk, "adverse_event", "term")


def test_the_sites_own_words_come_first_and_the_most_written_of_the_list_next(arms: Study, tmp_path) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    word_lists.load_words(desk, "medicines", word_lists.preview(written(tmp_path)))
    medicine(desk, "Zhengqing Fengtongning", "60", "2026-01-UK")
    medicine(desk, "优甲乐", "50", "2026-01-UK")
    words = offered(desk)
    assert words[:2] == ["Zhengqing Fengtongning", "Euthyrox"] and words[-1] == "Medrol"


def test_no_rule_rests_on_a_list_that_was_loaded(arms: Study, tmp_path) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    steroid = "Medrol,美卓乐,methylprednisolone,glucocorticoid"
    rows = (HEAD, steroid, "Prednisone acetate,泼尼松,,", "Vitamin C,利妥昔单抗,,")
    word_lists.load_words(desk, "medicines", word_lists.preview(written(tmp_path, rows)))
    medicine(desk, "Medrol", "40", "2024-UK-UK")
    assert proposed(desk, BOTH) == []
    medicine(desk, "泼尼松", "20", "2024-UK-UK")
    medicine(desk, "利妥昔单抗", "500", "2026-11-UK")
    assert proposed(desk, BOTH) == ["medication.prednisone_above", "medication.prohibited"]


def test_the_same_file_twice_an_unknown_kind_and_who_may_not_change_nothing(study: Study, tmp_path) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    seen = word_lists.preview(written(tmp_path))
    word_lists.load_words(desk, "events", seen)
    head = desk.head()
    with pytest.raises(RuleBroken, match="word_file.same"):
        word_lists.load_words(desk, "events", seen)
    with pytest.raises(RuleBroken, match="choice.unknown"):
        word_lists.load_words(desk, "patients", seen)
    with pytest.raises(RuleBroken, match="word_file.gone"):
        word_lists.preview(tmp_path / "none.csv")
    assert desk.head() == head
    for role in (roles.NURSE, roles.MONITOR, roles.STATISTICIAN):
        with pytest.raises(NotAllowed):
            word_lists.load_words(study.sit(LOGINS[role], role), "medicines", seen)
    assert len(word_lists.word_lists(study.sit("wu.min", roles.PI))) == 1


def test_a_name_that_came_with_a_file_is_taken_out_and_the_list_is_still_one(study: Study, tmp_path) -> None:
    desk = study.sit("wu.min", roles.PI)
    word_lists.load_words(
        desk, "medicines", word_lists.preview(written(tmp_path, (*SHORT, "Li Hui remedy,药,Li Hui,x")))
    )
    signing = Signing("redaction", "I have a text taken out.", "en", PASSWORD)
    redaction.redact(desk, study.folder, "Li Hui", "Typed by accident.", signing)
    with desk.view() as session:
        words = words_in_use.words_in_use(session, "medicines")
        content = session.scalars(select(WordList.content)).one()
    assert "Li Hui" not in content and [word.english for word in words][:2] == ["Medrol", "Euthyrox"]


def test_a_list_of_twenty_thousand_is_loaded_whole(study: Study, tmp_path) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    made = word_lists.load_words(desk, "medicines", word_lists.preview(long_list(tmp_path, 20_000)))
    assert (made.entries, made.refused) == (20_000, 0)
    assert len([word for word in offered(desk) if word.startswith("Preparation")]) == 20_000
