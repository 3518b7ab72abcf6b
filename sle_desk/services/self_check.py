"""Is this installation whole: fonts, translations, cipher, protocol package?"""

from __future__ import annotations

from sle_desk.base import fonts
from sle_desk.base.errors import SleDeskError, StorageFailed
from sle_desk.base.language import LANGUAGES, Language
from sle_desk.models.store import database
from sle_desk.services import package


def faults() -> tuple[SleDeskError, ...]:
    """Return what is wrong with this installation; nothing when it is whole."""
    found = []
    for check in (_fonts, _translations, database.check_driver, _package):
        try:
            check()
        except SleDeskError as error:
            found.append(error)
    return tuple(found)


def _fonts() -> None:
    fonts.font_files()


def _translations() -> None:
    for code in LANGUAGES:
        try:
            Language(code).text("Today")
        except FileNotFoundError as error:
            raise StorageFailed("installation.no_translation", language=code) from error


def _package() -> None:
    package.read_package(package.installed_files())
