"""Why a change of the study itself was made: reasons that an act offers and that no form and no dose has."""

from __future__ import annotations

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice

# Why an account is closed.
CLOSING_REASONS = (
    Choice("left", Words("Left the team", "已离开团队"), "1"),
    Choice("duty", Words("Has other duties now", "岗位变动"), "2"),
    Choice("suspected", Words("Misuse is suspected", "疑似滥用"), "3"),
    Choice("other", Words("Other", "其他"), "4"),
)
# Why a key file that was changed outside is accepted.
KEYS_REASONS = (
    Choice("put_back", Words("An older study.keys was put back", "放回了较早的 study.keys"), "1"),
    Choice("damaged", Words("The disk or a transfer damaged it", "磁盘或传输造成损坏"), "2"),
    Choice("other", Words("Other", "其他"), "9"),
)
