"""Drawing the list here: sealed at once, one copy for the statistician, drawn again from its seed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from outputs import arms_told, clear_pages, dump, words_of
from sqlalchemy import event
from sqlalchemy.orm import Session
from study_fixtures import START, Study
from trial_fixtures import ARMS, Made, copied, decide_everything, made_trial, trial

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.allocation_drawing import ALGORITHM, Drawing
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.exporting import write_export
from sle_desk.models.allocation import AllocationList, DrawnList
from sle_desk.models.store import sealed_list
from sle_desk.services import allocation, backup, backup_file, history, list_drawing, list_kept
from sle_desk.services.desk import Desk
from sle_desk.services.masking import MASK

__all__ = ["made_trial", "trial"]
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "allocation_list.py"


@pytest.fixture(scope="module")
def made_drawing(tmp_path_factory: pytest.TempPathFactory, made_study: tuple[Path, str]) -> Made:
    """A study in which it was decided that the list is drawn here, made once."""
    study = copied((*made_study, START), tmp_path_factory.mktemp("drawing") / "study")
    decide_everything(study, {"D27": "equal_drawn"})
    return study.folder.path, study.recovery_key, study.clock.now()


@pytest.fixture
def drawing(made_drawing: Made, tmp_path: Path) -> Iterator[Study]:
    """A copy of it."""
    yield (copy := copied(made_drawing, tmp_path / "drawing"))
    copy.leave()


def statistician(study: Study) -> Desk:
    return study.sit("sun.tong", roles.STATISTICIAN)


def drawn_with(desk: Desk) -> Drawing:
    """Return what the list in force was drawn with, as only the reveal may."""
    with desk.view() as session:
        row = session.query(AllocationList).order_by(AllocationList.id.desc()).first()
        sealed = session.query(DrawnList).filter_by(list_id=row.id).one().sealed_drawing
        key = desk.database.list_key
        return sealed_list.drawing_of(sealed, row.code, row.digest, row.wrapped_key, key)


def test_the_list_is_drawn_sealed_and_handed_over_once(drawing: Study, tmp_path: Path) -> None:
    desk, copy = statistician(drawing), tmp_path / "list.csv"
    made = list_drawing.draw(desk, "R1", "6, 3", copy)
    assert (made.code, made.size, made.opened, made.holds, made.algorithm) == ("R1", 30, 0, True, ALGORITHM)
    header, *rows = copy.read_text("ascii").split()
    assert header == "number,arm"
    assert Counter(row.split(",")[1] for row in rows) == dict.fromkeys(ARMS, 10)
    found = drawn_with(desk)
    assert (found.block_sizes, found.size, len(found.seed)) == ((3, 6), 30, 32)
    assert [f"{row.number},{row.arm}" for row in found.plan().allocations] == rows


def test_the_script_gives_the_statisticians_copy_again(drawing: Study, tmp_path: Path) -> None:
    desk, copy = statistician(drawing), tmp_path / "list.csv"
    list_drawing.draw(desk, "R1", "3,6", copy)
    seed = drawn_with(desk).seed.hex()
    again = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), seed, "30", "3,6", *ARMS],
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout.split() == copy.read_text("ascii").split()


def test_neither_seed_nor_sizes_nor_an_arm_is_in_the_clear_anywhere(drawing: Study, tmp_path: Path) -> None:
    before = json.dumps(dump(statistician(drawing)), default=str)
    desk, copy = statistician(drawing), tmp_path / "list.csv"
    list_drawing.draw(desk, "R1", "3, 9", copy)
    seed = drawn_with(desk).seed
    after = dump(desk)
    text = json.dumps(after, default=str)
    assert not arms_told(desk)
    assert "block_sizes" not in text
    assert "3, 9" not in text
    assert [text.count(f'"{arm}"') for arm in ARMS] == [before.count(f'"{arm}"') for arm in ARMS]
    key, snapshot = desk.database.data_key, tmp_path / "copy.sled"
    desk.snapshot(snapshot)
    made = backup.make_backup(desk, drawing.folder)
    kept = [path.read_bytes() for path in drawing.folder.path.rglob("*") if path.is_file()]
    drawing.leave()
    with backup_file.unpacked(made.path) as unpacked:
        files = (snapshot, unpacked / "study.sled", drawing.folder.study)
        pages = [*(clear_pages(path, key) for path in files), *kept, text.encode()]
    for page in pages:
        assert seed not in page
        assert seed.hex().encode() not in page.lower()
        assert copy.read_bytes() not in page
        assert b"1,BELIL2" not in page


NAMED = (*ARMS, "BEL + IL-2")


def left(study: Study, place: Path) -> list[int]:
    """Return how often an arm is named by what leaves: exports, the audit, what is shown of the list."""
    place.mkdir()
    desk = study.sit("wu.min", roles.PI)
    texts = [words_of(write_export(desk, place, preset, Language("en")).path) for preset in PRESETS]
    texts += [repr(each) for each in (*history.audit_trail(desk), list_kept.commitment(desk))]
    texts.append(repr(list_drawing.guessed(desk)))
    # What is sealed is random text, in which three letters can stand by chance: an arm stands alone.
    whole = "\n".join(texts)
    return [len(re.findall(rf"(?<![\w+/=-]){re.escape(arm)}(?![\w+/=-])", whole)) for arm in NAMED]


def test_neither_export_nor_audit_names_an_arm_more_after_a_list_was_drawn(
    drawing: Study, tmp_path: Path
) -> None:
    before = left(drawing, tmp_path / "before")
    list_drawing.draw(statistician(drawing), "R1", "3, 6", tmp_path / "list.csv")
    assert left(drawing, tmp_path / "after") == before


def test_two_lists_have_two_seeds_and_the_earlier_one_is_replaced_only_with_a_reason(
    drawing: Study, tmp_path: Path
) -> None:
    desk = statistician(drawing)
    first = list_drawing.draw(desk, "R1", "3", tmp_path / "1.csv")
    seed = drawn_with(desk).seed
    with pytest.raises(RuleBroken, match="list.replace_reason"):
        list_drawing.draw(desk, "R2", "3", tmp_path / "2.csv")
    assert not (tmp_path / "2.csv").exists()
    second = list_drawing.draw(desk, "R2", "3", tmp_path / "2.csv", "The stick was lost.")
    assert drawn_with(desk).seed != seed
    assert first.digest != second.digest


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "drawing.typed"),
        ("three", "drawing.typed"),
        ("3.5", "drawing.typed"),
        ("-3", "drawing.typed"),
        ("٣", "drawing.typed"),
        ("4", "drawing.block_sizes"),
        ("0", "drawing.block_sizes"),
        ("9", "drawing.size"),
        ("3, 6, 9, 12", "drawing.many_sizes"),
    ],
)
def test_block_sizes_that_give_no_list_are_refused_and_nothing_is_written(
    drawing: Study, tmp_path: Path, typed: str, code: str
) -> None:
    desk, copy = statistician(drawing), tmp_path / "list.csv"
    with pytest.raises(RuleBroken) as refused:
        list_drawing.planned(desk, typed, "R1")
    assert refused.value.code == code
    with pytest.raises(RuleBroken):
        list_drawing.draw(desk, "R1", typed, copy)
    assert not copy.exists()
    assert allocation.commitment(desk) is None


def test_the_copy_goes_into_no_study_folder_and_over_no_other_file(drawing: Study, tmp_path: Path) -> None:
    desk, taken = statistician(drawing), tmp_path / "taken.csv"
    taken.write_text("mine")
    for target, code in (
        (drawing.folder.path / "list.csv", "drawing.place"),
        (drawing.folder.path / "backups" / "list.csv", "drawing.place"),
        (taken, "file.exists"),
    ):
        with pytest.raises(RuleBroken) as refused:
            list_drawing.draw(desk, "R1", "3", target)
        assert refused.value.code == code
    with pytest.raises(StorageFailed):
        list_drawing.draw(desk, "R1", "3", tmp_path / "no such folder" / "list.csv")
    assert taken.read_text() == "mine"
    assert allocation.commitment(desk) is None


def test_a_copy_of_a_list_that_was_not_kept_is_taken_back(drawing: Study, tmp_path: Path) -> None:
    desk, copy = statistician(drawing), tmp_path / "list.csv"
    seen = []

    def crash(session: Session) -> None:
        seen.append(copy.exists())
        raise ZeroDivisionError("the power goes")

    event.listen(Session, "before_commit", crash)
    try:
        with pytest.raises(ZeroDivisionError):
            list_drawing.draw(desk, "R1", "3", copy)
    finally:
        event.remove(Session, "before_commit", crash)
    assert seen == [True]
    assert not copy.exists()
    assert allocation.commitment(desk) is None


def test_drawing_is_the_statisticians_alone(drawing: Study, tmp_path: Path) -> None:
    for login, role in (
        ("wu.min", roles.PI),
        ("chen.lan", roles.COORDINATOR),
        ("xu.feng", roles.ADMINISTRATOR),
    ):
        with pytest.raises(NotAllowed):
            list_drawing.draw(drawing.sit(login, role), "R1", "3", tmp_path / "list.csv")
    assert not (tmp_path / "list.csv").exists()


def test_drawing_waits_for_the_decision_that_it_is_done_here(trial: Study, tmp_path: Path) -> None:
    with pytest.raises(RuleBroken, match="list.not_drawn"):
        list_drawing.draw(statistician(trial), "R2", "3", tmp_path / "list.csv", "Another.")


def test_drawing_waits_for_the_target(study: Study, tmp_path: Path) -> None:
    decide_everything(study, {"D27": "equal_drawn"}, but=frozenset({"D09"}))
    with pytest.raises(RuleBroken) as refused:
        list_drawing.planned(statistician(study), "3", "R1")
    assert (refused.value.code, refused.value.facts["waits"]) == ("list.waits", Words("D09", "D09"))


def test_the_figure_is_told_before_drawing_and_stands_beside_the_list(drawing: Study, tmp_path: Path) -> None:
    desk = statistician(drawing)
    wanted = list_drawing.planned(desk, "3, 6", "R1")
    assert (wanted.size, wanted.block_sizes) == (30, (3, 6))
    list_drawing.draw(desk, "R1", "3, 6", tmp_path / "list.csv")
    seen = list_drawing.guessed(statistician(drawing))
    assert seen == wanted.figure == list_drawing.Guessed(11, 58, 33, drawn=True)


def test_who_enrols_learns_the_sizes_of_the_blocks_from_no_figure(drawing: Study, tmp_path: Path) -> None:
    list_drawing.draw(statistician(drawing), "R1", "3, 6", tmp_path / "list.csv")
    for login, role in (("wu.min", roles.PI), ("chen.lan", roles.COORDINATOR), ("he.jian", roles.MONITOR)):
        desk = drawing.sit(login, role)
        assert list_drawing.guessed(desk) is None
        (row,) = [each for each in history.audit_trail(desk) if each.table == "drawn_list"]
        told = {name: value for name, value in row.new.items() if name.endswith("percent")}
        assert set(told.values()) == {MASK} and len(told) == 3


def test_of_an_imported_list_the_figure_is_that_of_the_smallest_blocks(trial: Study) -> None:
    seen = list_drawing.guessed(trial.sit("wu.min", roles.PI))
    assert seen == list_drawing.Guessed(33, 61, 33, drawn=False)


def test_without_a_list_there_is_no_figure(study: Study) -> None:
    assert list_drawing.guessed(study.sit("wu.min", roles.PI)) is None
