"""Drawing an allocation list: permuted blocks of mixed sizes, reproducible from a seed of 256 bits.

The algorithm, so that anybody can repeat it with any SHA-256:
1. The stream is SHA-256("sle_desk/allocation/v1" + NUL + seed + counter as 8 bytes, big end first) for
   counter 0, 1, 2 and so on, read as whole numbers of 4 bytes, big end first.
2. A number below n is the next of the stream that is smaller than the largest multiple of n up to 2^32,
   modulo n; others are passed over, so that every outcome is equally likely.
3. While rows are wanted: of the block sizes, smallest first, that leave a remainder which blocks can
   still fill, one is drawn. The block holds each arm as often as its share, in the order the arms are
   given, and is shuffled from its last place down to its second: place i changes with a drawn place 0 to i.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.randomisation import Allocation, AllocationPlan, shares_of

SEED_BYTES = 32
_PREFIX = b"sle_desk/allocation/v1\0"
_WORD = 4
_RANGE = 2 ** (8 * _WORD)


def _words(seed: bytes) -> Iterator[int]:
    counter = 0
    while True:
        block = hashlib.sha256(_PREFIX + seed + counter.to_bytes(8, "big")).digest()
        for start in range(0, len(block), _WORD):
            yield int.from_bytes(block[start : start + _WORD], "big")
        counter += 1


def _below(limit: int, words: Iterator[int]) -> int:
    highest = _RANGE - _RANGE % limit
    return next(word for word in words if word < highest) % limit


def _fillable(size: int, block_sizes: Sequence[int]) -> list[bool]:
    """Return for each number of rows up to size whether blocks can fill it exactly."""
    fillable = [True] + [False] * size
    for rows in range(1, size + 1):
        fillable[rows] = any(block <= rows and fillable[rows - block] for block in block_sizes)
    return fillable


def _shuffled(block: list[str], words: Iterator[int]) -> list[str]:
    for place in range(len(block) - 1, 0, -1):
        other = _below(place + 1, words)
        block[place], block[other] = block[other], block[place]
    return block


def draw_list(
    seed: bytes, arms: Sequence[str] | Mapping[str, int], block_sizes: Sequence[int], size: int
) -> AllocationPlan:
    """Return the list that a seed of 32 bytes gives; refuse block sizes that cannot hold the shares."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed is 32 random bytes")
    shares, blocks = shares_of(arms), sorted(set(block_sizes))
    whole = sum(shares.values())
    if not blocks or any(block < 1 or block % whole for block in blocks):
        raise RuleBroken("drawing.block_sizes", sizes=", ".join(map(str, blocks)), multiple=whole)
    fillable = _fillable(size, blocks)
    if size < 1 or not fillable[size]:
        raise RuleBroken("drawing.size", size=size, sizes=", ".join(map(str, blocks)))
    words = _words(seed)
    drawn: list[str] = []
    while len(drawn) < size:
        left = size - len(drawn)
        possible = [block for block in blocks if block <= left and fillable[left - block]]
        times = possible[_below(len(possible), words)] // whole
        drawn += _shuffled([arm for arm, share in shares.items() for _ in range(share * times)], words)
    return AllocationPlan(tuple(Allocation(number, arm) for number, arm in enumerate(drawn, 1)))
