"""Web pages in one file (.mht, also under the name .xls) → the tables of their parts; mails are refused."""

from __future__ import annotations

import email
import re
from email.message import Message
from urllib.parse import unquote

from unionplan.errors import IntakeError
from unionplan.intake.cells import Sheet
from unionplan.intake.decoding import decoded
from unionplan.intake.html_tables import page_sheets
from unionplan.intake.refusals import ALLOWED, SAVE_AS

_NAMED = re.compile(r"<x:Name>([^<]*)</x:Name>\s{0,99}<x:WorksheetSource\s{1,9}HRef=\"([^\"]+)\"", re.IGNORECASE)


def mhtml_sheets(data: bytes, name: str) -> list[Sheet]:
    """Return the tables of a saved web page as sheets; raises IntakeError for a mail or a page without tables."""
    archive = email.message_from_bytes(data)
    if archive["To"] or archive["Received"]:
        raise IntakeError(name, "这是邮件（.eml）", ALLOWED, "请上传邮件所附的表格文件本身")
    pages = [(_place(part), _text(part, name)) for part in archive.walk() if part.get_content_type() == "text/html"]
    titles = {unquote(link).rpartition("/")[2]: title for _, text in pages for title, link in _NAMED.findall(text)}
    sheets: list[Sheet] = []
    for place, text in pages:
        if re.search(r"<table\b", text, re.IGNORECASE):
            sheets += page_sheets(text, name, [titles[place]] if place in titles else None)
    if not sheets:
        raise IntakeError(name, "这是网页存档，里面没有表格", ALLOWED, SAVE_AS)
    return sheets


def _place(part: Message) -> str:
    return unquote(part.get("Content-Location", "")).replace("\\", "/").rpartition("/")[2]


def _text(part: Message, name: str) -> str:
    held = part.get_payload(decode=True)
    return decoded(held if isinstance(held, bytes) else b"", name, part.get_content_charset() or "")
