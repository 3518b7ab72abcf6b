"""Fault 57: every defence of the store is taken away once, and what it refused or found goes through then.

Each entry is an attack that is refused, or found at the opening, with the defence in place, and is neither
without it. Where a second defence would refuse the same, it is taken away in both runs (`beside`): that it
is there is said, and what the one alone does is shown. The lists at the end are read from the program.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attacks
import pytest
from defences import (
    ALONE,
    AUTHORIZER,
    BACKED,
    BEYOND,
    CAPTURED,
    DEFENCES,
    DOOR,
    DURABLE,
    FORBIDDEN,
    OPENING,
    OTHER_WORDS,
    PRAGMAS,
    REDUNDANT,
    TRIGGERS,
    stating,
)
from forging import Ground, memory, mutated, put_row
from removals import RULES, Defence, allowing, trigger_name
from sqlcipher3 import dbapi2 as driver
from study_fixtures import START

from sle_desk.models.people import User
from sle_desk.models.store import capture, database, guard, schema, verification
from sle_desk.models.store.capture import Capture
from sle_desk.models.tables import METADATA, audited_tables
from sle_desk.services import header_check
from sle_desk.services.desk import Desk
from sle_desk.services.rescue import Rescue

Driver = Callable[..., dict[str, Any]]


@pytest.fixture
def ground(made_study: tuple[Path, str], tmp_path: Path) -> Iterator[Ground]:
    """Where the attacks take place."""
    made = Ground(made_study, tmp_path)
    yield made
    made.close()


# The trigger that keeps rows from being deleted is one text for every table: the first few with every run.
KEPT = [each.name for each in DEFENCES if each.name.endswith("_no_delete")][:4]


def brief(defence: Defence) -> object:
    """Return a defence for the run, the many equal ones marked slow."""
    many = defence.name.endswith("_no_delete") and defence.name not in KEPT
    return pytest.param(defence, id=defence.name, marks=pytest.mark.slow if many else ())


@pytest.mark.parametrize("defence", [brief(each) for each in DEFENCES])
def test_fault_57_a_defence_refuses_what_goes_through_without_it(
    ground: Ground, defence: Defence, monkeypatch: pytest.MonkeyPatch
) -> None:
    defence.beside(monkeypatch)
    assert defence.told in defence.attack(ground)
    defence.remove(monkeypatch)
    assert defence.attack(ground) == ""


@pytest.mark.parametrize("name", DURABLE)
def test_fault_57_without_a_durable_pragma_a_power_cut_loses_what_was_saved(
    under_shim: Driver, tmp_path: Path, name: str
) -> None:
    # With it: test_power.
    found = under_shim("power.py", tmp_path, 1, 5, f"{name}={DURABLE[name]}")
    assert found["wrong"]


@pytest.mark.slow
def test_fault_57_beside_truncate_a_full_sync_is_enough(under_shim: Driver, tmp_path: Path) -> None:
    # EXTRA syncs the folder too, which matters where a journal is removed: TRUNCATE removes none.
    assert under_shim("power.py", tmp_path, 3, 3, "synchronous=FULL")["wrong"] == {}


@pytest.mark.parametrize("kind", ["insert", "update", "delete"])
def test_fault_57_each_capture_trigger_of_each_table_is_missed(kind: str) -> None:
    for table in audited_tables():
        made = capture.trigger_statements(table)
        mine = [each for each in made if trigger_name(each).endswith(kind)]
        others = [each for each in made if each not in mine]
        assert (captured(table.name, [*others, *mine], kind), captured(table.name, others, kind)) == (1, 0)


def captured(table: str, triggers: list[str], kind: str) -> int:
    """Insert, update and delete a row under some of the triggers; return how many of a kind were captured."""
    cursor = memory()
    cursor.execute(f'DROP TRIGGER "{table}_no_delete"')
    for statement in (capture.CREATE_CAPTURE, *triggers):
        cursor.execute(statement)
    put_row(cursor, METADATA.tables[table])
    cursor.execute(f'UPDATE "{table}" SET version = version + 1')
    cursor.execute(f'DELETE FROM "{table}"')
    return int(cursor.execute("SELECT count(*) FROM capture WHERE operation = ?", (kind,)).fetchone()[0])


@pytest.mark.parametrize("code", FORBIDDEN)
def test_fault_57_what_is_forbidden_twice_is_refused_by_either(
    ground: Ground, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowing(code)(monkeypatch)
    assert bool(stating(*FORBIDDEN[code])(ground)) is (code not in ALONE)


@pytest.mark.parametrize("question", BACKED)
def test_fault_57_what_is_backed_is_rolled_back_all_the_same(
    ground: Ground, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = ground.file()
    if "context" in question:
        with opened.cursor() as cursor:
            put_row(cursor, METADATA.tables["study_fact"], name="chain_start")
    owner, name = (Capture, "drain") if "context" in question else (capture, "_chain_start")
    mutated(monkeypatch, owner, name, question)
    opened.context = None if "context" in question else attacks.somebody()
    with pytest.raises((AttributeError, TypeError)), opened.session() as session:
        session.add(User(login="x", name="x", created_at=START))
        session.commit()
    with opened.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM user").fetchone() == (0,)
    opened.close()


# Nothing is left out: the lists as the program has them.


def names(defences: tuple[Defence, ...]) -> set[str]:
    """Return the names of defences."""
    return {defence.name for defence in defences}


def pragmas_set() -> set[str]:
    """Return every pragma that is set on a new connection."""
    looked_at = (database._unlock, database.require_cipher, database.set_pragmas)
    sources = "".join(inspect.getsource(each) for each in looked_at)
    return {each[0] for each in database.PRAGMAS} | set(re.findall(r"PRAGMA (\w+)", sources))


def refusals(function: Callable[..., object]) -> set[str]:
    """Return each question of a function that ends in a refusal; not those that say a fault otherwise."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    told = {
        id(node) for each in ast.walk(tree) if isinstance(each, ast.ExceptHandler) for node in ast.walk(each)
    }
    return {
        ast.unparse(node.test)
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        and id(node) not in told
        and re.search("raise |require_|return NotAllowed", ast.unparse(node))
    }


def test_fault_57_every_pragma_has_its_attack_or_its_reason() -> None:
    known = names(PRAGMAS) | set(DURABLE) | set(REDUNDANT)
    assert pragmas_set() == known


def test_fault_57_every_trigger_has_its_attack() -> None:
    numbers = range(1, schema.SCHEMA + 1)
    made = {trigger_name(statement) for number in numbers for statement in schema.statements(number)}
    assert made - {""} == names(TRIGGERS)
    kinds = {
        trigger_name(each).removeprefix(f"{capture.TRIGGER_PREFIX}{table.name}_")
        for table in audited_tables()
        for each in capture.trigger_statements(table)
    }
    assert {f"capture {kind}" for kind in kinds} == names(CAPTURED)


def test_fault_57_every_rule_of_the_authorizer_has_its_attack() -> None:
    tree = ast.parse(textwrap.dedent(inspect.getsource(guard.Guard.allow)))
    asked = {ast.unparse(node.test) for node in ast.walk(tree) if isinstance(node, ast.If)}
    assert asked - {"self._opened"} == {ast.unparse(ast.parse(rule)) for rule in RULES.values()}
    assert {getattr(driver, code) for code in FORBIDDEN} == guard.FORBIDDEN
    assert {f"rule {name}" for name in RULES} | set(FORBIDDEN) == names(AUTHORIZER)


def test_fault_57_every_opening_check_has_its_attack() -> None:
    sources = inspect.getsource(verification) + inspect.getsource(header_check.against_header)
    assert set(re.findall(r'(?:Fault\(|meet\(row, )"([\w.]+)"', sources)) == names(OPENING) | set(OTHER_WORDS)


def test_fault_57_every_question_at_the_door_has_its_attack() -> None:
    doors = (Desk.require, Desk._refusal, Desk.change)
    behind = (Rescue.require_ours, Capture.drain, capture._chain_start)
    asked = set().union(*map(refusals, (*doors, *behind)))
    # `_refusal` asks, `require` raises what it answered.
    assert asked - {"refused is not None"} == names(DOOR) - BEYOND | set(BACKED)
