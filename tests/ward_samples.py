"""Contents of the papers of the ward as the mockups show them, all people and numbers invented."""

from datetime import date
from decimal import Decimal

from paper_samples import BEL_IL2, BELIMUMAB, INTERLEUKIN, STUDY, infusion_sum, words

from sle_desk.exports.pdf.dose_sum import Vials
from sle_desk.exports.pdf.eligibility_form import (
    CriterionGroup,
    CriterionRow,
    EligibilityForm,
    Judged,
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
)

NEGATIVE, POSITIVE = words("neg", "阴性"), words("pos", "阳性")
VITALS = (
    Ask(words("T", "体温"), words("°C"), width=46),
    Ask(words("BP", "血压"), words("mmHg"), width=70),
    Ask(words("pulse", "脉搏"), words("/min"), width=46),
    Ask(words("SpO2"), words("%"), width=40),
)
THREE = Vials(1, Decimal(400)), Vials(3, Decimal(120))


BEFORE_DOSE = Questions(
    words("Before the dose", "给药前"),
    (
        (
            Ask(words("PGA (0.00 – 3.00)"), width=50),
            Ask(words("doctor", "医生"), width=90),
            Ask(words("hCG", "妊娠试验"), choices=(NEGATIVE, POSITIVE, words("n/a", "不适用"))),
        ),
        VITALS,
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
)

SAMPLES = Samples(
    words("Samples before the dose", "给药前采样"),
    (
        Tube(words("CBC", "血常规"), "EDTA 2 mL"),
        Tube(words("Chemistry", "生化"), "SST 5 mL"),
        Tube(words("C3, C4, anti-dsDNA"), "SST 3 mL"),
        Tube(words("Subsets", "免疫亚群"), "Heparin 4 mL"),
        Tube(words("Cytokines", "细胞因子"), "EDTA 4 mL, ice"),
        Tube(words("Urine", "尿常规"), "10 mL"),
    ),
)

INFUSION = Infusion(
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
        VialsForWeight(Decimal("64.1"), Decimal("76.0"), THREE),
    ),
    diluent=words("0.9 % NaCl", "稀释液"),
)

INJECTION = Injection(
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
)

DOCTOR = Doctor(
    vials_used=13,
    vials_left=47,
    vials_handed=True,
    following=words("IL-2 dose 30, 2026-11-25"),
)


def worksheet() -> Worksheet:
    return Worksheet(
        study=STUDY,
        subject="SLE-008",
        randomisation_number="R-006",
        arm=BEL_IL2,
        sex_age=words("F, 38 y", "女，38 岁"),
        visit=words("Week 8, day 57", "第 8 周，第 57 天"),
        planned=date(2026, 11, 23),
        window="11-20 – 11-26",
        parts=(BEFORE_DOSE, SAMPLES, INFUSION, INJECTION, DOCTOR),
    )


CHECKED = Judged(words("Absent", "无"), "Chen Lan 11-18 09:42")
DECIDED = Judged(words("Absent", "无"), "Wu Min 11-19")
MET = words("Met", "符合")
INCLUSION = (
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
        Judged(MET, "Chen Lan 11-18 09:40"),
        Judged(MET, "Wu Min 11-19"),
    ),
    CriterionRow(
        "I 2",
        "Patients meet the American-European Consensus Group 2002 classification criteria",
        evidence_detail=words("AECG 2002 classifies Sjögren's syndrome.", "AECG 2002 为干燥综合征分类标准。"),
        waits=("D01",),
    ),
)
EXCLUSION = (
    CriterionRow(
        "E 1a",
        "Hb≤9 g/dl",
        "血红蛋白 ≤ 90 g/L",
        "v2.0 §5.2(1)",
        words("Hb 90 g/L or less", "血红蛋白 ≤ 90 g/L"),
        "Hb 104 g/L (> 90)",
        "CBC 2026-11-18 08:30, P2611180212",
        CHECKED,
        DECIDED,
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


def eligibility_form() -> EligibilityForm:
    return EligibilityForm(
        study=STUDY,
        subject="SLE-011",
        sex_age=words("F, 35 y", "女，35 岁"),
        screened=date(2026, 11, 18),
        consent=words("v2.1, 2026-11-18 09:05"),
        weight="52.8 kg",
        groups=(
            CriterionGroup(words("Inclusion criteria", "入选标准"), INCLUSION),
            CriterionGroup(words("Exclusion criteria", "排除标准"), EXCLUSION),
        ),
        outcome="undecided",
        missing=("I 2: D01", "E 1b: D02"),
        registry_hash="9c41" + "0" * 56 + "e07a",
    )
