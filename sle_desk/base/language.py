"""One catalogue of messages for window, paper, workbook and command line."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache

from sle_desk.base.paths import resource

LANGUAGES = ("en", "zh_CN")


@dataclass(frozen=True)
class Words:
    """One phrase of the protocol package in both languages."""

    en: str
    zh: str


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    # English is the language the messages are written in: it has no catalogue.
    if code == "en":
        return gettext.NullTranslations()
    return gettext.translation("sle_desk", localedir=str(resource("i18n")), languages=[code])


class Language:
    """A language to speak in: `Language("zh_CN").text("Dose {number} recorded", number=36)`."""

    def __init__(self, code: str) -> None:
        if code not in LANGUAGES:
            raise ValueError(f"no such language: {code}")
        self.code = code

    def text(self, message: str, **facts: object) -> str:
        """Return the message in this language, with the named facts put in."""
        found = _catalogue(self.code).gettext(message)
        return found.format(**facts) if facts else found

    def words(self, words: Words) -> str:
        """Return protocol words in this language."""
        return words.zh if self.code == "zh_CN" else words.en

    def other(self) -> Language:
        """Return the other language of the two, for bilingual headings."""
        return Language("en" if self.code == "zh_CN" else "zh_CN")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and other.code == self.code

    def __hash__(self) -> int:
        return hash(self.code)


def message(text: str) -> str:
    """Mark a message for the catalogue where it is declared; it is translated where it is shown."""
    return text
