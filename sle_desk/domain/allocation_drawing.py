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
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.randomisation import Allocation, AllocationPlan, shares_of

SEED_BYTES = 32
ALGORITHM = "sle_desk/allocation/v1"
_PREFIX = ALGORITHM.encode("ascii") + b"\0"
_WORD = 4
_RANGE = 2 ** (8 * _WORD)


@dataclass(frozen=True)
class Drawing:
    """What a list was drawn with: the seed gives the list, so it is in no text form."""

    seed: bytes = field(repr=False)
    shares: tuple[tuple[str, int], ...]
    block_sizes: tuple[int, ...] = field(repr=False)
    size: int
    algorithm: str = ALGORITHM

    def plan(self) -> AllocationPlan:
        """Return the list that it gives."""
        return draw_list(self.seed, dict(self.shares), self.block_sizes, self.size)

    def content(self) -> bytes:
        """Return it as it is sealed."""
        told = {**vars(self), "seed": self.seed.hex()}
        return json.dumps(told, sort_keys=True).encode("utf-8")

    @classmethod
    def read(cls, content: bytes) -> Drawing:
        """Return a drawing from what was sealed."""
        told = json.loads(content)
        shares = tuple((str(arm), int(share)) for arm, share in told["shares"])
        sizes = tuple(map(int, told["block_sizes"]))
        return cls(bytes.fromhex(told["seed"]), shares, sizes, int(told["size"]), str(told["algorithm"]))


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


def choosable(block_sizes: Collection[int], left: int) -> list[int]:
    """Return the sizes of which the next block is drawn, smallest first, while so many rows are left."""
    fillable = _fillable(left, sorted(set(block_sizes)))
    return [block for block in sorted(set(block_sizes)) if block <= left and fillable[left - block]]


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
    if size < 1 or not choosable(blocks, size):
        raise RuleBroken("drawing.size", size=size, sizes=", ".join(map(str, blocks)))
    words = _words(seed)
    drawn: list[str] = []
    while len(drawn) < size:
        possible = choosable(blocks, size - len(drawn))
        times = possible[_below(len(possible), words)] // whole
        drawn += _shuffled([arm for arm, share in shares.items() for _ in range(share * times)], words)
    return AllocationPlan(tuple(Allocation(number, arm) for number, arm in enumerate(drawn, 1)))
