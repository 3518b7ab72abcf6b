"""Draws an allocation list again from its seed, with Python alone; nothing of sle_desk is needed.

    python3 allocation_list.py SEED SIZE BLOCKS ARM[:SHARE] ARM[:SHARE] ...
    python3 allocation_list.py 5f...c1 30 3,6 BELIL2 BEL IL2

SEED is the 64 hexadecimal digits of the reveal. What is written is the list as sle_desk hands it to the
statistician: number,arm. docs/allocation_list.md has the algorithm in words.
"""

import hashlib
import sys


def stream(seed):
    """Yield whole numbers of 32 bits from SHA-256 over prefix, seed and a counter."""
    counter = 0
    while True:
        block = hashlib.sha256(b"sle_desk/allocation/v1\0" + seed + counter.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(block[start : start + 4], "big") for start in range(0, 32, 4))
        counter += 1


def below(limit, numbers):
    """Return the next number below a limit; numbers that would make an outcome likelier are passed over."""
    number = next(numbers)
    while number >= 2**32 // limit * limit:
        number = next(numbers)
    return number % limit


def fills(rows, sizes):
    """Tell whether blocks of these sizes can fill so many rows exactly."""
    able = {0}
    for count in range(1, rows + 1):
        if any(count - size in able for size in sizes):
            able.add(count)
    return rows in able


def draw(seed, size, sizes, shares):
    """Return the arms of the list in order; `shares` are pairs of arm and share."""
    numbers, arms, whole = stream(seed), [], sum(share for _, share in shares)
    while len(arms) < size:
        left = size - len(arms)
        possible = [each for each in sorted(set(sizes)) if each <= left and fills(left - each, sizes)]
        length = possible[below(len(possible), numbers)]
        block = [arm for arm, share in shares for _ in range(share * length // whole)]
        for place in range(length - 1, 0, -1):
            other = below(place + 1, numbers)
            block[place], block[other] = block[other], block[place]
        arms += block
    return arms


def main(seed, size, sizes, *arms):
    """Write the list."""
    shares = [(arm.partition(":")[0], int(arm.partition(":")[2] or 1)) for arm in arms]
    drawn = draw(bytes.fromhex(seed), int(size), [int(each) for each in sizes.split(",")], shares)
    print("number,arm")
    for number, arm in enumerate(drawn, 1):
        print(f"{number},{arm}")


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
