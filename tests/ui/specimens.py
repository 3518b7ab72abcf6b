"""What the tests of the window's parts share: a form with every kind of field, and its words."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from sle_desk.base.language import Language, Words
from sle_desk.domain.checks import Finding
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.ui.field_box import FieldBox, FieldContext
from sle_desk.ui.field_maker import make_field
from sle_desk.ui.form import FormView

NOW = datetime(2026, 11, 23, 8, 20, tzinfo=timezone(timedelta(hours=8)))
LANGUAGES = ("en", "zh_CN")
YES_NO = (Choice("yes", Words("Yes", "是"), "Y"), Choice("no", Words("No", "否"), "N"))
REACTIONS = tuple(
    Choice(code, Words(en, zh), key)
    for code, en, zh, key in (
        ("none", "None", "无", "0"),
        ("redness", "Redness", "红肿", "R"),
        ("other", "Other", "其他", "O"),
    )
)
SITES = tuple(
    Choice(f"site{place}", Words(en, zh), str(place))
    for place, (en, zh) in enumerate(
        (
            ("Left upper arm", "左上臂"),
            ("Right upper arm", "右上臂"),
            ("Left abdomen", "左腹部"),
            ("Right abdomen", "右腹部"),
            ("Left thigh", "左大腿"),
            ("Right thigh", "右大腿"),
        ),
        1,
    )
)
TERMS = tuple(
    Choice(f"term{place}", Words(f"Event number {place}", f"事件 {place} 号"), f"k{place}")
    for place in range(20)
)


def now() -> datetime:
    """Return the instant of every test here."""
    return NOW


def sentence(finding: Finding, language: Language) -> str:
    """Return a sentence that names the code and its facts in either language."""
    told = ", ".join(f"{name} {fact}" for name, fact in finding.facts.items())
    return f"{language.words(Words('Please check', '请核对'))} {finding.code}: {told}"


def field(code: str, kind: str, **rules) -> Field:
    """Return a declared field."""
    return Field(code, Words(code.capitalize(), f"{code} 项"), kind, **rules)


def context(code: str = "en", **more) -> FieldContext:
    """Return what a field stands on."""
    return FieldContext(Language(code), now, sentence, **{"queries": True, **more})


def box(kind: str, **rules) -> FieldBox:
    """Return a field of a kind."""
    return make_field(field("item", kind, **rules), context())


WEIGHT = field(
    "weight", "number", unit="kg", decimals=1, change_percent=Decimal(10),
    hard=(Decimal(20), Decimal(200)), soft=(Decimal(35), Decimal(120)),
)  # fmt: skip
HAEMATOCRIT = field("haematocrit", "number", unit="L/L", hard=(Decimal("0.05"), Decimal("0.80")))
VITALS = Form(
    "vitals",
    "1",
    Words("Vital signs", "生命体征"),
    (
        Section(
            Words("When", "时间"),
            (
                field("day", "day"),
                field("time", "time"),
                field("report", "text", hint=Words("As printed on the report.", "按报告单填写。")),
                field("place", "choice", choices=YES_NO),
            ),
        ),
        Section(
            Words("Measurements", "测量"),
            (
                WEIGHT,
                HAEMATOCRIT,
                field("systolic", "number", unit="mmHg"),
                field("diastolic", "number", unit="mmHg"),
                field("onset", "partial_day", required=False),
                field("reaction", "choice", choices=REACTIONS),
                field("which", "text", show_if=("reaction", "other")),
                field("site", "choice", choices=SITES),
                field("term", "choice", choices=TERMS, required=False),
                field("remark", "note", required=False),
            ),
        ),
    ),
    ("systolic_above_diastolic",),
)

SHORT = Form(
    "short",
    "1",
    Words("Short", "短表"),
    (
        Section(
            Words("Pressure", "血压"), (WEIGHT, field("systolic", "number"), field("diastolic", "number"))
        ),
    ),
    ("systolic_above_diastolic",),
)


def view(form=VITALS, code="en", **more):
    return FormView(form, Language(code), now, sentence, **more)


def focused(form):
    return next((code for code, box in form._fields.items() if box.editor.hasFocus()), "")


def entered(form, typist, *texts):
    for text in texts:
        typist.type(text)
        typist.press("Enter")
