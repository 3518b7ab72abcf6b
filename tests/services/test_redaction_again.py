"""A second redaction never reaches what the first attests, and none leaves a study that would not open."""

from __future__ import annotations

import re

import pytest
from noted_fixtures import REASON, SIGNING, TYPED, noted
from sqlalchemy import select
from study_fixtures import Study

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.audit_facts import FACT_WORDS
from sle_desk.models.audit import Audit
from sle_desk.models.store import redaction as stored
from sle_desk.models.store import verification
from sle_desk.models.store.database import connect
from sle_desk.services import redaction, studies, visits

__all__ = ["noted"]
SHORT = [
    *(f"{first}{second}" for first in "abcdef" for second in "abcdef"),
    *(f"{first}{second}" for first in "ABCDEF" for second in "0369"),
    *(
        "0Z",
        "Z+",
        "ws",
        "ho",
        "old",
        "new",
        "fal",
        "tru",
        "nul",
        "ue",
        "row",
        "rows",
        "holds",
        "SLE-001",
        "W2",
    ),
    *("钱", "钱无", "au", "nt", "vi", "Visi", "oth", "wu.min", "red", "[re", "ed]", "acted", "2026112", "T0"),
    *("chen", "or", "e_", "64", "x1", "0.1", ": ", "a a", "or or", "Zz", "SLE-001"),
]


@pytest.mark.parametrize(
    "texts",
    [pytest.param(SHORT[::8], id="some"), pytest.param(SHORT, id="all", marks=pytest.mark.slow)],
)
def test_no_second_text_however_short_makes_the_study_unopenable(noted: Study, texts: list[str]) -> None:
    desk = noted.sit("chen.lan", roles.COORDINATOR)
    visits.record_not_done(desk, 1, "W8", "other", "initials " + " ".join(SHORT).replace("W2", ""))
    desk = noted.sit("wu.min", roles.PI)
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    with desk.view() as session:
        attested = session.scalars(
            select(Audit.payload).where(Audit.action == redaction.ACTION, Audit.operation == "event")
        ).one()
    assert attested is not None
    done = []
    for text in texts:
        before = desk.head()
        try:
            redaction.redact(desk, noted.folder, text, "one word", SIGNING)
        except RuleBroken:
            assert desk.head() == before
        else:
            done.append(text)
            assert desk.cursor_check(verification.verify).holds, text
    # Among them are pairs that stand in the hashes of the first.
    assert len([text for text in done if text.casefold() in attested]) > len(texts) // 20
    noted.leave()
    noted.sit("wu.min", roles.PI)
    assert noted.unlocked is not None
    assert studies.opening_checks(noted.unlocked, lambda step, share: None).holds


def test_a_redaction_after_which_the_study_would_not_open_is_refused_and_changes_nothing(
    noted: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = noted.sit("wu.min", roles.PI)
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    head, key = desk.head(), desk.database.data_key
    # A redaction that reaches the names of its own attested rows.
    monkeypatch.setattr(stored, "CODED_FACTS", frozenset())
    monkeypatch.setattr(stored, "_WHOLE", re.compile("nothing"))
    with desk.view() as session:
        attested = session.scalars(
            select(Audit.payload).where(Audit.action == redaction.ACTION, Audit.operation == "event")
        ).one()
    assert attested is not None
    said = f"redacted one word {SIGNING.statement}".casefold()
    in_hash = next(each for each in re.findall("[a-f]{2}", attested) if each not in said)
    with pytest.raises(RuleBroken, match=r"redaction\.not_whole"):
        redaction.redact(desk, noted.folder, in_hash, "one word", SIGNING)
    assert desk.head() == head
    assert desk.cursor_check(verification.verify).holds
    assert not redaction.held(desk, in_hash).is_empty
    noted.leave()
    assert connect(noted.folder.study, key).cursor().execute("SELECT max(number) FROM audit").fetchone()


def test_every_fact_of_an_event_is_a_code_or_a_persons_words() -> None:
    texts = {"kept_where", "sealed_by", "witnessed_by", "signer", "name"}
    numbers = {"number", "seconds", "slots", "found_number", "count", "from", "to", "over", "found", "later"}
    assert {name for facts in FACT_WORDS.values() for name in facts} == stored.CODED_FACTS | texts | numbers
