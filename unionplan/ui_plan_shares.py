"""任务分解 on the page 计划与口径: every unit's part of the plan with its own gap, and whether the parts add up."""

from __future__ import annotations

from unionplan import theme
from unionplan.flows import unit_flows
from unionplan.plan import Share
from unionplan.shares import ShareState, share_states, sum_checks, sum_words
from unionplan.ui import Board, choice, listing, message, note_line
from unionplan.ui_plan_forms import page_link

HEADERS = ("任务", "填报单位", "分解目标", "应达", "已完成", "还差", "起始日", "截止日", "责任人", "备注")
ALL = "全部任务"


def show_shares(board: Board) -> None:
    """Draw the sum checks first, then every share; a share has no light of its own."""
    if not board.plan.shares:
        message(
            "note", "还没有分解到单位的任务。请上传目标任务分解表（W5），“责任单位”填单位名称的一行就是该单位的任务。"
        )
        page_link("pages/refresh.py", "去上传")
        return
    states = board.shared(("shares",), lambda: _states(board))
    for check in sum_checks(board.plan, states, board.rows()):
        message("ask" if check.short else "note", sum_words(check))
    names = {item.id: item.short or item.name for item in (*board.plan.items, *board.plan.own)}
    called = [_called(state.share, names) for state in states]
    wanted = choice("任务", [ALL, *dict.fromkeys(called)], key="share")
    lines = [_line(state, name) for state, name in zip(states, called, strict=True) if wanted in (ALL, name)]
    note_line("分解任务只列各单位自己的差额，不另判灯；各单位的灯按全市统一的序时判定。")
    listing("任务分解", HEADERS, lines, f"任务分解_{board.today:%Y%m%d}", numeric=(2, 3, 4, 5))


def _states(board: Board) -> list[ShareState]:
    trained = unit_flows(board.store.training(board.commit), board.plan, board.on)
    return share_states(board.plan, board.units(), trained)


def _called(share: Share, names: dict[str, str]) -> str:
    rate = share.target is not None and share.target.denominator != 1
    return f"{share.item} {names.get(share.item, '')}" + (f"（{share.scope}）" if rate else "")


def _line(state: ShareState, name: str) -> tuple[str, ...]:
    share, days = state.share, (state.share.start, state.share.end)
    done = "未报" if state.done is None else theme.count(state.done)
    if state.base is not None and state.done is not None:
        done = f"{done}/{theme.count(state.base)}"
    return (
        name, share.reporting_unit, _goal(share), *(_count(state.need),), done, _count(state.gap),
        *(theme.chinese_date(day) if day else theme.NONE for day in days), share.person or theme.NONE,
        share.note or theme.NONE,
    )  # fmt: skip


def _goal(share: Share) -> str:
    if share.target is None:
        return "未设目标"
    if share.unit == "%" or share.target.denominator != 1:
        return f"{theme.target_percent(int(share.target * 10_000))}%"
    return f"{theme.count(int(share.target))}{share.unit}"


def _count(value: int | None) -> str:
    return theme.NONE if value is None else theme.count(value)
