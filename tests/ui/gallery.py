"""Every part of the window on three pages, in either language, as the gallery test looks at them."""

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget
from specimens import VITALS, context, field, now, sentence

from sle_desk.base.language import Language, Words
from sle_desk.domain.checks import Value
from sle_desk.exports.drawing import Point, score_curve, trend
from sle_desk.ui.buttons import Button, IconButton
from sle_desk.ui.cards import Banner, Card, Fact, FactStrip, FigureCard, divider
from sle_desk.ui.charts import DrawingView
from sle_desk.ui.chips import Chip, CountPill, KeyCap
from sle_desk.ui.columns import MainAndRail
from sle_desk.ui.fields import CodeField
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.form import FormView
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import ElidedLabel, label
from sle_desk.ui.option_row import OptionRow
from sle_desk.ui.page import Page, Step
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.rows import Column, Group, RowsModel
from sle_desk.ui.segments import SegmentButton, SegmentedButtons
from sle_desk.ui.shell import PageEntry, Shell
from sle_desk.ui.strip import Strip, WayOut
from sle_desk.ui.table import TableView
from sle_desk.ui.tabs import PageTabs, Tab
from sle_desk.ui.theme import TYPE, current

STATUSES = {
    "ok": Words("Given", "已给药"),
    "due": Words("Due now", "待给药"),
    "warn": Words("Weight needed", "需称重"),
    "bad": Words("Diary late", "日记逾期"),
    "query": Words("Query open", "质疑未关闭"),
    "sign": Words("PI or delegate", "待研究者判定"),
    "neutral": Words("Planned", "已计划"),
    "locked": Words("Locked", "已锁定"),
}
PHRASE = Words("Record as given", "登记已给药")
LONG = Words(
    "The arm stays hidden until you confirm. Counts per arm are never shown, so that the next allocation "
    "cannot be guessed.",
    "确认之前不显示组别，也从不显示各组例数，以免猜出下一个分配结果。",
)


@dataclass(frozen=True)
class Due:
    when: Words
    number: str
    name: str
    arm: Words
    shape: str
    what: Words
    second: Words
    status: str
    button: Words


DUE = (
    Due(
        Words("3 days late", "逾期 3 天"),
        "SLE-007",
        "何雪莹",
        Words("IL-2", "IL-2"),
        "square",
        Words("Home diary to collect", "待收回家庭注射日记"),
        Words("due Fri 11-20", "应于 11-20 周五收回"),
        "bad",
        Words("Enter diary", "录入日记"),
    ),
    Due(
        Words("08:30", "08:30"),
        "SLE-004",
        "张慧敏",
        Words("BEL + IL-2", "BEL + IL-2"),
        "diamond",
        Words("IL-2 dose 36 of 54", "IL-2 第 36/54 次"),
        Words("left upper arm", "左上臂外侧"),
        "due",
        PHRASE,
    ),
    Due(
        Words("14:00", "14:00"),
        "SLE-011",
        "王雅琴",
        Words("not randomised", "未随机"),
        "",
        Words("Eligibility", "入排标准"),
        Words("D01 and D02 open", "D01、D02 未决"),
        "sign",
        Words("Open", "打开"),
    ),
)


class Parts(Page):
    """Labels, chips, buttons, answers, banners, strips, figures, tabs, facts, drawings."""

    def __init__(self, language: Language):
        super().__init__()
        self.language = language
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self._facts(), self._tabs(), self._figures(), self._small(), *self._said()):
            column.addWidget(part)

    def say(self, words: Words) -> str:
        return self.language.words(words)

    def path(self):
        return [Step(self.say(Words("Subjects", "受试者")), self.close), Step("SLE-004")]

    def _facts(self):
        strip = FactStrip()
        strip.show_facts(
            [
                Fact(
                    "",
                    "SLE-004",
                    self.say(Words("F, 34 y · F8 hides name", "女，34 岁 · F8 隐藏姓名")),
                    large=True,
                ),
                Fact(self.say(Words("Arm", "组别")), "BEL + IL-2", icon="diamond"),
                Fact(
                    self.say(Words("Day in study", "研究日")),
                    self.say(Words("Day 71", "第 71 天")),
                    "week 10 + 0 d",
                ),
                Fact(
                    self.say(Words("Weight", "体重")),
                    "56.4 kg",
                    self.say(Words("11-09, 14 d ago", "11-09，14 天前")),
                ),
                Fact(
                    self.say(Words("Alerts", "提醒")), "", chips=(("Neut. G1", "warn"), ("1 missed", "bad"))
                ),
            ]
        )
        strip.buttons.addWidget(Button(self.say(PHRASE), "primary", keys="G", icon="doses"))
        return strip

    def _tabs(self):
        tabs = PageTabs()
        words = (Words("Overview", "概览"), Words("Doses", "给药"), Words("Adverse events", "不良事件"))
        tabs.show_tabs([Tab(words.en, self.say(words), "3" if words.en > "D" else "") for words in words])
        tabs.bind_keys(self, self.language)
        return tabs

    def _figures(self):
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        for icon, status, percent in (("calendar", "due", None), ("octagon", "bad", None), ("", "", 94)):
            card = FigureCard(icon, status)
            card.show_figure("94 %" if percent else "5", self.say(PHRASE), self.say(STATUSES["due"]), percent)
            row.addWidget(card, 1)
        return holder

    def _small(self):
        card = Card(self.say(PHRASE), self.say(LONG))
        holder = QWidget()
        flow = FlowLayout(holder, 10)
        for status, words in STATUSES.items():
            flow.addWidget(Chip(self.say(words), status))
        for keys in ("Ctrl+Shift+Enter", "F8"):
            flow.addWidget(KeyCap(keys))
        for kind in ("primary", "secondary", "quiet", "danger"):
            flow.addWidget(Button(self.say(PHRASE), kind, keys="Ctrl+Enter", icon="print"))
        for chosen in (False, True):
            segment = SegmentButton(self.say(STATUSES["due"]), "N")
            segment.setChecked(chosen)
            flow.addWidget(segment)
        flow.addWidget(SegmentedButtons([(code, self.say(words)) for code, words in STATUSES.items()][:4]))
        for part in (IconButton("close", self.say(PHRASE)), CountPill("17", "query"), Icon("brand", size=24)):
            flow.addWidget(part)
        tick = QCheckBox(self.say(PHRASE))
        tick.setChecked(True)
        flow.addWidget(tick)
        for role in TYPE:
            flow.addWidget(label(self.say(STATUSES["bad"]), role))
        for part in (
            divider(),
            OptionRow(self.say(PHRASE), "1", self.say(LONG)[:40], self.say(STATUSES["ok"])),
        ):
            flow.add_whole(part)
        card.body.addWidget(holder)
        curve = score_curve(
            [Point(0, Decimal(12), "W0"), Point(4, Decimal(10), "W4"), Point(8, Decimal(6), "W8")]
        )
        card.body.addWidget(DrawingView(curve, self.say(PHRASE)))
        return card

    def _said(self):
        banner = Banner("bad", self.say(PHRASE), self.say(LONG))
        banner.add_button(self.say(PHRASE), "danger", self.close, "S")
        doubt = Strip()
        parts = [banner, doubt, Strip(self.say(LONG), "due", "eye-off"), Strip(self.say(LONG), "ok")]
        doubt.setParent(self)
        doubt.say(self.say(LONG), "warn", [WayOut(self.say(PHRASE), "Ctrl+U", self.close, "primary")])
        fields = [CodeField(field("user", "text"), context(self.language.code))]
        password = PasswordField(Words("Password", "密码"), self.language)
        return [*parts, *fields, password, ElidedLabel(self.say(LONG))]


class Filled(Page):
    """A form with answers, doubts and a gap of each kind."""

    def __init__(self, language: Language):
        super().__init__()
        before = {"weight": Value(number=Decimal("56.4"), typed="56.4")}
        self.form = FormView(VITALS, language, now, sentence, previous=before)
        QVBoxLayout(self).addWidget(self.form)
        self.form.resume(
            {
                "day": "2026-11-23",
                "weight": "66.4",
                "haematocrit": "30.1",
                "systolic": "1,2",
                "diastolic": "not-done:refused",
                "reaction": "other",
                "place": "yes",
                "onset": "2026-11-UK",
            }
        )
        self.form.field("site").ask_why_not()


class Listed(Page):
    """A table with groups beside a rail."""

    def __init__(self, language: Language):
        super().__init__()
        say = language.words
        columns = (
            Column(say(Words("When", "时间")), lambda r: say(r.when), lambda r: say(r.when)),
            Column(
                say(Words("Subject · arm", "受试者 · 组别")),
                lambda r: r.number,
                lambda r: r.number,
                look="strong",
                after=lambda r: r.name,
                second=lambda r: say(r.arm),
                second_icon=lambda r: r.shape,
            ),
            Column(
                say(Words("What is due", "待办事项")),
                lambda r: say(r.what),
                lambda r: say(r.what),
                look="strong",
                second=lambda r: say(r.second),
                stretch=True,
            ),
            Column(
                say(Words("Status", "状态")),
                lambda r: r.status,
                lambda r: say(STATUSES[r.status]),
                look="chip",
                status=lambda r: r.status,
            ),
            Column(
                say(Words("Trend", "趋势")),
                lambda r: 0,
                lambda r: "",
                look="trend",
                drawing=lambda r: trend([Point(0, Decimal(5)), Point(1, Decimal(9))], Decimal(4), Decimal(7)),
            ),
            Column("", lambda r: "", lambda r: say(r.button), look="button"),
        )
        rows = [
            Group(say(STATUSES["bad"]), "bad", "1"),
            DUE[0],
            Group(say(STATUSES["due"]), "due", "2"),
            *DUE[1:],
        ]
        self.table = TableView(RowsModel(columns, rows, key=lambda r: r.number), "worklist")
        self.table.add_verb("G", say(PHRASE), self.table.update)
        rail = Card(say(PHRASE))
        for due in DUE:
            rail.body.addWidget(ElidedLabel(say(due.what), "table"))
        rail.body.addStretch(1)
        QVBoxLayout(self).addWidget(MainAndRail(self.table, rail))
        self.button = Button(say(PHRASE), "primary", keys="Ctrl+N", icon="plus")

    def top_parts(self):
        return [self.button]

    def entered(self):
        self.table.setFocus()


PAGES = {"today": Listed, "subjects": Parts, "labs": Filled}


def window(language: Language) -> Shell:
    """Return the whole window on every part."""
    shell = Shell(
        [
            PageEntry(code, code.capitalize(), code, lambda made=made: made(language))
            for code, made in PAGES.items()
        ],
        language,
    )
    shell.show_study("SLE-BEL-IL2 · NCT05262686", demonstration=True)
    shell.show_user("Chen Lan", language.words(Words("Study nurse", "研究护士")))
    shell.sidebar.show_backup(language.words(Words("Offline · backed up 08:02", "离线 · 08:02 已备份")))
    shell.sidebar.pages.item("today").set_count(7, "warn")
    shell.sidebar.pages.item("labs").set_count(5, "query")
    assert current().family
    return shell
