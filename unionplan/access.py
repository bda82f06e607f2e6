"""Who may do what. In local mode whoever sits at the PC may do everything, and nobody else can reach it."""

from __future__ import annotations

from dataclasses import dataclass

from unionplan.errors import AccessError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Person:
    """Somebody at the door: the name that goes into the log, and a role."""

    name: str
    role: str = "local"


def require_write(person: Person, sample: bool) -> None:
    """Raise AccessError unless `person` may change this store; the sample takes in only its own maker."""
    if sample and person.role != "demo":
        raise AccessError(
            "示例数据",
            "当前看板用的是示例数据",
            "示例数据只供查看，不接收上传、撤销",
            "请先点“开始使用”，换到自己的空数据库",
        )
    if not person.name.strip():
        raise AccessError("经办人", "没有填写姓名", "每次更新都要记下是谁办的", "请填写经办人姓名")


def require_listen(host: str) -> None:
    """Raise AccessError when the board would be reachable from other machines without accounts."""
    if host not in LOOPBACK:
        raise AccessError(
            f"监听地址 {host}",
            "尚未设置账号，其他电脑打开后谁都能改数据",
            "没有账号时只能在本机使用（127.0.0.1）",
            "请去掉 --host，在本机打开",
        )
