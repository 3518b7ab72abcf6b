"""Words that a person loaded to be offered while typing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class WordList(Row):
    """The words of one file; of each kind of offers the newest is used, the older ones stay in the record."""

    __tablename__ = "word_list"
    offers: Mapped[str]
    file_name: Mapped[str]
    # Of the file as it was, with the rows that were refused too.
    sha256: Mapped[str]
    # The rows taken over, as canonical JSON: English, Chinese, other names, class.
    content: Mapped[str]
    entries: Mapped[int]
    refused: Mapped[int]
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
