"""Drawing the allocation list here: a random seed, the list sealed at once, one copy for the statistician.

The seed and the block sizes are kept under the seal of the list until the reveal: either would tell arms.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.private import half_made
from sle_desk.base.written import write_file
from sle_desk.domain.allocation_drawing import SEED_BYTES, Drawing
from sle_desk.domain.guessability import Guessability, guessability, percent
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.randomisation import AllocationPlan, shares_of
from sle_desk.domain.roles import STATISTICIAN
from sle_desk.domain.sealing import sha256
from sle_desk.models.allocation import AllocationList, DrawnList
from sle_desk.models.store import sealed_list
from sle_desk.services import decisions
from sle_desk.services.allocation import (
    DRAWN,
    RATIO,
    check_replaceable,
    checked_code,
    decided,
    keep,
)
from sle_desk.services.desk import Desk
from sle_desk.services.list_kept import Commitment, commitment_in, list_in_force, require_unknown

DRAW = "list.draw"
MOST_SIZES = 3


@dataclass(frozen=True)
class Guessed:
    """How well the next allocation can be guessed, in whole per cent of the slots.

    `drawn` tells whether it is of the list in force, drawn here; else it is of the smallest blocks that the
    ratio allows, since nobody told those of an imported list.
    """

    certain: int
    guessed: int
    chance: int
    drawn: bool


@dataclass(frozen=True)
class Planned:
    """What a list would be drawn with, and how well it could be guessed."""

    size: int
    shares: tuple[tuple[str, int], ...]
    block_sizes: tuple[int, ...]
    figure: Guessed


def planned(desk: Desk, block_sizes: str, code: str, reason: str = "") -> Planned:
    """Return what a list would be drawn with; RuleBroken when it cannot be, or when a decision is open."""
    desk.require(DRAW)
    code = checked_code(code)
    with desk.view() as session:
        size, shares = _decided(session, desk)
        check_replaceable(session, code, reason)
    return _planned(size, shares, block_sizes)


def _decided(session: Session, desk: Desk) -> tuple[int, dict[str, int]]:
    readings = decisions.readings_on(session, desk.protocol, desk.today())
    return decided(readings, desk.protocol, DRAWN)


def _planned(size: int, shares: dict[str, int], typed: str) -> Planned:
    blocks = _block_sizes(typed)
    drawing = Drawing(bytes(SEED_BYTES), tuple(shares.items()), blocks, size)
    # Refuses what cannot be drawn; which list the empty seed gives tells nothing.
    drawing.plan()
    found = guessability(shares, blocks, size)
    return Planned(size, drawing.shares, blocks, _figure(found, drawn=True))


def _figure(found: Guessability, *, drawn: bool) -> Guessed:
    return Guessed(percent(found.certain), percent(found.guessed), percent(found.chance), drawn)


def _block_sizes(typed: str) -> tuple[int, ...]:
    parts = [part for part in re.split(r"[\s,;，、；]+", typed.strip()) if part]
    if not parts or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise RuleBroken("drawing.typed", typed=typed.strip())
    sizes = tuple(sorted(set(map(int, parts))))
    if len(sizes) > MOST_SIZES:
        raise RuleBroken("drawing.many_sizes", found=len(sizes), allowed=MOST_SIZES)
    return sizes


def draw(desk: Desk, code: str, block_sizes: str, target: Path, reason: str = "") -> Commitment:
    """Draw a list, seal it, and write the statistician's one copy as CSV where they say.

    List and copy are there both or neither. The copy holds numbers and arms, never the seed; the study
    folder is refused as its place, for everybody's backups are made of it.
    """
    code, written = checked_code(code), False
    try:
        with desk.change(DRAW, reason) as change:
            size, shares = _decided(change.session, desk)
            wanted = _planned(size, shares, block_sizes)
            check_replaceable(change.session, code, reason)
            _check_place(desk, target)
            drawing = Drawing(secrets.token_bytes(SEED_BYTES), wanted.shares, wanted.block_sizes, size)
            require_unknown(change.session, drawing.plan(), desk.database.list_key)
            copy = copy_of(drawing.plan())
            made = sealed_list.seal_list(drawing.plan(), code, sha256(copy), desk.database.list_key, drawing)
            change.add(_drawn(keep(change, made), made.sealed_drawing, drawing, wanted.figure))
            shown = commitment_in(change.session, made.code)
            _write(desk, target, copy)
            written = True
    except BaseException:
        # A copy of a list that was not kept would be taken for the list.
        if written:
            target.unlink(missing_ok=True)
        raise
    return shown


def copy_of(plan: AllocationPlan) -> bytes:
    """Return the statistician's copy of a list: the file that can be imported, too."""
    lines = ("number,arm", *(f"{row.number},{row.arm}" for row in plan.allocations))
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _check_place(desk: Desk, target: Path) -> None:
    study = desk.database.path.parent.resolve()
    if target.resolve().is_relative_to(study):
        raise RuleBroken("drawing.place", folder=str(study))


def _write(desk: Desk, target: Path, copy: bytes) -> None:
    with half_made(desk.database.path.parent, target) as waiting:
        write_file(target, lambda file: file.write(copy), waiting=waiting)


def _drawn(row: AllocationList, sealed_drawing: str, drawing: Drawing, figure: Guessed) -> DrawnList:
    return DrawnList(
        list_id=row.id,
        algorithm=drawing.algorithm,
        sealed_drawing=sealed_drawing,
        certain_percent=figure.certain,
        guessed_percent=figure.guessed,
        chance_percent=figure.chance,
    )


def guessed(desk: Desk) -> Guessed | None:
    """Return how well the list in force can be guessed; None without a list, or while the ratio is open.

    Of a drawn list the statistician alone is told: the figure tells the sizes of its blocks to who enrols.
    """
    with desk.view() as session:
        row = list_in_force(session)
        found = guessed_in(session, desk.protocol, row, desk.today()) if row else None
    return None if found is not None and found.drawn and desk.actor.role != STATISTICIAN else found


def guessed_in(session: Session, protocol: Protocol, row: AllocationList, on: date) -> Guessed | None:
    """Return how well a list can be guessed, inside a view; None while the ratio is open on a day."""
    drawn = session.scalar(select(DrawnList).where(DrawnList.list_id == row.id))
    if drawn is not None:
        return Guessed(drawn.certain_percent, drawn.guessed_percent, drawn.chance_percent, drawn=True)
    ratio = decisions.readings_on(session, protocol, on).value(RATIO)
    if not isinstance(ratio, tuple):
        return None
    shares = shares_of({arm.code: int(share) for arm, share in zip(protocol.arms, ratio, strict=True)})
    blocks = (sum(shares.values()),)
    return _figure(guessability(shares, blocks, row.size), drawn=False)
