"""Reading the protocol package and other data files: every fault names its file, its key and the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from sle_desk.base.errors import PackageFaulty
from sle_desk.base.language import Words

Value = TypeVar("Value")
_A_DAY, _DAYS = "a day such as 2026-02-16", "a list of days such as 2026-02-16"


class Entry:
    """One table of a package file; each key is asked for by type and must be used."""

    def __init__(self, file: str, key: str, content: object) -> None:
        self.file = file
        self.key = key
        if not isinstance(content, Mapping):
            raise PackageFaulty("package.not_a_table", file=file, key=key)
        self._content = dict(content)
        self._asked: set[str] = set()

    def fault(self, name: str, reason: str, **facts: object) -> PackageFaulty:
        """Return the fault to raise for a key of this table."""
        key = f"{self.key}.{name}" if self.key else name
        return PackageFaulty(reason, file=self.file, key=key, **facts)

    def has(self, name: str) -> bool:
        """Tell whether the key is given."""
        return name in self._content

    def _get(self, name: str, kind: type[Value] | tuple[type, ...], wanted: str) -> Value:
        self._asked.add(name)
        if name not in self._content:
            raise self.fault(name, "package.missing")
        found = self._content[name]
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.fault(name, "package.wrong_type", wanted=wanted, found=type(found).__name__)
        return found  # type: ignore[return-value]

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; it may not be blank unless it has a default."""
        if default is not None and name not in self._content:
            return default
        found = self._get(name, str, "text")
        if default is None and not found.strip():
            raise self.fault(name, "package.blank")
        return found

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Return a true or false."""
        if default is not None and name not in self._content:
            return default
        return self._get(name, bool, "true or false")

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a whole number."""
        if default is not None and name not in self._content:
            return default
        return self._get(name, int, "a whole number")

    def decimal(self, name: str) -> Decimal:
        """Return an exact number, written as text in the package: TOML floats are binary."""
        found = self._get(name, str, "a number written as text")
        try:
            value = Decimal(found)
        except InvalidOperation as error:
            raise self.fault(name, "package.not_a_number", found=found) from error
        if not value.is_finite():
            raise self.fault(name, "package.not_a_number", found=found)
        return value

    def optional_decimal(self, name: str) -> Decimal | None:
        """Return an exact number, or None when the key is absent."""
        return self.decimal(name) if name in self._content else None

    def day(self, name: str) -> date:
        """Return a calendar day, written as a day of TOML: 2026-02-16."""
        return self._plain_day(name, self._get(name, date, _A_DAY))

    def days(self, name: str, optional: bool = False) -> tuple[date, ...]:
        """Return a list of calendar days."""
        if optional and name not in self._content:
            return ()
        found: list[object] = self._get(name, list, _DAYS)
        return tuple(self._plain_day(name, each) for each in found)

    def _plain_day(self, name: str, found: object) -> date:
        # A day with a time is a day to Python too.
        if isinstance(found, datetime) or not isinstance(found, date):
            raise self.fault(name, "package.wrong_type", wanted=_A_DAY, found=type(found).__name__)
        return found

    def words(self, name: str) -> Words:
        """Return words in both languages, both given."""
        inner = self.table(name)
        words = Words(inner.text("en"), inner.text("zh"))
        inner.done()
        return words

    def optional_words(self, name: str) -> Words | None:
        """Return words in both languages, or None when the key is absent."""
        return self.words(name) if name in self._content else None

    def table(self, name: str) -> Entry:
        """Return an inner table."""
        found: object = self._get(name, Mapping, "a table")
        return Entry(self.file, f"{self.key}.{name}" if self.key else name, found)

    def tables(self, name: str, optional: bool = False) -> tuple[Entry, ...]:
        """Return a list of tables in their order."""
        if optional and name not in self._content:
            return ()
        found: list[object] = self._get(name, list, "a list of tables")
        prefix = f"{self.key}.{name}" if self.key else name
        return tuple(Entry(self.file, f"{prefix}[{index}]", item) for index, item in enumerate(found))

    def texts(self, name: str, optional: bool = False) -> tuple[str, ...]:
        """Return a list of texts."""
        if optional and name not in self._content:
            return ()
        found: list[object] = self._get(name, list, "a list of texts")
        if not all(isinstance(item, str) and item for item in found):
            raise self.fault(name, "package.wrong_type", wanted="a list of texts", found="other")
        return tuple(str(item) for item in found)

    def one_of(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Return a text that must be one of those allowed."""
        found = self.text(name, default)
        choices = tuple(allowed)
        if found not in choices:
            raise self.fault(name, "package.not_one_of", found=found, allowed=", ".join(choices))
        return found

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key must not pass in silence.

        All of them are named: what hangs on a misspelt key is not asked for either.
        """
        unknown = sorted(set(self._content) - self._asked)
        if unknown:
            raise self.fault(", ".join(unknown), "package.unknown_key")


def unique(entries: Iterable[Value], name: Callable[[Value], str], file: str, key: str) -> tuple[Value, ...]:
    """Return the entries as a tuple, refusing a name given twice."""
    kept: list[Value] = []
    seen: set[str] = set()
    for entry in entries:
        code = name(entry)
        if code in seen:
            raise PackageFaulty("package.twice", file=file, key=key, found=code)
        seen.add(code)
        kept.append(entry)
    return tuple(kept)
