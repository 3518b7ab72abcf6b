"""Draws an allocation list again from its seed, with Python alone; nothing of sle_desk is needed.

    python3 allocation_list.py SEED SIZE BLOCKS ARM[:SHARE] ARM[:SHARE] ...
    python3 allocation_list.py 5f...c1 30 3,6 BELIL2 BEL IL2

SEED is the 64 hexadecimal digits of the reveal, SIZE the number of rows, BLOCKS the block sizes, each a
multiple of the sum of the shares. What is impossible is refused in a sentence, and nothing is written. What
is written is the list as sle_desk hands it to the statistician: number,arm. docs/allocation_list.md has the
algorithm in words.
"""

import hashlib
import re
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


def whole_number(text, what):
    """Return a whole number from 1 on, as it was typed; end with a sentence where it is none."""
    if not re.fullmatch("[0-9]{1,4}", text) or int(text) < 1:
        sys.exit(f"{what}: {text!r} is no whole number from 1 to 9999. Nothing was drawn.")
    return int(text)


def asked(seed, size, sizes, arms):
    """Return what a list is drawn of; end with a sentence where no list can be drawn of it."""
    if not re.fullmatch("[0-9a-fA-F]{64}", seed):
        sys.exit(
            f"SEED has {len(seed)} characters: it is 64 hexadecimal digits (0-9, a-f). Nothing was drawn."
        )
    rows = whole_number(size, "SIZE")
    blocks = [whole_number(each.strip(), "BLOCKS") for each in sizes.split(",")]
    named = [
        (arm, whole_number(share if colon else "1", f"Share of {arm}"))
        for arm, colon, share in (each.partition(":") for each in arms)
    ]
    names = [arm for arm, _ in named]
    if "" in names or len(set(names)) < len(names):
        sys.exit(f"ARM: {' '.join(arms)} names an arm twice, or one without a name. Nothing was drawn.")
    whole = sum(share for _, share in named)
    wrong = [str(block) for block in blocks if block % whole]
    if wrong:
        sys.exit(
            f"BLOCKS: {', '.join(wrong)} cannot hold the arms by their shares: each block size has to be a "
            f"multiple of {whole}. Nothing was drawn."
        )
    if not fills(rows, blocks):
        sys.exit(f"SIZE: {rows} rows cannot be filled with blocks of {sizes} exactly. Nothing was drawn.")
    return bytes.fromhex(seed), rows, blocks, named


def main(seed, size, sizes, *arms):
    """Write the list."""
    drawn = draw(*asked(seed, size, sizes, arms))
    print("number,arm")
    for number, arm in enumerate(drawn, 1):
        print(f"{number},{arm}")


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
