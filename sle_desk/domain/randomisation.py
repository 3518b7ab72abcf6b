"""The allocation list: read all or nothing, sealed by salted commitments, opened in order only.

No error, finding or text form of these values carries an arm: refusals are audited and logged.
"""

from __future__ import annotations

import csv
import hmac
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.sealing import canonical, content_hash, sha256
from sle_desk.domain.values import clean

HEADER = ("number", "arm")
SALT_BYTES = 32
# So many rows one after another are the same in two lists of 30 by chance in at most 4 of 100 pairs (where
# blocks are of three), and in fewer than 1 of 100 where they are larger: then another list is drawn.
KNOWN_RUN = 12


@dataclass(frozen=True)
class Allocation:
    """One row of the list: its number, and the arm that is in no text form of it."""

    number: int
    arm: str = field(repr=False)


@dataclass(frozen=True)
class AllocationPlan:
    """A whole list in the order of its numbers, 1 to size."""

    allocations: tuple[Allocation, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """Return how many allocations the list holds."""
        return len(self.allocations)


@dataclass(frozen=True)
class ListFinding:
    """One fault of an imported list: a code that `words` turns into a sentence, and rows of the file.

    Rows are counted as a spreadsheet counts them: the header is row 1.
    """

    code: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class _Row:
    row: int
    number: str
    arm: str = field(repr=False)


def shares_of(arms: Sequence[str] | Mapping[str, int]) -> Mapping[str, int]:
    """Return how often each arm stands for one of another; codes alone stand equally often."""
    shares = dict(arms) if isinstance(arms, Mapping) else dict.fromkeys(arms, 1)
    if not shares or len(shares) != len(arms) or min(shares.values()) < 1:
        raise RuleBroken("list.shares", arms=len(arms))
    return shares


def _cells(text: str) -> list[list[str]]:
    # With their ends: two lines of one quoted cell would otherwise be read as one word, the name of an arm.
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    return [[clean(cell) for cell in cells] for cells in csv.reader(lines)]


def _rows(cells: list[list[str]]) -> tuple[list[_Row], list[ListFinding]]:
    """Return the complete rows, and findings for those that are not two filled cells."""
    while cells and not any(cells[-1]):
        cells = cells[:-1]
    complete, blank, wide = [], [], []
    for row, line in enumerate(cells[1:], 2):
        number, arm, *further = (*line, "", "")[: max(2, len(line))]
        if any(further):
            wide.append(row)
        elif not number or not arm:
            blank.append(row)
        else:
            complete.append(_Row(row, number, arm))
    findings = [ListFinding("list.blank", tuple(blank))] if blank else []
    return complete, [*findings, *([ListFinding("list.too_many_cells", tuple(wide))] if wide else [])]


def _number_findings(rows: Sequence[_Row]) -> tuple[ListFinding, ...]:
    """Return what is wrong with the numbers: they have to be 1, 2, 3 and so on in this order."""
    unreadable = tuple(row.row for row in rows if not _is_number(row.number))
    if unreadable:
        return (ListFinding("list.not_a_number", unreadable),)
    numbers = [int(row.number) for row in rows]
    counts = Counter(numbers)
    twice = tuple(row.row for row, number in zip(rows, numbers, strict=True) if counts[number] > 1)
    if twice:
        return (ListFinding("list.number_twice", twice),)
    # The row at which the run 1, 2, 3 breaks, whether a number is left out or stands elsewhere.
    for row, number, wanted in zip(rows, numbers, range(1, len(rows) + 1), strict=True):
        if number != wanted:
            gap = set(range(1, len(rows) + 1)) != set(numbers)
            return (ListFinding("list.gap" if gap else "list.order", (row.row,)),)
    return ()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


def _balance_findings(
    rows: Sequence[_Row], shares: Mapping[str, int], block_size: int | None
) -> tuple[ListFinding, ...]:
    """Return whether each arm stands as often as its share, in all and in each block; no counts are told."""
    findings = []
    if not _balanced(rows, shares):
        findings.append(ListFinding("list.not_balanced", ()))
    if block_size is not None:
        blocks = [rows[start : start + block_size] for start in range(0, len(rows), block_size)]
        uneven = tuple(
            block[0].row for block in blocks if len(block) < block_size or not _balanced(block, shares)
        )
        if uneven:
            findings.append(ListFinding("list.block_not_balanced", uneven))
    return tuple(findings)


def _balanced(rows: Sequence[_Row], shares: Mapping[str, int]) -> bool:
    counts = Counter(row.arm for row in rows)
    return len({Fraction(counts[arm], share) for arm, share in shares.items()}) == 1


def _findings(
    rows: Sequence[_Row], shares: Mapping[str, int], block_size: int | None
) -> tuple[ListFinding, ...]:
    if not rows:
        return (ListFinding("list.empty", ()),)
    unknown = tuple(row.row for row in rows if row.arm not in shares)
    of_arms = (ListFinding("list.unknown_arm", unknown),) if unknown else ()
    of_numbers = _number_findings(rows)
    # Balance means nothing while rows or arms are in doubt.
    balance = () if of_arms or of_numbers else _balance_findings(rows, shares, block_size)
    return (*of_numbers, *of_arms, *balance)


def read_list(
    text: str, arms: Sequence[str] | Mapping[str, int], block_size: int | None = None
) -> AllocationPlan:
    """Return the list of a CSV text `number,arm`, or raise RuleBroken with every finding: all or nothing.

    `arms` are the codes allowed, equally often or with the shares given; `block_size` checks blocks of
    one size.
    """
    plan, findings = _read(text, shares_of(arms), block_size)
    if findings:
        named = ", ".join(map(str, sorted({row for finding in findings for row in finding.rows})))
        raise RuleBroken("list.refused", faults=len(findings), rows=named, findings=findings)
    return plan


def _read(
    text: str, shares: Mapping[str, int], block_size: int | None
) -> tuple[AllocationPlan, tuple[ListFinding, ...]]:
    nothing = AllocationPlan(())
    try:
        cells = _cells(text)
    except csv.Error:
        return nothing, (ListFinding("list.unreadable", ()),)
    if not cells or tuple(name.lower() for name in cells[0]) != HEADER:
        return nothing, (ListFinding("list.header", (1,)),)
    rows, faults = _rows(cells)
    findings = tuple(faults) or _findings(rows, shares, block_size)
    if findings:
        return nothing, findings
    return AllocationPlan(tuple(Allocation(int(row.number), row.arm) for row in rows)), ()


def commitment(allocation: Allocation, salt: bytes) -> str:
    """Return the SHA-256 over the salt and the canonical row: it binds and tells nothing."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt is 32 random bytes")
    return sha256(salt + canonical({"arm": allocation.arm, "number": allocation.number}))


def commitments(plan: AllocationPlan, salts: Sequence[bytes]) -> tuple[str, ...]:
    """Return the commitment of each row; each row has a salt of its own."""
    if len(salts) != plan.size or len(set(salts)) != plan.size:
        raise ValueError("each row needs a salt of its own")
    return tuple(map(commitment, plan.allocations, salts))


def list_digest(sealed: Sequence[str]) -> str:
    """Return the one digest over all commitments in order: what is printed before the first patient."""
    return content_hash(list(sealed))


def verify(allocation: Allocation, salt: bytes, sealed: str) -> bool:
    """Tell whether a revealed row and its salt are those that were committed to."""
    return hmac.compare_digest(commitment(allocation, salt), sealed)


def repeats(plan: AllocationPlan, known: Sequence[str]) -> bool:
    """Tell whether rows of a list, one after another, are those of a list whose arms are known.

    Neither the whole order nor its beginning is asked for: whoever knows a list also knows the next arm where
    it was cut, continued, or begun at a later row. A shorter list counts where all of it is found. What is
    unknown of the other list, an empty arm, agrees with nothing.
    """
    arms = [row.arm for row in plan.allocations]
    rows = min(KNOWN_RUN, len(arms), len(known))
    runs = {tuple(known[at : at + rows]) for at in range(len(known) - rows + 1)}
    return rows > 0 and any(tuple(arms[at : at + rows]) in runs for at in range(len(arms) - rows + 1))


def next_slot(used: Collection[int], size: int) -> int:
    """Return the number of the next row: rows are opened in order, without leaving one out."""
    for wanted, number in zip(range(1, len(used) + 1), sorted(used), strict=True):
        if wanted != number:
            raise RuleBroken("list.opened_out_of_order", number=number)
    if len(used) >= size:
        raise RuleBroken("list.used_up", size=size)
    return len(used) + 1
