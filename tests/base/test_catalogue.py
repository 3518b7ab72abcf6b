"""The message catalogue: what is said is translated, and what is translated is said."""

import ast
import gettext
import re

import pytest

from sle_desk.base import catalogue


def said(source, speaks=True):
    return list(catalogue.messages_in(ast.parse(source), speaks))


def test_every_message_is_translated_with_the_same_facts_and_none_is_left_over():
    faults = catalogue.faults(catalogue.gather(), catalogue.read_translations(catalogue.translations()))
    assert not faults, "run `python3 run.py messages`:\n" + "\n".join(faults)


def test_no_message_is_translated_by_its_own_english():
    # A word of English left in the Chinese is a name, a unit or a code; a whole sentence of it is forgotten.
    pairs = catalogue.read_translations(catalogue.translations()).items()
    assert [
        text for text, chinese in pairs if text == chinese and re.search(r"[a-z]{3,} [a-z]{2,}", text)
    ] == []


def test_messages_are_found_where_they_are_said():
    assert said("language.text('Dose {n}', n=1)") == ["Dose {n}"]
    assert said("self.desk.language.text('a' 'b')") == ["ab"]
    assert sorted(said("language.text('one' if n == 1 else 'more')")) == ["more", "one"]
    assert said("WORDS = {'dose.late': message('Late')}") == ["Late"]


def test_what_is_not_said_is_not_found():
    # SQL, fields of the window, and entries of the protocol package have a `text` of their own.
    assert said("execute(text('SELECT 1'))\nfield.text()\nlanguage.text(found)") == []
    assert said("entry.text('code')\nmessage('Late')", speaks=False) == ["Late"]
    assert said("language.text('')") == []  # An empty message is the catalogue's own header.


def test_a_plain_name_for_what_the_language_says_is_known_in_every_room(tmp_path):
    for room, source in (
        ("exports", "text = language.text\nheads = (text('Born'),)\n"),
        ("models", "from sqlalchemy import text\nexecute(text('SELECT 1'))\n"),
    ):
        (tmp_path / room).mkdir()
        (tmp_path / room / "a.py").write_text(source)
    assert set(catalogue.gather(tmp_path)) == {"Born"}


def test_domain_is_read_for_marked_messages_only(tmp_path):
    for room in ("domain", "ui"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "a.py").write_text(f"entry.text('{room}')\nmessage('both')\n")
    assert catalogue.gather(tmp_path) == {
        "ui": {f"{tmp_path.name}/ui/a.py"},
        "both": {f"{tmp_path.name}/domain/a.py", f"{tmp_path.name}/ui/a.py"},
    }


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        ({}, "not translated: '{n} doses'"),
        ({"{n} doses": " "}, "not translated: '{n} doses'"),
        ({"{n} doses": "{m} 次"}, "other facts: '{n} doses' and '{m} 次'"),
        ({"{n} doses": "{n} 次", "gone": "无"}, "nobody says: 'gone'"),
    ],
)
def test_each_fault_of_a_catalogue_is_named(translated, fault):
    assert catalogue.faults({"{n} doses": set()}, translated) == [fault]


def test_a_whole_catalogue_has_no_fault():
    assert catalogue.faults({"{n} doses": set()}, {"{n} doses": "{n} 次"}) == []


def test_an_update_keeps_takes_and_drops_and_the_compiled_catalogue_speaks(tmp_path):
    path = tmp_path / "zh" / "sle_desk.po"
    catalogue.update(path, {"kept": {"a.py"}, "dropped": {"a.py"}}, {"kept": "留", "dropped": "去"})
    table = tmp_path / "new.tsv"
    table.write_text(
        "dose.late\tLate by {days}\\n5 % more\t迟 {days} 天\\n多 5 %\nplain\t朴\n", encoding="utf-8"
    )
    found = {"kept": {"a.py"}, "Late by {days}\n5 % more": {"b.py"}, "plain": {"b.py"}}
    catalogue.update(path, found, catalogue.read_table(table))
    wanted = {"kept": "留", "Late by {days}\n5 % more": "迟 {days} 天\n多 5 %", "plain": "朴"}
    assert catalogue.read_translations(path) == wanted
    catalogue.compile_catalogue(path)
    with path.with_suffix(".mo").open("rb") as file:
        spoken = gettext.GNUTranslations(file)
    assert {text: spoken.gettext(text) for text in wanted} == wanted


def test_an_update_without_change_writes_the_same_bytes(tmp_path):
    path = tmp_path / "sle_desk.po"
    found = {"b": {"y.py", "x.py"}, "a": {"x.py"}}
    catalogue.update(path, found, {"a": "甲"})
    before = path.read_bytes()
    catalogue.update(path, found, {})
    assert path.read_bytes() == before
