"""Codes that only the audit shows, in words: states, meanings of signatures, facts of the study."""

from __future__ import annotations

from sle_desk.base.language import Words
from sle_desk.domain.audit_words import ACTION_WORDS

STATE_WORDS: dict[str, Words] = {
    "current": Words("current", "有效"),
    "valid": Words("valid", "有效"),
    "void": Words("entered in error", "误录"),
}
# Of a signature and of what it signed: nobody typed it wrongly, it no longer holds.
SIGNED_STATE_WORDS: dict[str, Words] = {**STATE_WORDS, "void": Words("void", "已失效")}
DEVIATION_WORDS: dict[str, Words] = {
    "proposed": Words("proposed", "待判定"),
    "accepted": Words("accepted", "已确认"),
    "explained": Words("explained, no deviation", "已说明，不构成偏离"),
    "void": Words("void: its cause no longer stands", "已失效：原因已不成立"),
}
GROUND_WORDS: dict[str, Words] = {
    "gone": Words("no longer stands by the records", "记录中已无依据"),
    "differs": Words("the records say otherwise now", "记录内容已有变化"),
    "seen": Words("changed in the records, looked at since", "记录已变化，已重新核对"),
}
QUERY_WORDS: dict[str, Words] = {
    "open": Words("open", "待答复"),
    "answered": Words("answered", "已答复"),
    "closed": Words("closed", "已关闭"),
}
# What a signature means: the act that it signs, or what is confirmed by it.
LOCK_SCOPE_WORDS: dict[str, Words] = {"study": Words("the whole study", "整个研究")}
MEANING_WORDS: dict[str, Words] = {
    **ACTION_WORDS,
    "allocation.eligible": Words("Eligible, and consent is documented", "符合入选条件且知情同意已存档"),
    "allocation.identity": Words("Identity and signed eligibility seen", "已核对身份及已签署的入排判定"),
    "allocation.waived": Words(
        "Not eligible, waived; consent is documented", "不符合入选条件但已豁免，知情同意已存档"
    ),
    "eligibility.eligible": Words("Judged eligible", "判定符合入选条件"),
    "eligibility.not_eligible": Words("Judged not eligible", "判定不符合入选条件"),
    "form.correct": Words("Signed form corrected", "更正已签署的表单"),
    "redaction": Words("Text taken out", "文字遮除"),
}
STUDY_FACT_WORDS: dict[str, Words] = {
    "backup_folder": Words("Second place of backups", "第二备份位置"),
    "backup_own_disk": Words("Second place of backups on a disk of its own", "第二备份位置在另一磁盘"),
    "chain_start": Words("First link of the audit", "稽查链起点"),
    "created_at": Words("Study created", "研究创建时间"),
    "demonstration": Words("Demonstration", "演示研究"),
    "idle_minutes": Words("Minutes until the screen locks", "自动锁屏分钟数"),
    "package_hash": Words("Hash of the protocol package", "方案包哈希"),
    "protocol_version": Words("Version of the protocol", "方案版本"),
    "study_id": Words("Number of the study", "研究编号"),
}
RANGE_SEX_WORDS: dict[str, Words] = {
    "F": Words("women", "女性"),
    "M": Words("men", "男性"),
    "both": Words("both", "不限性别"),
}
LANGUAGE_WORDS: dict[str, Words] = {"en": Words("English", "英文"), "zh_CN": Words("Chinese", "中文")}
