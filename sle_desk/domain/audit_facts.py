"""What an event of the audit says beside its action, in words: the names of its facts."""

from __future__ import annotations

from sle_desk.base.language import Words

_LOGIN = Words("user name", "用户名")
_FILE = Words("file", "文件")
_FILES = Words("files", "文件")
_CODE = Words("audit code", "稽查码")
_SLOT = Words("mark of the key slot", "密钥槽标识")
_CLOCK = Words("the clock showed", "时钟显示")
_PAPER = {
    "page": Words("page", "页码"),
    "kept_where": Words("kept at", "存放处"),
    "sealed_by": Words("sealed by", "封存人"),
    "witnessed_by": Words("witnessed by", "见证人"),
}
_DOUBT = {"now": _CLOCK, "last": Words("last entry before", "此前最后一条记录")}

FACT_WORDS: dict[str, dict[str, Words]] = {
    "audit.redact": {"rows": Words("audit numbers that lost it", "遮除文字的稽查编号")},
    "backup.make": {
        "file": _FILE,
        "number": Words("up to audit number", "截至稽查编号"),
        "code": _CODE,
        "place": Words("place", "位置"),
    },
    "backup.thin": {"files": _FILES},
    "behind.accept": {
        "found": Words("last audit number", "最后稽查编号"),
        "later": Words("audit number of the backup", "备份的稽查编号"),
        "file": _FILE,
    },
    "clock.accept": _DOUBT,
    "clock.confirm": _DOUBT,
    "clock.zone": {"zone": Words("time zone", "时区"), "now": _CLOCK},
    "clock.jump": {"seconds": Words("moved by", "跳变幅度"), "now": _CLOCK},
    "deviation.after_lock": {
        "code": Words("what was seen", "发现的情况"),
        "on_day": Words("day", "日期"),
        "signer": Words("signed on paper by", "纸质签字人"),
        "task": Words("task", "任务"),
        "name": Words("person", "人员"),
    },
    "export.write": {
        "number": Words("number", "编号"),
        "preset": Words("kind of export", "导出类别"),
        "files": _FILES,
    },
    "key.change": {"slots": Words("people with a key", "持有密钥的人数")},
    "keys.accept": {"number": Words("noted at audit number", "记录于稽查编号")},
    "keys.changed": {
        "found_number": Words("its last audit number", "其中的最后稽查编号"),
        "passwords": Words("earlier passwords that open again", "重新生效的旧密码"),
        "missing": Words("people without a key in it", "其中没有密钥的人员"),
        "recovery": Words("earlier recovery key opens again", "旧恢复密钥重新生效"),
    },
    "password.change": {"login": _LOGIN, "slot": _SLOT},
    "people.create": {"login": _LOGIN, "slot": _SLOT},
    "people.deactivate": {"login": _LOGIN},
    "people.reset_password": {"login": _LOGIN, "slot": _SLOT},
    "recovery.seal": _PAPER,
    "recovery.use": {
        "login": _LOGIN,
        **_PAPER,
        "slot": _SLOT,
        "recovery": Words("mark of the recovery key", "恢复密钥标识"),
    },
    "refused": {"action": Words("wanted", "请求"), "code": Words("why", "原因")},
    "sign_in.failed": {
        "login": _LOGIN,
        "count": Words("times", "次数"),
        "last": Words("the last time", "最后一次"),
        "way": Words("refused for", "拒绝原因"),
    },
    "study.create": {
        "study_id": Words("number of the study", "研究编号"),
        "package_hash": Words("hash of the protocol package", "方案包哈希"),
    },
    "subject.other_person": {
        "subject": Words("subject", "受试者"),
        "other": Words("not the same as", "不同于"),
    },
    "study.migrate": {"from": Words("from schema", "原结构版本"), "to": Words("to schema", "新结构版本")},
    "study.restore": {
        "file": Words("backup", "备份"),
        "number": Words("which ends at audit number", "其末尾稽查编号"),
        "code": _CODE,
        "over": Words("in place of a study at audit number", "所替换研究的稽查编号"),
        "by": Words("restored by", "还原人"),
        "restored_at": Words("restored at", "还原时间"),
    },
}

# Why somebody did not come in, where it was no wrong password.
WAY_WORDS: dict[str, Words] = {
    "recovery": Words("a recovery key that opens nothing", "恢复密钥无效"),
    "no_role": Words("no role held any more, with the right password", "密码正确，但已无任何角色"),
}

# Where a backup was put, as the audit keeps it.
PLACE_WORDS: dict[str, Words] = {
    "study": Words("beside the study", "研究文件夹内"),
    "second": Words("the second place", "第二备份位置"),
    "same_disk": Words("another folder of the same disk", "同一磁盘的其他文件夹"),
}


def fact_words(action: str, name: str) -> Words:
    """Return what a fact of an event is called; one that another version wrote stands for itself."""
    return FACT_WORDS.get(action, {}).get(name, Words(name, name))
