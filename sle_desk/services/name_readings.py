"""How a Chinese name is read and written in pinyin: a surname is often read otherwise than its character."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

# Surnames that are read otherwise than the same character elsewhere: the reading of a surname comes first
# (现代汉语词典, "用作姓氏").
_READ: dict[str, str] = {
    "万俟": "mo qi", "尉迟": "yu chi", "澹台": "tan tai", "子车": "zi ju", "单": "shan", "曾": "zeng",
    "解": "xie", "仇": "qiu", "查": "zha", "任": "ren", "区": "ou", "盖": "ge", "乐": "yue", "覃": "qin",
    "朴": "piao", "种": "chong", "冼": "xian", "折": "she", "召": "shao", "员": "yun", "缪": "miao",
    "秘": "bi", "翟": "zhai", "阚": "kan", "乜": "nie", "句": "gou", "佴": "nai", "祭": "zhai",
    "繁": "po", "粘": "nian", "炅": "gui", "郄": "qie",
}  # fmt: skip
# Surnames of two characters: in pinyin the given name may stand before both.
_OF_TWO = """
欧阳 司马 上官 诸葛 东方 皇甫 令狐 慕容 公孙 宇文 长孙 司徒 端木 夏侯 轩辕 闻人 东郭 南宫 百里 呼延
赫连 澹台 公冶 宗政 濮阳 淳于 太叔 申屠 仲孙 钟离 鲜于 闾丘 司空 亓官 司寇 子车 颛孙 拓跋 万俟 尉迟
乐正 公羊 谷梁 左丘 西门 第五
"""
# Syllables that are English words too: two of them side by side are a name only in capitals ("he can").
_ENGLISH = """
a an ban bang bin can die fan fen gang ha hang he hen la lie long ma man mang me men na pa pan pen
pi pie pin ping ran rang sang sha she shun song sun ta tan tang tie tong wan yang you
"""
# As one word in small letters a shorter name may be an English word: "panting", "make", "change".
SHORTEST_WORD = 8
_BETWEEN = r"[ \t\n.,'\u00b7\u2019\u2010-\u2015-]{0,3}"
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuuuuuunnnm")

Syllable = str


def surname_of(name: str) -> str:
    """Return the surname that a Chinese name begins with; one of two characters is known by its name."""
    return name[:2] if name[:2] in _OF_TWO.split() and len(name) > 2 else name[:1]


def read_surname(name: str) -> tuple[str, tuple[Syllable, ...]]:
    """Return the beginning of a name that is read as a surname only, and how; empty where none is."""
    known = next((each for each in _READ if name.startswith(each)), "")
    return known, tuple(_READ[known].split()) if known else ()


def is_chinese(text: str) -> bool:
    """Tell whether a text is of Chinese characters alone."""
    return bool(text) and all(unicodedata.name(letter, "").startswith("CJK ") for letter in text)


def readings(name: str) -> tuple[tuple[Syllable, ...], ...]:
    """Return for each character of a Chinese name how it may be read, "v" for ü; () if unknown."""
    from pypinyin import Style, pinyin

    heard = [tuple(each) for each in pinyin(name, style=Style.NORMAL, heteronym=True, errors=lambda _: "")]
    _, said = read_surname(name)
    ways = tuple(tuple(dict.fromkeys((*said[at : at + 1], *each))) for at, each in enumerate(heard))
    return ways if len(ways) == len(name) and all(all(way) for way in ways) else ()


def without_tones(letters: str) -> str:
    """Return small letters without the signs of the tones, as many as there were."""
    return letters if letters.isascii() else letters.translate(_TONES)


@lru_cache(maxsize=16)
def in_pinyin(names: frozenset[str]) -> re.Pattern[str] | None:
    """Return what finds Chinese names written in pinyin, surname first or last; None without any.

    It is compared with small letters without tones.
    """
    known = sorted({"".join(name.split()).replace("·", "") for name in names})
    found = [each for name in known if len(name) > 1 and is_chinese(name) for each in _orders(name)]
    return re.compile(f"(?<![a-z0-9])(?:{'|'.join(found)})(?![a-z0-9])") if found else None


def _orders(name: str) -> tuple[str, ...]:
    ways = [_either(way) for way in readings(name)]
    first = len(surname_of(name))
    orders = (ways, [*ways[first:], *ways[:first]])
    return tuple(dict.fromkeys(_BETWEEN.join(each) for each in orders)) if ways else ()


def _either(way: tuple[Syllable, ...]) -> str:
    """Return one syllable in whatever reading; ü is typed as v, u or yu."""
    return f"(?:{'|'.join(each.replace('v', '(?:v|u|yu)') for each in way)})"


def is_meant(written: str) -> bool:
    """Tell whether what reads as a name in pinyin is written as one, and not a word or two of English."""
    parts = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", written))
    if len(parts) > 1:
        return all(part[0].isupper() for part in parts) or not {part.lower() for part in parts} <= {
            *_ENGLISH.split()
        }
    inside = any(before.islower() and after.isupper() for before, after in pairwise(written))
    return inside or len(written) >= SHORTEST_WORD
