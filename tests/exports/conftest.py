"""Contents of papers as the mockups show them, all people and numbers invented."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial

import pytest

from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language, Words
from sle_desk.exports.drawing import Point
from sle_desk.exports.pdf.dose_sum import DoseSum, Vials
from sle_desk.exports.pdf.eligibility_form import (
    CriterionGroup,
    CriterionRow,
    EligibilityForm,
    Judged,
    eligibility_form_pdf,
)
from sle_desk.exports.pdf.key_page import KeyPage, key_page_pdf
from sle_desk.exports.pdf.parts import Signature
from sle_desk.exports.pdf.slip import DosePlan, Due, Slip, slip_pdf
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
    visit_summary_pdf,
)
from sle_desk.exports.pdf.worksheet import (
    Ask,
    Doctor,
    Infusion,
    Injection,
    Kit,
    Questions,
    Samples,
    Tube,
    VialsForWeight,
    Worksheet,
    worksheet_pdf,
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
    none = words("No", "否")
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
        treatment=(
            DrugRow(
                words("Belimumab 10 mg/kg i.v.", "贝利尤单抗 10 mg/kg 静脉输注"),
                *(3, 3, 0, 0, "1701 mg", "100 %", date(2026, 11, 9)),
            ),
            DrugRow(
                words("IL-2 1 million IU s.c.", "重组人白介素-2 100 万 IU 皮下注射"),
                *(29, 28, 1, 1, words("28 million IU", "2800 万 IU"), "96.6 %", date(2026, 11, 9)),
            ),
        ),
        activity_visits=(words("Screen", "筛选"), "W0", "W2", "W4", "W8"),
        activity=tuple(ActivityRow(score, values) for score, values in rows),
        curve=Curve("SLEDAI-2K", tuple(Point(day, Decimal(value), name) for day, value, name in curve)),
        laboratory=(
            lab(
                words("Neutrophils", "中性粒细胞绝对值"), "1.62", "×10⁹/L", "1.8 – 6.3", LOW, GRADE_1, "−0.31"
            ),
            lab(words("Haemoglobin", "血红蛋白"), "108", "g/L", "115 – 150", LOW, GRADE_1, "+2"),
            lab(words("C3", "补体 C3"), "0.78", "g/L", "0.79 – 1.52", LOW, NO_GRADE, "+0.08"),
            lab(words("C4", "补体 C4"), "0.13", "g/L", "0.16 – 0.38", LOW, NO_GRADE, "+0.01"),
            lab(words("Anti-dsDNA", "抗 dsDNA 抗体"), "142", "IU/mL", "0 – 100", HIGH, NO_GRADE, "−68"),
        ),
        compared_with="W4",
        adverse_events=Events(
            (words("Belimumab", "贝利尤单抗"), words("IL-2")),
            (
                EventRow(
                    *("AE-01", words("Injection site reaction", "注射部位反应"), 1),
                    *(date(2026, 9, 18), date(2026, 10, 8), none),
                    *(
                        (words("unrelated", "无关"), words("definite", "肯定有关")),
                        words("Recovered", "痊愈"),
                    ),
                ),
                EventRow(
                    *("AE-03", words("Neutrophil count decreased", "中性粒细胞计数降低"), 1),
                    *(date(2026, 11, 9), words("ongoing", "持续"), none),
                    *(
                        (words("possible", "可能"), words("possible", "可能")),
                        words("Not recovered", "未痊愈"),
                    ),
                ),
            ),
        ),
        notes=(
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
        ),
    )


def infusion_sum() -> DoseSum:
    vials = (Vials(1, Decimal(400)), Vials(2, Decimal(120)))
    return DoseSum(Decimal(10), Decimal("61.2"), Decimal(612), vials)


def worksheet() -> Worksheet:
    negative, positive = words("neg", "阴性"), words("pos", "阳性")
    vitals = (
        Ask(words("T", "体温"), "°C", width=46),
        Ask(words("BP", "血压"), "mmHg", width=70),
        Ask(words("pulse", "脉搏"), "/min", width=46),
        Ask(words("SpO2"), "%", width=40),
    )
    three = Vials(1, Decimal(400)), Vials(3, Decimal(120))
    return Worksheet(
        study=STUDY,
        subject="SLE-008",
        randomisation_number="R-006",
        arm=BEL_IL2,
        sex_age=words("F, 38 y", "女，38 岁"),
        visit=words("Week 8, day 57", "第 8 周，第 57 天"),
        planned=date(2026, 11, 23),
        window="11-20 – 11-26",
        parts=(
            Questions(
                words("Before the dose", "给药前"),
                (
                    (
                        Ask(words("PGA (0.00 – 3.00)"), width=50),
                        Ask(words("doctor", "医生"), width=90),
                        Ask(words("hCG", "妊娠试验"), choices=(negative, positive, words("n/a", "不适用"))),
                    ),
                    vitals,
                    (
                        Ask(
                            words("Any complaint since 11-21?", "自上次以来不适"),
                            choices=(words("none", "无"), words("yes", "有")),
                            write_other=True,
                            fill=True,
                        ),
                    ),
                ),
                words("doctor scores PGA first, blind to earlier scores", "医生先评 PGA ·"),
            ),
            Samples(
                words("Samples before the dose", "给药前采样"),
                (
                    Tube(words("CBC", "血常规"), "EDTA 2 mL"),
                    Tube(words("Chemistry", "生化"), "SST 5 mL"),
                    Tube(words("C3, C4, anti-dsDNA"), "SST 3 mL"),
                    Tube(words("Subsets", "免疫亚群"), "Heparin 4 mL"),
                    Tube(words("Cytokines", "细胞因子"), "EDTA 4 mL, ice"),
                    Tube(words("Urine", "尿常规"), "10 mL"),
                ),
            ),
            Infusion(
                number=3,
                drug=BELIMUMAB,
                rule=words("10 mg/kg · every 28 days", "10 mg/kg · 每 28 天"),
                rate=Decimal(10),
                strengths=(Decimal(400), Decimal(120)),
                last_weight=Decimal("61.2"),
                last_weight_on=date(2026, 10, 26),
                weigh_again_below=Decimal("55.1"),
                weigh_again_above=Decimal("67.3"),
                prefilled=infusion_sum(),
                table=(
                    VialsForWeight(Decimal("52.1"), Decimal("64.0"), infusion_sum().vials),
                    VialsForWeight(Decimal("64.1"), Decimal("76.0"), three),
                ),
                diluent=words("0.9 % NaCl", "稀释液"),
            ),
            Injection(
                number=29,
                planned=54,
                drug=INTERLEUKIN,
                rule=words("1.0 million IU s.c. = 1 vial", "100 万 IU 皮下 = 1 瓶"),
                reactions=(words("redness", "红肿"), words("pain", "疼痛"), words("fever", "发热")),
                sites=tuple(
                    words(f"{place} {en}", zh)
                    for place, en, zh in (
                        (1, "LA", "左臂"),
                        (2, "RA", "右臂"),
                        (3, "LB", "左腹"),
                        (4, "RB", "右腹"),
                        (5, "LT", "左腿"),
                        (6, "RT", "右腿"),
                    )
                ),
                proposed_site=words("4 RB"),
                kits=(Kit("202607-A3", "K-0512"),),
                places=(
                    words("ward", "病房"),
                    words("home", "家"),
                    words("community hospital", "社区医院"),
                    words("other hospital", "其他医院"),
                ),
            ),
            Doctor(
                ticks=(
                    words("SLEDAI-2K, 24 items", "24 项"),
                    words("BILAG"),
                    words("28 joints", "关节"),
                    words("AE asked", "已问不良事件"),
                    words("con meds changed", "合并用药有变"),
                ),
                vials_out=13,
                following=words("IL-2 dose 30, 2026-11-25"),
            ),
        ),
    )


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


def eligibility_form() -> EligibilityForm:
    checked = Judged(words("Absent", "无"), "Chen Lan 11-18 09:42")
    decided = Judged(words("Absent", "无"), "Wu Min 11-19")
    met = words("Met", "符合")
    inclusion = (
        CriterionRow(
            "I 1",
            "Male or female >18 years of age at screening visits",
            "年龄 18 – 70 岁（含）",
            "v2.0 §5.1",
            words("18 to 70 years, both included (D08)", "18 – 70 岁，含两端（D08）"),
            words("35 y at consent", "知情同意时 35 岁"),
            words(
                "Consent 2026-11-18. Age in whole years, both limits met.",
                "知情同意 2026-11-18。周岁，两端均符合。",
            ),
            Judged(met, "Chen Lan 11-18 09:40"),
            Judged(met, "Wu Min 11-19"),
        ),
        CriterionRow(
            "I 2",
            "Patients meet the American-European Consensus Group 2002 classification criteria",
            evidence_detail=words(
                "AECG 2002 classifies Sjögren's syndrome.", "AECG 2002 为干燥综合征分类标准。"
            ),
            waits=("D01",),
        ),
    )
    exclusion = (
        CriterionRow(
            "E 1a",
            "Hb≤9 g/dl",
            "血红蛋白 ≤ 90 g/L",
            "v2.0 §5.2(1)",
            words("Hb 90 g/L or less", "血红蛋白 ≤ 90 g/L"),
            "Hb 104 g/L (> 90)",
            "CBC 2026-11-18 08:30, P2611180212",
            checked,
            decided,
        ),
        CriterionRow(
            "E 1b",
            "Neutrophil 10 mg/d) within 1 month",
            "中性粒细胞 <1.0×10⁹/L",
            "v2.0 §5.2(1)",
            evidence_detail=words(
                "Neutrophils 2.31 ×10⁹/L, prednisone 7.5 mg/d.", "中性粒细胞 2.31 ×10⁹/L，泼尼松 7.5 mg/d。"
            ),
            waits=("D02",),
        ),
    )
    return EligibilityForm(
        study=STUDY,
        subject="SLE-011",
        sex_age=words("F, 35 y", "女，35 岁"),
        screened=date(2026, 11, 18),
        consent=words("v2.1, 2026-11-18 09:05"),
        weight="52.8 kg",
        groups=(
            CriterionGroup(words("Inclusion criteria", "入选标准"), inclusion),
            CriterionGroup(words("Exclusion criteria", "排除标准"), exclusion),
        ),
        outcome="undecided",
        missing=("I 2: D01", "E 1b: D02"),
        registry_hash="9c41" + "0" * 56 + "e07a",
    )


def papers() -> dict:
    """Return a maker for each paper: `make(language, stamp, fonts)`."""
    return {
        "visit_summary": partial(visit_summary_pdf, summary()),
        "worksheet": partial(worksheet_pdf, worksheet()),
        "key_page": partial(key_page_pdf, key_page()),
        "slip": partial(slip_pdf, slip()),
        "eligibility_form": partial(eligibility_form_pdf, eligibility_form()),
    }


@pytest.fixture(name="papers", scope="session")
def _papers():
    return papers()


@pytest.fixture(name="stamp", scope="session")
def _stamp():
    return stamp


@pytest.fixture(name="summary", scope="session")
def _summary():
    return summary()


@pytest.fixture(scope="session")
def fonts():
    return font_files()


@pytest.fixture
def english():
    return Language("en")


@pytest.fixture
def chinese():
    return Language("zh_CN")
