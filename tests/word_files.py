"""Files of words as a site would bring them, all of them generated."""

from __future__ import annotations

from pathlib import Path

HEAD = "english,chinese,other names,class"
SHORT = (HEAD, "Medrol,美卓乐,甲强龙,hormone", "Euthyrox,优甲乐,,thyroid", "medrol,别名,,", ",,nameless,")


def written(
    folder: Path, rows: tuple[str, ...] = SHORT, name: str = "names.csv", code: str = "utf-8"
) -> Path:
    """Write a file of words and return where it is."""
    path = folder / name
    path.write_bytes("\n".join(rows).encode(code))
    return path


def long_list(folder: Path, count: int) -> Path:
    """Write a file of as many words, none like another."""
    rows = (
        f"Preparation {number:05},制剂{number:05}号,Brand{number};商品{number},class"
        for number in range(count)
    )
    return written(folder, (HEAD, *rows), "long.csv")
