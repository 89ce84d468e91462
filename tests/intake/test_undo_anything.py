"""Any company, any sheets, undone in any order: what only imports did was never there, what people did stays."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revisit import models, undoing
from revisit.commands import batches, imports
from revisit.context import Context
from tests.support import PHASES, THOROUGH, Program, at_shanghai, init_company, reading
from tests.whole import check_whole, state

WORDS = {
    "customers": {
        "客户编号": ["C1", "C2", "C3"], "客户名称": ["甲", "乙", "丙", None], "客服专员": ["admin", "w", "v", None],
        "等级": ["A", "B", None], "电话": ["13800000001", "13800000002 13800000003", "13800000003", None],
        "地址": ["杭州", "宁波", None], "联系人": ["王", "李", None], "欠款": ["0", "100", None],
        "类型": ["客户", "潜在客户", None],
        "跟进部门": ["销售", "客服", None], "移交日期": ["2026-01-05", "2026-02-05", None],
        "最近订货日期": ["2026-01-20", "2026-02-01", None], "免打扰": ["是", "否", None], "颜色": ["红", "蓝", None],
    },
    "orders": {
        "订单号": ["A1", "A2", None], "客户编号": ["C1", "C2", "C4"], "下单日期": ["2026-02-10", "2026-02-20"],
        "完成日期": ["2026-02-21", None], "金额": ["1", "2", None], "状态": ["已取消", "已完成", None],
    },
    "revisits": {
        "记录编号": ["1", "2", None], "客户编号": ["C1", "C2", "C5"], "回访时间": ["2026-02-22 10:00", "2026-02-23"],
        "结果": ["已接通", "占线", "不方便"], "回访人": ["w", "old", None], "约定时间": ["2026-03-10", None],
    },
    "sales-followups": {
        "客户编号": ["C1", "C2"], "跟进日期": ["2026-02-24", "2026-02-25"], "业务员": ["陈", None], "备注": ["a", "b", None],
    },
    "staff": {
        "登录名": ["w", "x.y"], "姓名": ["w", "v", None], "部门": ["一部", "二部", None], "能力系数": ["1", "2", None],
        "角色": ["客服主管", "客服专员", None],
    },
    "chats": {
        "会话编号": ["1", "2"], "时间": ["2026-02-24 10:00:00", "2026-02-24 10:00:07"], "发送方": ["客户", "客服"],
        "客服": ["w", "x", None], "内容": ["在吗", None], "客户": ["C1", "C5", None],
    },
}  # fmt: skip


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, list[list[str | None]]]:
    """A kind and a sheet of it: a header and some rows."""
    kind = draw(st.sampled_from(list(WORDS)))
    titles = list(WORDS[kind])
    rows = draw(st.lists(st.tuples(*(st.sampled_from(WORDS[kind][title]) for title in titles)), min_size=1, max_size=4))
    return kind, [list(titles), *map(list, rows)]


@pytest.fixture(scope="module")
def empty_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("undo") / "company.db"
    init_company(str(path))
    yield path


class _Desk:
    """One company in a file, at work: each deed an hour after the one before."""

    def __init__(self, empty: Path) -> None:
        self.folder = empty.parent
        self.url = str(shutil.copy(empty, self.folder / "run.db"))
        self.hour = 0

    def context(self) -> Context:
        self.hour += 1
        made = Context(db_option=self.url, login_option="admin")
        made.__dict__["now"] = at_shanghai(f"2026-03-{1 + self.hour // 10:02} {8 + self.hour % 10:02}:00")
        return made

    def bring(self, sheet: tuple[str, list[list[str | None]]]) -> int:
        kind, rows = sheet
        path = self.folder / "sheet.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[cell or "" for cell in row] for row in rows])
        receipt = imports.import_spreadsheet(self.context(), kind=kind, file=path, create_customers=kind == "orders")
        return receipt.batch

    def undo(self, batch: int) -> undoing.Undone:
        return batches.take_back(self.context(), batch, dry_run=False, told=lambda *_: None)[0]


FEW = settings(
    max_examples=settings.default.max_examples // (2 if THOROUGH else 3),  # each is a company of its own
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.slow
@FEW
@given(
    st.lists(sheets(), max_size=3), st.lists(sheets(), min_size=1, max_size=3).flatmap(
        lambda found: st.tuples(st.just(found), st.permutations(range(len(found))))
    ),
)  # fmt: skip
def test_whatever_is_imported_and_undone_in_any_order_was_never_there(
    empty_company: Path, before: list[Any], then: tuple[list[Any], list[int]]
) -> None:
    desk = _Desk(empty_company)
    for sheet in before:
        desk.bring(sheet)
    was = state(desk.url)
    numbers = [desk.bring(sheet) for sheet in then[0]]
    for place in then[1]:
        desk.undo(numbers[place])
        check_whole(desk.url)
    assert state(desk.url) == was


ACTS = {
    "log": ("log", "C1", "--result", "inconvenient", "--callback", "2026-03-25"),
    "amend": ("amend", "1", "--result", "reached", "--because", "x"),
    "void": ("void", "1", "--reason", "x"),
    "assign": ("assign", "C2", "--to", "w"),
    "close": ("customer", "close", "C2", "--reason", "x"),
    "merge": ("customer", "merge", "C1", "C2", "--reason", "x", "--yes"),
    "unmerge": ("customer", "unmerge", "C2", "--yes"),
}


@pytest.mark.slow
@FEW
@given(
    st.lists(st.one_of(sheets(), st.sampled_from(list(ACTS))), min_size=2, max_size=6),
    st.randoms(use_true_random=False),
)
def test_whatever_people_do_between_stays_and_nothing_hangs(
    empty_company: Path, capsys: pytest.CaptureFixture[str], deeds: list[Any], chance: Any
) -> None:
    desk = _Desk(empty_company)
    numbers: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        program = Program(desk.url, capsys, patch)
        for deed in deeds:
            if isinstance(deed, str):
                patch.setenv("REVISIT_NOW", desk.context().now.isoformat())
                program(*ACTS[deed])  # some cannot be: there is no such customer, revisit, person
            else:
                numbers.append(desk.bring(deed))
            check_whole(desk.url)
        by_hand = _by_hand(desk.url)
        chance.shuffle(numbers)
        for number in numbers:
            desk.undo(number)
            check_whole(desk.url)
        assert _by_hand(desk.url) == by_hand


def _by_hand(url: str) -> set[tuple[Any, ...]]:
    """What people have made and not an import: it is still there whatever is undone."""
    with reading(url) as (sql, _company):
        created = sql.rows(
            "SELECT table_name, row_id, change FROM audit "
            "WHERE batch_id IS NULL AND action IN ('create', 'amend', 'void', 'state')"
        )
        found = {(name, row_id) for name, row_id, change in created if json.loads(change)}
        return {
            (name, row_id, bool(sql.rows(f"SELECT 1 FROM {name} WHERE id = :id", id=row_id)))
            for name, row_id in found
            if name in models.metadata.tables and row_id is not None
        }
