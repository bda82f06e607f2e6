"""Notes written on the page: what is taken, what is refused in which words, and that nobody's note is lost."""

import io
import zipfile
from datetime import date, datetime, timedelta
from threading import Thread

import pytest

from unionplan.access import Person
from unionplan.errors import AccessError, IntakeError
from unionplan.events import kind_word
from unionplan.evidence_files import MEGABYTES, MOST, kind_of, require_evidence
from unionplan.notes import Note, notes_of
from unionplan.remarks import kinds_for, write
from unionplan.store import Store

CLERK = Person("王经办")
NOON = datetime(2026, 11, 5, 12, 0)
DAY = date(2026, 11, 5)
PDF, JPG, PNG = b"%PDF-1.7 ...", b"\xff\xd8\xff\xe0 ...", b"\x89PNG\r\n\x1a\n ..."


def note(item="A1-2", kind="progress", on=DAY, **more):
    words = {"text": "已动员三千人"} if kind in ("progress", "explanation", "instruction", "decision", "skip") else {}
    return Note(item=item, kind=kind, on=on, **{**words, **more})


def package(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return out.getvalue()


DOCX, XLSX, OFD = (
    package("[Content_Types].xml", "word/document.xml"),
    package("xl/workbook.xml"),
    package("OFD.xml", "Doc_0/x"),
)


def notes(store):
    return notes_of(store.progress(store.head()), store.notes(store.head()))


# What is taken


def test_a_note_is_one_commit_that_says_who_what_and_when(store):
    done = write(store, CLERK, NOON, note(evidence="通知", department="经济工作部"))
    commit = store.history()[done.commit - 1]
    assert (commit.action, commit.who, commit.note) == ("note", "王经办", "进展情况：A1-2 主力军主题竞赛")
    [told] = notes(store)["A1-2"]
    assert (told.text, told.on, told.who, told.at) == ("已动员三千人", DAY, "王经办", "2026-11-05T12:00:00")
    assert (told.evidence, told.department, told.kind) == ("通知", "经济工作部", "progress")


def test_every_field_of_a_note_comes_back_as_it_was_written(store):
    whole = note("A1-1b", "step", step="评审", done_on=date(2026, 9, 10), planned_on=date(2026, 9, 30), text="评出 36 项\n另有 4 项",
                 problems="无", next_steps="推广", total=40, done=36, measure="项", evidence="结果")  # fmt: skip
    done = write(store, CLERK, NOON, whole, [("结果.pdf", PDF), ("照片.jpeg", JPG)])
    assert notes(store)["A1-1b"] == (done.note,)
    assert [name for _, name in done.note.files] == ["结果.pdf", "照片.jpeg"]
    assert [store.upload(digest) for digest, _ in done.note.files] == [PDF, JPG]
    assert store.verify() == []


def test_notes_of_one_item_stand_one_behind_the_other_and_others_stay_alone(store):
    for text in ("第一条", "第二条"):
        write(store, CLERK, NOON, note(text=text))
    write(store, CLERK, NOON, note("A1-3b", text="别的任务"))
    assert {item: [one.text for one in own] for item, own in notes(store).items()} == {
        "A1-2": ["第一条", "第二条"], "A1-3b": ["别的任务"]}  # fmt: skip


def test_the_very_same_note_again_is_no_new_commit(store):
    first = write(store, CLERK, NOON, note())
    again = write(store, CLERK, NOON + timedelta(seconds=3), note())
    assert (first.commit, again.commit, len(notes(store)["A1-2"])) == (2, None, 1)
    assert write(store, Person("李经办"), NOON, note()).commit == 3


def test_two_writers_at_once_both_keep_their_note(store):
    errors = []

    def writes(name):
        try:
            for number in range(5):
                write(Store(store.root), Person(name), NOON, note(text=f"{name}{number}"))
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=writes, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(one.text for one in notes(store)["A1-2"]) == [
        f"{name}{number}" for name in ("乙", "甲") for number in range(5)
    ]


def test_a_note_is_taken_back_by_undoing_its_commit(store):
    for text in ("第一条", "第二条"):
        done = write(store, CLERK, NOON, note(text=text))
    store.undo(done.commit, CLERK, "写错了")
    assert [one.text for one in notes(store)["A1-2"]] == ["第一条"]
    write(store, CLERK, NOON, note(text="第三条"))
    assert [one.text for one in notes(store)["A1-2"]] == ["第一条", "第三条"]


def test_after_the_only_note_was_taken_back_another_can_be_written(store):
    store.undo(write(store, CLERK, NOON, note()).commit, CLERK, "写错了")
    assert notes(store) == {}
    assert write(store, CLERK, NOON, note()).commit == 4


def test_an_earlier_commit_shows_the_notes_of_its_time(store):
    write(store, CLERK, NOON, note(text="第一条"))
    write(store, CLERK, NOON, note(text="第二条"))
    assert [one.text for one in notes_of(store.progress(2), store.notes(2))["A1-2"]] == ["第一条"]


def test_spaces_and_empty_lines_are_trimmed(store):
    done = write(store, CLERK, NOON, note(text="  动员  会 \n\n 三千人 "))
    assert done.note.text == "动员 会\n三千人"


def test_every_item_takes_the_kinds_that_fit_it(store):
    items = {item.id: item for item in store.plan(1).items}
    always = ("progress", "explanation", "instruction", "decision")
    assert kinds_for(items["A3-2a"]) == always  # a rate
    assert kinds_for(items["A1-1b"]) == ("step", *always)
    assert kinds_for(items["B5c"]) == ("step", "cases", *always)
    assert kinds_for(items["B4a"]) == ("cases", *always)
    assert kinds_for(items["A1-6"]) == ("tally", *always)
    assert kinds_for(items["A1-2"]) == always  # the plan names no unit
    assert kinds_for(items["B7a"]) == ("progress", "explanation", "skip", "instruction", "decision")
    assert (kind_word(items["B5c"], "cases"), kind_word(items["B4a"], "cases")) == ("建档", "应办已办")


# What is refused


REFUSED = {
    "“主力军主题竞赛”进展情况：没有填写内容。须写明进展情况。请填写后再登记。": note(text=" \n "),
    "“主力军主题竞赛”情况说明：没有填写内容。须写明情况说明。请填写后再登记。": note(kind="explanation", text=""),
    "“主力军主题竞赛”进展情况：日期 2026-11-06 在今天（2026-11-05）之后。只登记已经发生的。请改正日期。": note(on=date(2026, 11, 6)),
    "“主力军主题竞赛”进展情况：有 2001 字。不超过 2000 字。请写要点，全文作为佐证文件上传。": note(text="字" * 2001),
    "“主力军主题竞赛”进展情况：写有身份证号码。系统不保存身份证号码。请删去号码后再登记。": note(text="慰问11010519491231002X一户"),
    "任务 X9：计划里没有这一条。条目编号以计划为准。请从任务清单中选。": note("X9"),
    "“主力军主题竞赛”：这项任务没有这类记录。可以登记 进展情况、情况说明、领导批示、议定事项。请改选类别。": note(kind="step", step="评审"),
    "“五必访”应办已办：已办 13 多于应办 12。已办数不能多于应办数。请核对两个数。": note("B4a", "cases", total=12, done=13),
    "“五必访”应办已办：没有填写应办数或已办数。两个数都要填，没有的填 0。请填写后再登记。": note("B4a", "cases", done=3),
    "“五必访”应办已办：是负数。须是不小于 0 的整数。请改正。": note("B4a", "cases", total=3, done=-1),
    "“职工疗养档案”建档：已建 130 多于应建 118。已建数不能多于应建数。请核对两个数。": note("B5c", "cases", total=118, done=130),
    "“创新成果评审表彰”步骤完成：步骤“总结”。只能是 评审、推广、表彰。请选定步骤。":
        note("A1-1b", "step", step="总结", done_on=DAY),
    "“创新成果评审表彰”步骤完成：没有填写完成日期。步骤以完成日期为准。请填写后再登记。": note("A1-1b", "step", step="评审"),
    "“创新成果评审表彰”步骤完成：完成日期 2026-11-30 在今天（2026-11-05）之后。只登记已经发生的。请改正完成日期。":
        note("A1-1b", "step", step="评审", done_on=date(2026, 11, 30)),
    "“献良策合理化建议”累计数量：没有填写累计数量。填从起始日累计到这一天的数，没有的填 0。请填写后再登记。":
        note("A1-6", "tally", measure="条"),
    "“困难职工就业服务”累计数量：计量单位“元”。只能是 户、人。请改成其中之一。": note("A4-1b", "tally", done=3, measure="元"),
    "“主席会议”未开展说明：期次“2026Q3”。是每月一期的任务，如 2026-11。请选定期次。": note("B7a", "skip", step="2026Q3"),
    "“主席会议”未开展说明：2026-12 还没有开始。只说明已经开始的期次。请改选期次。": note("B7a", "skip", step="2026-12"),
    "“主席会议”未开展说明：没有填写内容。须写明未开展的原因。请填写后再登记。": note("B7a", "skip", step="2026-08", text=""),
}  # fmt: skip


@pytest.mark.parametrize(("words", "wrong"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_wrong_is_refused_in_these_words_and_changes_nothing(store, words, wrong):
    with pytest.raises(IntakeError) as refused:
        write(store, CLERK, NOON, wrong)
    assert str(refused.value) == words
    assert store.head() == 1


def test_a_step_before_what_it_waits_for_is_asked_about(store):
    step = note("B8c", "step", step="公布审计结果", done_on=date(2026, 9, 1))
    with pytest.raises(IntakeError) as refused:
        write(store, CLERK, NOON, step)
    assert str(refused.value) == (
        "“公布审计结果”：公布审计结果须在“工会经费审计”完成之后，前置任务还没有完成或晚于 2026-09-01，不会计入。"
        "核对无误的，请勾选“已核对”后再登记。"
    )
    assert write(store, CLERK, NOON, step, confirmed=True).commit == 2


def test_a_sum_that_falls_is_asked_about(store):
    write(store, CLERK, NOON, note("A1-6", "tally", done=318, measure="条", on=date(2026, 9, 30)))
    fewer = note("A1-6", "tally", done=300, measure="条")
    with pytest.raises(IntakeError, match="累计 300条 少于上次登记的 318条"):
        write(store, CLERK, NOON, fewer)
    assert write(store, CLERK, NOON, fewer, confirmed=True).commit == 3


def test_a_step_before_the_window_of_its_item_is_asked_about(store):
    early = note("A1-1b", "step", step="评审", done_on=date(2026, 6, 1))
    with pytest.raises(IntakeError, match="完成日期 2026-06-01 早于任务的起始日 2026-07-01，不会计入"):
        write(store, CLERK, NOON, early)


def test_who_may_not_write_or_gives_no_name_is_refused(store):
    with pytest.raises(AccessError, match="更新数据：现在没有登录"):
        write(store, Person("", "viewer"), NOON, note())
    with pytest.raises(AccessError, match="经办人：没有填写姓名"):
        write(store, Person(" "), NOON, note())
    assert store.head() == 1


# Evidence


@pytest.mark.parametrize(
    ("data", "kind"),
    [(PDF, "pdf"), (JPG, "jpg"), (PNG, "png"), (DOCX, "docx"), (XLSX, "xlsx"), (OFD, "ofd"),
     (b"GIF89a", ""), (package("a.txt"), ""), (b"PK\x03\x04 broken", ""), (b"MZ", ""), (b"", "")],
)  # fmt: skip
def test_a_file_is_known_by_its_content(data, kind):
    assert kind_of(data) == kind


ALLOWED = "佐证文件须是 .pdf、.jpg、.png、.docx、.xlsx、.ofd。请换成这几种格式后再传。"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"", "佐证文件“a.pdf”：是空的，没有内容。请检查是否选错了文件。"),
        ("a.gif", b"GIF89a", f"佐证文件“a.gif”：不是能收的文件。{ALLOWED}"),
        ("a.zip", package("b.txt"), f"佐证文件“a.zip”：是压缩包。{ALLOWED}"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"佐证文件“a.doc”：是老格式的文档（.doc、.xls），或设了打开密码。{ALLOWED}"),
        ("a.pdf", JPG, "佐证文件“a.pdf”：内容是 .jpg，文件名不是。文件名的后缀须与内容一致。请把后缀改成 .jpg 后再传。"),
        ("a.docm", DOCX, "佐证文件“a.docm”：内容是 .docx，文件名不是。文件名的后缀须与内容一致。请把后缀改成 .docx 后再传。"),
        ("a.pdf", PDF + b"x" * (MEGABYTES * 2**20), "佐证文件“a.pdf”：有 20.0 MB。单个佐证文件不超过 20 MB。请压缩图片或拆分后再传。"),
    ],
)  # fmt: skip
def test_a_file_that_may_not_be_kept_is_refused_in_these_words(store, name, data, words):
    with pytest.raises(IntakeError) as refused:
        write(store, CLERK, NOON, note(), [("好.pdf", PDF), (name, data)])
    assert str(refused.value) == words
    assert (store.head(), list((store.root / "files").glob("*")) if (store.root / "files").exists() else []) == (1, [])


def test_too_many_files_are_refused():
    with pytest.raises(IntakeError) as refused:
        require_evidence([("a.pdf", PDF)] * (MOST + 1))
    assert str(refused.value) == "佐证文件：选了 11 个。一条记录最多 10 个。请分几条登记。"


def test_a_files_name_is_kept_bare_and_on_one_line():
    names = ["C:\\资料\\照片 1.JPG", "../../etc/照片.jpg", "照\n片.jpg"]
    assert [name for name, _ in require_evidence((name, JPG) for name in names)] == [
        "照片 1.JPG", "照片.jpg", "照 片.jpg"]  # fmt: skip
