"""Who may do what. Without accounts whoever sits at the PC may do everything, and nobody else can reach it."""

from __future__ import annotations

from dataclasses import dataclass

from unionplan.errors import AccessError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WRITERS = ("local", "demo", "clerk", "administrator")
RELEASERS = ("local", "demo", "administrator")


@dataclass(frozen=True)
class Person:
    """Somebody at the door: the name that goes into the log, and a role: one of WRITERS, or `viewer`."""

    name: str
    role: str = "local"

    @property
    def may_write(self) -> bool:
        """Whether this role may refresh and undo at all."""
        return self.role in WRITERS

    @property
    def may_release(self) -> bool:
        """Whether this role decides what readers see: releases a refresh, switches the review on and off."""
        return self.role in RELEASERS


def require_write(person: Person, sample: bool) -> None:
    """Raise AccessError unless `person` may change this store; the sample takes in only its own maker."""
    if not person.may_write:
        raise AccessError("更新数据", "现在没有登录", "登录的经办人、管理员才能更新和撤销", "请先登录")
    if sample and person.role != "demo":
        raise AccessError(
            "示例数据",
            "当前看板用的是示例数据",
            "示例数据只供查看，不接收上传、撤销",
            "请先点“开始使用”，换到自己的空数据库",
        )
    if not person.name.strip():
        raise AccessError("经办人", "没有填写姓名", "每次更新都要记下是谁办的", "请填写经办人姓名")


def require_switch(person: Person, before: bool, after: bool) -> None:
    """Raise AccessError where somebody who may not release switches the review of what comes in on or off."""
    if before != after and not person.may_release:
        raise AccessError("设置“发布审核”", "您不是管理员", "启用、停用发布审核由管理员办理", "请管理员登录后修改")


def require_listen(host: str, accounts: bool) -> None:
    """Raise AccessError when the board would be reachable from other machines without accounts."""
    if host not in LOOPBACK and not accounts:
        raise AccessError(
            f"监听地址 {host}",
            "尚未设置账号，其他电脑打开后谁都能改数据",
            "没有账号时只能在本机使用（127.0.0.1）",
            "请去掉 --host，在本机打开；或先用 account add 建立账号",
        )
