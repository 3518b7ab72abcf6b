"""Qt's own words (standard dialogs, line-edit menus) in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from sle_desk.base.language import Language

NAME = "sle_desk_qt_words"


def speak(application: QApplication, language: Language) -> None:
    """Have Qt's standard dialogs speak a language from now on."""
    old = application.findChild(QTranslator, NAME)
    if old is not None:
        application.removeTranslator(old)
        old.setParent(None)
        old.deleteLater()
    if language.code == "en":
        return
    translator = QTranslator(application)
    translator.setObjectName(NAME)
    if translator.load(
        f"qtbase_{language.code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        application.installTranslator(translator)
