"""Initials by pinyin are a proposal; surnames are read as surnames."""

from __future__ import annotations

import pytest

from sle_desk.services.initials import propose_initials


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("张慧敏", "ZHM"),
        ("欧阳娜娜", "OYNN"),
        ("单无名", "SWM"),
        ("曾无名", "ZWM"),
        ("解无名", "XWM"),
        ("仇无名", "QWM"),
        ("尉迟无名", "YCWM"),
        ("无名解", "WMJ"),
        ("阚无名", "KWM"),
        ("乜无名", "NWM"),
        ("佴无名", "NWM"),
        ("句无名", "GWM"),
        ("祭无名", "ZWM"),
        ("繁无名", "PWM"),
        ("粘无名", "NWM"),
        ("炅无名", "GWM"),
        ("澹台无名", "TTWM"),
        ("子车无名", "ZJWM"),
        ("阿依古丽·买买提", "AYGL"),
        ("Li Xiaoming", "LX"),
        ("", ""),
    ],
)
def test_initials_are_those_of_the_pinyin(name: str, initials: str) -> None:
    assert propose_initials(name) == initials
