"""The encrypted file says whether a study is a demonstration: no word in the plain header does."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from study_fixtures import CHEAP, PASSWORD, START, Study

from sle_desk.base.clock import ContinuedClock, SteppingClock
from sle_desk.base.errors import StorageFailed
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.services import looking, studies, study_clock
from sle_desk.services.actor import NewPerson
from sle_desk.services.studies import NewStudy


def called(path: Path, demonstration: bool) -> None:
    """Write into the plain header what the study is, as anybody with an editor can."""
    keys = path / "study.keys"
    content = json.loads(keys.read_text(encoding="utf-8"))
    content["header"]["demonstration"] = demonstration
    keys.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A study that is none of a demonstration, made twenty days ago."""
    new = NewStudy(
        folder=tmp_path / "real",
        administrator=NewPerson("xu.feng", "Xu Feng", PASSWORD),
        investigator=NewPerson("wu.min", "Wu Min", PASSWORD),
        cost=CHEAP,
    )
    clock = SteppingClock(START - timedelta(days=20))
    return studies.create_study(new, studies.new_recovery_key(), clock).path


def test_one_word_in_the_header_puts_no_real_study_on_another_clock(real: Path) -> None:
    called(real, True)
    clock = study_clock.clock_of(real, SteppingClock(START))
    assert isinstance(clock, ContinuedClock)
    before = [(part.name, part.read_bytes()) for part in sorted(real.iterdir()) if part.is_file()]
    for _ in range(2):
        with pytest.raises(StorageFailed) as refused:
            studies.unlock(real, "xu.feng", PASSWORD, clock)
        assert "real one" in error_sentence(refused.value, Language("en"))
    assert [(part.name, part.read_bytes()) for part in sorted(real.iterdir()) if part.is_file()] == before
    with looking.looked_into(real, "xu.feng", PASSWORD, SteppingClock(START)) as looked:
        assert [fault.code for fault in looked.verified.faults] == ["keys.called_demonstration"]
    called(real, False)
    # Put right while the application still goes by the other clock: nothing is written by that one either.
    with pytest.raises(StorageFailed, match=r"clock\.of_demonstration"):
        studies.unlock(real, "xu.feng", PASSWORD, clock)
    studies.leave(studies.unlock(real, "xu.feng", PASSWORD, SteppingClock(START)))


def test_a_demonstration_that_is_called_a_real_study_is_not_opened(study: Study) -> None:
    called(study.folder.path, False)
    with pytest.raises(StorageFailed, match=r"keys\.called_real"):
        studies.unlock(study.folder.path, "xu.feng", PASSWORD, study.clock)
    called(study.folder.path, True)
    studies.leave(studies.unlock(study.folder.path, "xu.feng", PASSWORD, study.clock))
