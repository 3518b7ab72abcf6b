"""Contents of papers as the mockups show them, all people and numbers invented."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from sle_desk.base.language import Words
from sle_desk.exports.drawing import Point
from sle_desk.exports.pdf.dose_sum import DoseSum, Vials
from sle_desk.exports.pdf.key_page import KeyPage
from sle_desk.exports.pdf.parts import Signature
from sle_desk.exports.pdf.slip import DosePlan, Due, Slip
from sle_desk.exports.pdf.stamp import Stamp, StudyName
from sle_desk.exports.pdf.visit_summary import (
    ActivityRow,
    Curve,
    DrugRow,
    EventRow,
    Events,
    LabRow,
    Note,
    VisitSummary,
)

BEIJING = timezone(timedelta(hours=8))
STUDY = StudyName(
    Words("Belimumab ± low-dose IL-2 in SLE", "贝利尤单抗 ± 低剂量 IL-2 治疗 SLE"),
    "NCT05262686 · Peking2021SLE",
)
BELIMUMAB = Words("belimumab", "贝利尤单抗")
INTERLEUKIN = Words("IL-2", "重组人白介素-2")
BEL_IL2 = Words("BEL + IL-2", "BEL + IL-2")


def words(en: str, zh: str = "") -> Words:
    return Words(en, zh or en)


def stamp(**changes: object) -> Stamp:
    made = Stamp(
        report_number="R-0042",
        print_number=1,
        audit_number=18204,
        audit_code="LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ",
        printed_at=datetime(2026, 11, 23, 9, 44, tzinfo=BEIJING),
        printed_by="Chen Lan",
        data_as_of=datetime(2026, 11, 23, 9, 43, tzinfo=BEIJING),
        protocol=words(
            "v2.0 of 2026-03-12, ethics approval 2026-03-28", "v2.0（2026-03-12），伦理批件 2026-03-28"
        ),
        form_version="VISIT-W8 v1.2, CTCAE v5.0, SLEDAI-2K (10 days)",
        application="sle_desk 1.0.0, schema 12",
        demonstration=False,
    )
    return replace(made, **changes)


def lab(test: Words, value: str, unit: str, reference: str, flag: Words, grade: Words, change: str) -> LabRow:
    significance, decided = ("CS, AE-03", "2026-11-10") if test.en == "Neutrophils" else ("NCS", "2026-11-17")
    return LabRow(test, value, unit, reference, flag, grade, change, significance, f"Zhao Jing {decided}")


LOW, HIGH = words("Low", "低"), words("High", "高")
GRADE_1, NO_GRADE = words("Grade 1", "1 级"), words("no grade", "无分级")


NO = words("No", "否")

TREATMENT = (
    DrugRow(
        words("Belimumab 10 mg/kg i.v.", "贝利尤单抗 10 mg/kg 静脉输注"),
        *(3, 3, 0, 0, "1701 mg", "100 %", date(2026, 11, 9)),
    ),
    DrugRow(
        words("IL-2 1 million IU s.c.", "重组人白介素-2 100 万 IU 皮下注射"),
        *(29, 28, 1, 1, words("28 million IU", "2800 万 IU"), "96.6 %", date(2026, 11, 9)),
    ),
)

LABORATORY = (
    lab(words("Neutrophils", "中性粒细胞绝对值"), "1.62", "×10⁹/L", "1.8 – 6.3", LOW, GRADE_1, "−0.31"),
    lab(words("Haemoglobin", "血红蛋白"), "108", "g/L", "115 – 150", LOW, GRADE_1, "+2"),
    lab(words("C3", "补体 C3"), "0.78", "g/L", "0.79 – 1.52", LOW, NO_GRADE, "+0.08"),
    lab(words("C4", "补体 C4"), "0.13", "g/L", "0.16 – 0.38", LOW, NO_GRADE, "+0.01"),
    lab(words("Anti-dsDNA", "抗 dsDNA 抗体"), "142", "IU/mL", "0 – 100", HIGH, NO_GRADE, "−68"),
)

EVENTS = Events(
    (words("Belimumab", "贝利尤单抗"), words("IL-2")),
    (
        EventRow(
            *("AE-01", words("Injection site reaction", "注射部位反应"), 1),
            *(date(2026, 9, 18), date(2026, 10, 8), NO),
            *(
                (words("unrelated", "无关"), words("definite", "肯定有关")),
                words("Recovered", "痊愈"),
            ),
        ),
        EventRow(
            *("AE-03", words("Neutrophil count decreased", "中性粒细胞计数降低"), 1),
            *(date(2026, 11, 9), words("ongoing", "持续"), NO),
            *(
                (words("possible", "可能"), words("possible", "可能")),
                words("Not recovered", "未痊愈"),
            ),
        ),
    ),
)

NOTES = (
    Note(
        "deviation",
        "IL-2 dose 21 missed on 2026-10-24 because of fever (AE-02). Minor. Reported 2026-10-26.",
        "DV-01",
    ),
    Note(
        "query",
        "C4 at week 4: unit on the report is mg/dL. Open since 2026-11-16, raised by the monitor.",
        "Q-028",
        open=True,
    ),
    Note(
        "correction",
        "Weight, infusion 1: 57.7 to 57.1 kg, “typing error”, Chen Lan 2026-09-15 11:20.",
        "",
    ),
    Note("awaited", "IL-17 and Tfh at week 8: drawn 2026-11-09, report awaited.", open=True, count=2),
)


def summary() -> VisitSummary:
    rows = (
        (words("SLEDAI-2K"), ("12", "12", "10", "8", "6")),
        (words("PGA (0 – 3)"), ("2.10", "2.10", "1.80", "1.40", "1.00")),
        (words("C3, g/L"), ("0.52 L", "0.55 L", "0.61 L", "0.70 L", "0.78 L")),
        (words("C4, g/L"), ("0.08 L", "0.09 L", "0.10 L", "0.12 L", "0.13 L")),
        (words("Anti-dsDNA, IU/mL", "抗 dsDNA, IU/mL"), ("410 H", "360 H", "300 H", "210 H", "142 H")),
        (words("Prednisone, mg/d", "泼尼松, mg/d"), ("10", "10", "10", "10", "7.5")),
    )
    curve = zip(
        (-14, 1, 15, 29, 57), ("12", "12", "10", "8", "6"), ("Scr", "W0", "W2", "W4", "W8"), strict=True
    )
    return VisitSummary(
        study=STUDY,
        subject="SLE-004",
        arm=BEL_IL2,
        sex_age=words("F, 34 y", "女，34 岁"),
        randomised=date(2026, 9, 14),
        visit=words("Week 8", "第 8 周"),
        visit_day=date(2026, 11, 9),
        study_day=57,
        window=words("in (± 3 d)", "窗内（± 3 天）"),
        weight="56.4 kg",
        treatment=TREATMENT,
        activity_visits=(words("Screen", "筛选"), "W0", "W2", "W4", "W8"),
        activity=tuple(ActivityRow(score, values) for score, values in rows),
        curve=Curve("SLEDAI-2K", tuple(Point(day, Decimal(value), name) for day, value, name in curve)),
        laboratory=LABORATORY,
        compared_with="W4",
        adverse_events=EVENTS,
        notes=NOTES,
    )


def infusion_sum() -> DoseSum:
    vials = (Vials(1, Decimal(400)), Vials(2, Decimal(120)))
    return DoseSum(Decimal(10), Decimal("61.2"), Decimal(612), vials)


def key_page() -> KeyPage:
    return KeyPage(
        study=STUDY,
        study_number="SLE-BEL-IL2",
        folder=r"D:\sle_study",
        made_at=datetime(2026, 4, 20, 9, 14, tzinfo=BEIJING),
        made_by="Xu Feng",
        groups=("7KQ2M-X4RFA", "90WGY-YM2Z8", "34EYC-NPZNT", "20EWJ-J36X5"),
    )


DAY_ONE = date(2026, 9, 14)


def slip(dated: bool = True) -> Slip:
    def due(label: object, day: int, window: int, what: object = "") -> Due:
        planned = DAY_ONE + timedelta(days=day - 1) if dated else None
        span = words(f"± {window} d", f"± {window} 天")
        closed = planned is not None and planned.weekday() > 4
        return Due(label, day, planned, span, what, closed)

    weeks = (0, 2, 4, 8, 12, 16, 20, 24)
    labs = words("samples, SLEDAI-2K, BILAG, PGA", "采样、SLEDAI-2K、BILAG、PGA")
    injections = [*range(1, 84, 2), *range(85, 163, 7)]
    return Slip(
        study=STUDY,
        subject="SLE-012",
        randomisation_number="R-010",
        arm=BEL_IL2,
        arm_shape="◆",
        treatment=words(
            "Belimumab 10 mg/kg i.v. every 28 days (D10) and IL-2 1 million IU s.c.",
            "贝利尤单抗 10 mg/kg 静脉输注，每 28 天（D10），重组人白介素-2 100 万 IU 皮下注射",
        ),
        sex_age=words("F, 29 y", "女，29 岁"),
        randomised=DAY_ONE,
        weight="58.6 kg",
        first_dose=DoseSum(
            Decimal(10), Decimal("58.6"), Decimal(586), (Vials(1, Decimal(400)), Vials(2, Decimal(120)))
        ),
        recorded_as=words("audit 18 211, row 10 of list R1", "稽查 18 211，R1 表第 10 行"),
        visits=tuple(due(words(f"Week {week}", f"第 {week} 周"), 7 * week + 1, 3, labs) for week in weeks),
        plans=(
            DosePlan(
                words("Belimumab infusions", "贝利尤单抗输注"),
                tuple(due(n, day, 3) for n, day in enumerate(range(1, 142, 28), 1)),
            ),
            DosePlan(
                words("IL-2 injections", "重组人白介素-2 注射"),
                tuple(due(n, day, 1) for n, day in enumerate(injections, 1)),
                compact=True,
            ),
        ),
        signature=Signature(
            "Wu Min",
            words("principal investigator", "主要研究者"),
            datetime(2026, 9, 14, 10, 42, 7, tzinfo=BEIJING),
            words("Identity confirmed, next row opened.", "已确认身份，打开下一行。"),
        ),
    )
