"""What a workbook says of itself: study, export number, audit anchor, what was chosen, what was removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.tables import CodeList, Column, Table, flat_columns
from sle_desk.exports.wording import Said, instant, said

# Sheet names are keys for import scripts: they are the same in every language.
READ_ME, DICTIONARY, CODE_LISTS = "Read me", "Dictionary", "Code lists"
MARK_COLUMN = "DEMONSTRATION"
TYPE_WORDS = {
    "text": message("text"),
    "code": message("code of a list"),
    "number": message("exact decimal number"),
    "whole": message("whole number"),
    "day": message("date"),
    "partial_day": message("date with unknown parts, as text: 2026-11-UK"),
    "instant": message("date and time with its offset, as ISO 8601 text"),
}


@dataclass(frozen=True)
class About:
    """The facts of one export; `removed` names what was left out, `presets` what was chosen."""

    study: Words
    identifiers: str
    export_number: str
    audit_number: int
    audit_code: str
    made_at: datetime
    data_as_of: datetime
    protocol: Said
    application: str
    presets: tuple[Said, ...] = ()
    removed: tuple[Said, ...] = ()
    differences: tuple[Said, ...] = ()
    codelists: tuple[CodeList, ...] = ()
    demonstration: bool = False
    # Since when the database is locked, or that it is not.
    lock: Said = None


def read_me(about: About, tables: tuple[Table, ...], language: Language) -> Table:
    """Return the sheet that explains the others, one fact a row."""
    facts: list[tuple[str, Said]] = [
        (language.text("Study"), about.study),
        (language.text("Registry numbers"), about.identifiers),
        (language.text("Export number"), about.export_number),
        (language.text("Audit number"), about.audit_number),
        (language.text("Audit code"), about.audit_code),
        (language.text("Made at"), instant(about.made_at)),
        (language.text("Data as of"), instant(about.data_as_of)),
        (language.text("Database lock"), about.lock),
        (language.text("Protocol"), about.protocol),
        (language.text("Application"), about.application),
    ]
    facts += [(language.text("Chosen"), preset) for preset in about.presets]
    facts += [(language.text("Removed"), removed) for removed in about.removed]
    facts += [(language.text("Different from the last export"), one) for one in about.differences]
    facts += [(language.text("How to read it"), language.text(rule)) for rule in RULES]
    facts += [(language.text("Sheet {name}", name=table.name), _counted(table, language)) for table in tables]
    return Table(
        READ_ME,
        Words("Read me", "说明"),
        (Column("FACT", Words("Fact", "项目")), Column("VALUE", Words("Value", "内容"))),
        [(name, said(value, language)) for name, value in facts],
    )


RULES = (
    message("Each sheet is one table: row 1 holds the column names, the sheet Dictionary explains them."),
    message("Days are Excel dates. Instants are ISO 8601 text with the offset: nothing is shifted."),
    message("A column ending in TYPED holds a number as it was typed; nothing is rounded or filled in."),
    message("A value typed with < or > has no number: it stands as typed, with its comparator beside it."),
    message("A number of more than 15 digits stands only as typed: a workbook cannot hold it."),
    message("A partial date is text, with year, month and day beside it where they are known."),
)


def _counted(table: Table, language: Language) -> str:
    label = language.words(table.label)
    return language.text("{label}: {rows} rows", label=label, rows=len(table.rows))


def dictionary(tables: tuple[Table, ...], language: Language) -> Table:
    """Return one row for each written column, in the order of the sheets."""
    names = (
        ("TABLE", Words("Sheet", "工作表")),
        ("COLUMN", Words("Column", "列")),
        ("LABEL_EN", Words("Label, English", "英文标签")),
        ("LABEL_ZH", Words("Label, Chinese", "中文标签")),
        ("TYPE", Words("Type", "类型")),
        ("TYPE_WORDS", Words("Type in words", "类型说明")),
        ("UNIT", Words("Unit", "单位")),
        ("CODELIST", Words("Code list", "代码表")),
        ("SOURCE", Words("Source", "来源")),
        ("DERIVATION_EN", Words("Derivation, English", "英文推导")),
        ("DERIVATION_ZH", Words("Derivation, Chinese", "中文推导")),
    )
    rows = [_described(table, column, language) for table in tables for column in flat_columns(table)]
    label = Words("Dictionary", "数据字典")
    return Table(DICTIONARY, label, tuple(Column(name, label) for name, label in names), rows)


def _described(table: Table, column: Column, language: Language) -> tuple[str, ...]:
    derivation = column.derivation or Words("", "")
    return (
        *(table.name, column.name, column.label.en, column.label.zh),
        *(column.type, language.text(TYPE_WORDS[column.type]), column.unit, column.codelist, column.source),
        *(derivation.en, derivation.zh),
    )


def code_lists(about: About) -> Table:
    """Return every code of every list with its words."""
    names = (
        ("CODELIST", Words("Code list", "代码表")),
        ("CODE", Words("Code", "代码")),
        ("LABEL_EN", Words("Label, English", "英文标签")),
        ("LABEL_ZH", Words("Label, Chinese", "中文标签")),
    )
    rows = [
        (codelist.name, code, words.en, words.zh)
        for codelist in about.codelists
        for code, words in codelist.codes
    ]
    label = Words("Code lists", "代码表")
    return Table(CODE_LISTS, label, tuple(Column(name, label) for name, label in names), rows)
