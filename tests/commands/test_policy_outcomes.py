"""`revisit policy outcomes`: what each result counts as, what it meets, and what follows it."""

from __future__ import annotations

import pytest

from revisit import i18n
from revisit.policy.outcomes import CHANNELS, RESULTS
from tests.support import Program

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


@ON_SQLITE
def test_the_table_in_english(revisit: Program) -> None:
    every = "promised callback, after a complaint or case, after a sale, dormant over a week (by phone, visit), "
    every += "dormant over a month, takeover from sales, prospect to follow, talk with sales"
    lines = revisit("policy", "outcomes").out.splitlines()
    assert [line.split("  ") for line in lines[:1]] == [["What follows a result of a call [P1]"]]
    assert [[cell.strip() for cell in line.split("  ") if cell] for line in lines[1:]] == [
        [
            "Result", "Counts as", "Ends the follow-up", "Next try after", "Other number after", "Other channel after",
            "Note required", "Meets",
        ],
        ["reached", "conversation", "yes", "–", "–", "–", "no", every],
        ["declined", "conversation", "yes", "–", "–", "–", "no", every],
        [
            "sent", "message", "yes", "–", "–", "–", "no",
            "dormant over a month (by text message, WeChat), takeover from sales (by text message, WeChat)",
        ],
        ["no answer", "attempt", "no", "120 min", "misses: 2", "misses: 4", "no", "–"],
        ["engaged", "attempt", "no", "15 min", "misses: 3", "misses: 5", "no", "–"],
        ["wrong number", "attempt", "no", "240 min", "misses: 1", "misses: 2", "no", "–"],
        ["not convenient", "attempt", "no", "120 min", "–", "misses: 4", "no", "–"],
    ]  # fmt: skip


@ON_SQLITE
def test_the_table_in_chinese(revisit: Program) -> None:
    i18n.activate("zh")
    lines = revisit("policy", "outcomes").out.splitlines()
    assert lines[0] == "各种结果之后怎么办 [P1]"
    assert lines[1].split() == [
        "结果",
        "算作",
        "完成应回访",
        "多久后再联系",
        "换电话",
        "换方式",
        "须写备注",
        "完成的规则",
    ]
    assert lines[4].split() == [
        "已发送", "消息", "是", "–", "–", "–", "否", "超过一个月未订货（短信、微信）、接手跟进（短信、微信）",
    ]  # fmt: skip
    assert lines[5].split() == ["未接", "未成功的尝试", "否", "120分钟", "2次未成功后", "4次未成功后", "否", "–"]


def test_the_document(revisit: Program) -> None:
    found = revisit("policy", "outcomes", "--on", "2026-03-12", "--json").json
    assert (found["on"], found["clause"]) == ("2026-03-12", "P1")
    assert [one["result"] for one in found["results"]] == list(RESULTS)
    sent, missed = found["results"][2:4]
    assert sent == {
        "result": "sent", "counts_as": "message", "ends_follow_up": True,
        "meets": [{"rule": rule, "channels": ["sms", "wechat"]} for rule in ("dormant-month", "takeover")],
        "retry_after_minutes": None, "other_number_after": None, "other_channel_after": None, "note_required": False,
    }  # fmt: skip
    assert missed == {
        "result": "no_answer", "counts_as": "attempt", "ends_follow_up": False, "meets": [], "retry_after_minutes": 120,
        "other_number_after": 2, "other_channel_after": 4, "note_required": False,
    }  # fmt: skip
    assert found["results"][0]["meets"][-1] == {"rule": "brief", "channels": list(CHANNELS)}
    assert found["results"][6]["other_number_after"] is None
