"""The house rules as tests: each looks at every source, and each is tried on an offence planted for it."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sources import Offences, Rule, Source, functions, names

ROOT = Path(__file__).resolve().parents[1]
PACKAGE, TESTS, STORIES = "sle_desk/", "tests/", "tests/stories/"


def module_begins_with_its_purpose(source: Source) -> Offences:
    first = source.tree.body[0] if source.tree.body else ast.Pass(lineno=1)
    line = 2 if source.text.startswith("#!") else 1
    if ast.get_docstring(source.tree) is None or first.lineno != line:
        yield first, "the first line does not say what the module is for"


def module_is_small(source: Source) -> Offences:
    lines = source.text.count("\n")
    if lines > 400:
        yield source.tree, f"{lines} lines"


def function_is_small(source: Source) -> Offences:
    for node, lines, name in functions(source):
        if lines > 60:
            yield node, f"{name} has {lines} lines"


def name_says_what_it_is(source: Source) -> Offences:
    empty = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
    words = re.split(r"[_/]", source.place.removesuffix(".py"))
    if empty & set(words):
        yield source.tree, "the module's name says nothing"
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and re.search(r"(Helper|Manager|Util)s?$", node.name):
            yield node, f"{node.name} says nothing"


def domain_is_pure(source: Source) -> Offences:
    impure = {
        "io",
        "logging",
        "os",
        "pathlib",
        "random",
        "secrets",
        "shutil",
        "sqlite3",
        "subprocess",
        "time",
    }
    for node in source.nodes:
        modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for root in (module.partition(".")[0] for module in modules):
            if root in impure or (root != "sle_desk" and root not in sys.stdlib_module_names):
                yield node, f"imports {root}"
    yield from ((node, "opens a file") for node, name in source.calls() if name == "open")


def workbooks_are_only_read(source: Source) -> Offences:
    for node, name in source.dotted():
        if name.startswith("openpyxl.") and name != "openpyxl.load_workbook":
            yield node, name
    for call, name in source.calls():
        asked = {keyword.arg for keyword in call.keywords if getattr(keyword.value, "value", None) is True}
        if name == "load_workbook" and "read_only" not in asked:
            yield call, "load_workbook without read_only=True"


def messages_are_written_out(source: Source) -> Offences:
    for call, name in source.calls():
        spoken = name == "text" and isinstance(call.func, ast.Attribute)
        if not call.args or not (spoken or name == "message"):
            continue
        branches = [call.args[0]]
        while branches:
            said = branches.pop()
            if isinstance(said, ast.IfExp):
                branches += [said.body, said.orelse]
            made = isinstance(said, ast.JoinedStr | ast.BinOp) or (
                isinstance(said, ast.Call) and getattr(said.func, "attr", "") in ("format", "join")
            )
            if made or (name == "message" and not isinstance(said, ast.Constant | ast.IfExp)):
                yield call, "a message put together in code is not in the catalogue"


def window_words_come_from_the_catalogue(source: Source) -> Offences:
    shown = {
        "QAction",
        "QCheckBox",
        "QGroupBox",
        "QPushButton",
        "QRadioButton",
        "QToolButton",
        "addMenu",
        "addTab",
    }
    shown |= {"setAccessibleDescription", "setAccessibleName", "setPlaceholderText", "setText", "setTitle"}
    keys = r"\b(Alt|Backspace|Ctrl|Del|Delete|End|Enter|Esc|Home|Ins|PgDn|PgUp|Shift|Space|Tab|F\d+)\b"
    for call, name in source.calls():
        for said in call.args if name in shown | {"setWindowTitle"} else ():
            text = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
            if re.search(r"[A-Za-z]{2}", re.sub(keys, "", text)):
                yield call, f"{text!r} is in one language only"


HANDS = (
    *("mouseClick", "mouseDClick", "mouseMove", "mousePress", "mouseRelease", "QMouseEvent", "QWheelEvent"),
    *(
        "setText",
        "setPlainText",
        "setFocus",
        "setChecked",
        "setCurrentIndex",
        "setCurrentRow",
        "setCurrentText",
    ),
    *("click", "animateClick", "trigger", "toggle", "emit", "accept", "reject", "keyClicks"),
)


def keys_go_where_the_person_looks(source: Source) -> Offences:
    for node in source.nodes:
        if not isinstance(node, ast.FunctionDef):
            continue
        inner = Source(source.place, ast.unparse(node))
        sent = [
            call for call, name in inner.calls() if name in ("keyClick", "keyPress", "sendEvent", "postEvent")
        ]
        if sent and not any(name == "focusWindow" for _, name in inner.calls()):
            yield node, "sends keys elsewhere than to focusWindow()"


RULES = (
    Rule(
        "a module's first line says what it is for",
        module_begins_with_its_purpose,
        ("import os\n", '\n"""Late."""\n', ""),
        '#!/usr/bin/env python3\n"""Starts."""\n',
        rooms=(PACKAGE, "run.py"),
    ),
    Rule(
        "a module has at most 400 lines",
        module_is_small,
        ("x = 1\n" * 401,),
        "x = 1\n" * 400,
        rooms=(PACKAGE, TESTS, "run.py"),
    ),
    Rule(
        "a function has at most 60 lines",
        function_is_small,
        ("class A:\n  def f(self):\n" + "    x = 1\n" * 60,),
        "def f():\n" + "    x = 1\n" * 59,
        rooms=(PACKAGE, TESTS, "run.py"),
    ),
    Rule(
        "a name says what the thing is",
        name_says_what_it_is,
        ("class DoseManager: ...", "class DateUtils: ..."),
        "class DoseSlot: ...",
        rooms=(PACKAGE, TESTS, "run.py"),
    ),
    Rule(
        "only the command line prints",
        names("print", "pprint.pprint", "sys.stdout", whole=True),
        ("print('x')", "from sys import stdout\nstdout.write('x')"),
        "document.print(printer)",
        homes=("sle_desk/cli", "sle_desk/base/catalogue.py"),
    ),
    Rule(
        "time comes from the clock handed in",
        names(
            *(
                "datetime.datetime.now",
                "datetime.datetime.utcnow",
                "datetime.datetime.today",
                "datetime.date.today",
            ),
            *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime"),
            *("currentDate", "currentDateTime", "currentDateTimeUtc", "currentTime"),
        ),
        (
            "from datetime import datetime as d\nd.now()",
            "import datetime\ndatetime.date.today()",
            "from time import time\ntime()",
            "from PySide6.QtCore import QDate\nQDate.currentDate()",
        ),
        "from datetime import datetime\nimport time\nclock.now()\ntime.monotonic()\ndatetime(2026, 1, 1)",
        homes=("sle_desk/base/clock.py",),
    ),
    Rule(
        "domain is pure",
        domain_is_pure,
        ("import lxml.etree", "open('x')", "from time import time"),
        "import re\nfrom sle_desk.base.errors import RuleBroken",
        rooms=("sle_desk/domain/",),
    ),
    Rule(
        "text on paper goes through the one document",
        names("Paragraph"),
        ("from reportlab.platypus import Paragraph", "import reportlab.platypus as p\np.Paragraph('x')"),
        "from sle_desk.exports.pdf.document import paragraph",
        homes=("sle_desk/exports/pdf/document.py",),
    ),
    Rule(
        "text in the window goes through the one label factory",
        names("QLabel", "QMessageBox", "setToolTip", "setStatusTip", "setWhatsThis"),
        (
            "from PySide6 import QtWidgets as w\nw.QLabel('x')",
            "QMessageBox.warning(a, b)",
            "a.setToolTip('x')",
        ),
        "from sle_desk.ui.labels import label",
        homes=("sle_desk/ui/labels.py",),
    ),
    Rule(
        "no field changes or drops a value in silence",
        names(
            *("QDateEdit", "QTimeEdit", "QDateTimeEdit", "QSpinBox", "QDoubleSpinBox", "QTableWidget"),
            *("setInputMask", "setValidator", "QValidator", "QIntValidator", "QDoubleValidator"),
            *("QRegularExpressionValidator",),
        ),
        (
            "from PySide6.QtWidgets import QSpinBox",
            "field.setInputMask('9')",
            "class V(QtGui.QValidator): ...",
        ),
        "from PySide6.QtWidgets import QLineEdit, QTableView",
    ),
    Rule(
        "cells are written in one place",
        workbooks_are_only_read,
        (
            "import openpyxl\nopenpyxl.Workbook()",
            "from openpyxl.cell import WriteOnlyCell",
            "from openpyxl import load_workbook\nload_workbook(p)",
        ),
        "from openpyxl import load_workbook\nload_workbook(p, read_only=True)",
        homes=("sle_desk/exports/workbook.py",),
    ),
    Rule(
        "a message is written out where it is said",
        messages_are_written_out,
        (
            "language.text(f'{n} doses')",
            "language.text('a' + b)",
            "language.text('a' if n else 'b %s' % n)",
            "language.text('{}'.format(n))",
            "message(sentence)",
        ),
        "language.text('{n} doses' if n else 'none', n=n)\nlanguage.text(WORDS[code])\nfield.text()",
        homes=("sle_desk/domain/",),
    ),
    Rule(
        "words in the window come from the catalogue",
        window_words_come_from_the_catalogue,
        ("QPushButton('Save', page)", "field.setPlaceholderText('Search')"),
        "QPushButton(language.text('Save'))\nkey.setText('Ctrl+L')\nfield.setText('—')",
        rooms=("sle_desk/ui/", "sle_desk/app.py"),
    ),
    Rule(
        "a story has a keyboard and nothing else",
        names(*HANDS),
        ("qtbot.mouseClick(w, 1)", "field.setText('x')", "page.save.click()", "w.setFocus()", "a.trigger()"),
        "press('Ctrl+N')\nassert shown() == 'text'",
        rooms=(STORIES,),
    ),
    Rule(
        "a story's keys go to the window in front",
        keys_go_where_the_person_looks,
        ("def press(key):\n    QTest.keyClick(page.field, key)",),
        "def press(key):\n    QTest.keyClick(QGuiApplication.focusWindow(), key)",
        rooms=(STORIES,),
    ),
)


def sources() -> Iterator[Source]:
    """Yield every Python file of the project."""
    paths = [ROOT / "run.py", *(ROOT / PACKAGE).rglob("*.py"), *(ROOT / TESTS).rglob("*.py")]
    for path in sorted(paths):
        yield Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project():
    return list(sources())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_project_keeps_the_rule(rule, project):
    offences = [offence for source in project for offence in rule.offences(source)]
    long = sum(lines > 30 for source in project for _, lines, _ in functions(source))
    assert not offences, "\n".join([*offences, f"({long} functions have more than 30 lines)"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_catches_what_is_planted_and_nothing_else(rule):
    room = rule.rooms[0]
    place = f"{room}planted.py" if room.endswith("/") else room
    for planted in rule.planted:
        assert rule.offences(Source(place, planted)), planted
        assert not rule.offences(Source("elsewhere.py", planted))
        assert not any(rule.offences(Source(home, planted)) for home in rule.homes)
    assert rule.offences(Source(place, rule.innocent)) == []


@pytest.mark.parametrize(
    "place", ["sle_desk/ui/utils.py", "sle_desk/helpers/dose.py", "tests/lab_manager.py"]
)
def test_an_empty_name_of_a_module_is_caught(place):
    (rule,) = (rule for rule in RULES if rule.look is name_says_what_it_is)
    assert rule.offences(Source(place, ""))
