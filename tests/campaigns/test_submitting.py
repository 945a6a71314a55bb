"""Submit in a minute, lose nothing: what the form takes by itself, drafts saved while typed, files in pieces."""

import os
import uuid
from datetime import timedelta
from io import BytesIO

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import uploading, writing
from campaigns.attaching import attach
from campaigns.models import ContentFile, ContentItem, ContentStatus, Obligation, Period, Topic, Upload
from campaigns.prefilling import guess_kind, split_article, words_of_docx
from portal.ticking import DAILY
from tests import builders
from tests.campaigns.test_workspace import hand_in, product, words
from tests.lib.test_uploads import video
from tests.pictures import png

pytestmark = pytest.mark.django_db
TITLE, TEXT = "Hướng dẫn nộp hồ sơ trực tuyến tại nhà", "Người dân mở cổng dịch vụ công, chọn thủ tục rồi gửi."


@pytest.fixture
def focal(client_for, health_focal):
    return client_for(health_focal)


@pytest.fixture
def other(client_for, other_focal):
    return client_for(other_focal)


def letter(*lines):
    """A Word file with these paragraphs."""
    document, stream = docx.Document(), BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(stream)
    return stream.getvalue()


def word_file(*lines):
    return SimpleUploadedFile("bai.docx", letter(*lines or (TITLE, TEXT)))


def overdue(obligation):
    """Past its last day, not locked yet."""
    today = timezone.localdate()
    days = {"due_on": today - timedelta(days=1), "locks_on": today + timedelta(days=4)}
    Obligation.objects.filter(pk=obligation.pk).update(**days)


# --- the form ------------------------------------------------------------------------------------------------------


def test_responsibility_is_declared_before_handing_in_and_kept_with_the_version(focal, world):
    page = hand_in(focal, world.obligation, is_declared="")
    assert page.context["form"].errors.keys() == {"is_declared"}
    assert not ContentItem.objects.exists()
    hand_in(focal, world.obligation)
    assert ContentItem.objects.get().current_version.is_declared


def test_after_the_last_day_a_reason_is_asked_and_the_next_page_says_late(focal, world):
    url = reverse("item_new", args=[world.obligation.pk])
    assert "Lý do nộp trễ" not in words(focal.get(url))
    overdue(world.obligation)
    assert "Lý do nộp trễ" in words(focal.get(url))
    page = hand_in(focal, world.obligation)
    assert page.context["form"].errors.keys() == {"late_reason"}
    page = hand_in(focal, world.obligation, late_reason="Mất điện nhiều ngày")
    assert ContentItem.objects.get().late_reason == "Mất điện nhiều ngày"
    assert "nộp trễ" in words(page)


def test_topics_of_the_month_are_offered_and_no_others(focal, world, reviewer):
    url = reverse("item_new", args=[world.obligation.pk])
    assert "Nội dung trọng tâm" not in words(focal.get(url))
    month = world.obligation.period.month
    topic = Topic.objects.create(month=month, title="Phòng cháy rừng", created_by=reviewer)
    Topic.objects.create(month=month.replace(year=month.year - 1), title="Năm ngoái", created_by=reviewer)
    assert "Phòng cháy rừng" in words(focal.get(url)) and "Năm ngoái" not in words(focal.get(url))
    page = hand_in(focal, world.obligation, topic=topic.pk)
    assert ContentItem.objects.get().topic == topic
    assert "Phòng cháy rừng" in words(page)


def test_who_answered_last_answers_again(focal, world):
    url = reverse("item_new", args=[world.obligation.pk])
    assert 'value="Vi Thị Đầu"' in focal.get(url).content.decode()
    hand_in(focal, world.obligation, responsible="Lê Thị Trưởng", act="draft")
    assert 'value="Lê Thị Trưởng"' in focal.get(url).content.decode()


@pytest.mark.parametrize(
    ("link", "names", "kind"),
    [
        ("https://www.youtube.com/watch?v=abc", [], "video"),
        ("https://www.facebook.com/soyte/videos/12", [], "video"),
        ("https://www.facebook.com/soyte/posts/12", [], "article"),
        ("", ["a.JPG", "b.png"], "pictures"),
        ("", ["a.jpg", "bai.docx"], "article"),
        ("", ["a.mp4", "a.jpg"], "video"),
        ("", ["loa.mp3"], "audio"),
        ("https://facebook.com.evil.example/x", [], "article"),
    ],
)
def test_kind_is_told_by_link_and_files(link, names, kind):
    assert guess_kind(link, names) == kind


def test_kind_is_guessed_unless_somebody_chose_it(focal, world):
    hand_in(focal, world.obligation, kind="", link="", files=[SimpleUploadedFile("a.png", png())])
    assert ContentItem.objects.get().kind == "pictures"
    hand_in(focal, world.obligation, kind="poster", link="", files=[SimpleUploadedFile("a.png", png("blue"))])
    assert ContentItem.objects.first().kind == "poster"


def test_product_may_count_for_another_open_month_until_it_is_handed_in(focal, world, health_focal):
    first = world.obligation
    later = Period.objects.get(pk=first.period_id)
    later.pk, later.month = None, first.period.month.replace(year=2030)
    later.first_on -= timedelta(days=31)
    later.save()
    later_duty = Obligation.objects.get(pk=first.pk)
    later_duty.pk, later_duty.period = None, later
    later_duty.save()
    assert f"tháng {later.month:%-m}/2030" in words(focal.get(reverse("item_new", args=[first.pk])))
    form = product(act="draft")
    focal.post(reverse("item_new", args=[first.pk]), form)
    focal.post(reverse("item_new", args=[first.pk]), form | {"month": later_duty.pk, "act": "submit"})
    item = ContentItem.objects.get()
    assert (item.obligation, item.status) == (later_duty, ContentStatus.SUBMITTED)
    later_duty.refresh_from_db()
    assert later_duty.open_submission_at
    with pytest.raises(Exception, match="không đổi tháng"):
        item.move(actor=health_focal, obligation=Obligation.objects.get(pk=first.pk))


def test_next_page_says_when_the_province_usually_answers(focal, world):
    now = timezone.now()
    for hours in (2, 5, 30):
        item = builders.submit_item(world.obligation, actor=world.focal, now=now - timedelta(hours=hours))
        item.approve(actor=world.reviewer, version=1, now=now)
    assert writing.usual_wait(now) == timedelta(hours=5)
    assert "thường trả lời trong khoảng 5 giờ" in words(hand_in(focal, world.obligation))
    assert writing.usual_wait(now + timedelta(days=31)) is None


def test_form_costs_the_same_with_one_and_with_four_files_and_topics(focal, world):
    costs = []
    for number in range(4):
        Topic.objects.create(month=world.obligation.period.month, title=f"Chủ đề {number}", created_by=world.reviewer)
        attach(world.draft, [SimpleUploadedFile("a.png", png(size=(24, 17 + number)))], world.focal)
        with CaptureQueriesContext(connection) as queries:
            focal.get(reverse("item_edit", args=[world.draft.pk]))
        costs.append(len(queries))
    assert costs == [9] * 4


# --- words that need not be typed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "title", "rest"),
    [
        ("Tiêu đề\n\nDòng một\nDòng hai", "Tiêu đề", "Dòng một\nDòng hai"),
        ("Chỉ một dòng", "Chỉ một dòng", "Chỉ một dòng"),
        (f"{'từ ' * 90}\nsau", f"{('từ ' * 66).strip()}…", f"{('từ ' * 90).strip()} \nsau"),
    ],
)
def test_first_line_of_a_pasted_article_is_its_title(body, title, rest):
    assert split_article(body) == (title, rest)


def test_article_pasted_whole_is_handed_in_with_its_first_line_as_title(focal, world):
    hand_in(focal, world.obligation, title="", body=f"{TITLE}\r\n{TEXT}")
    item = ContentItem.objects.get()
    assert (item.title, item.body, item.status) == (TITLE, TEXT, ContentStatus.SUBMITTED)


def test_letterhead_of_a_word_file_is_not_its_title():
    head = ("UỶ BAN NHÂN DÂN XÃ SUỐI MƠ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "-----")
    assert words_of_docx(BytesIO(letter(*head, "", TITLE, TEXT, "Hết"))) == (TITLE, f"{TEXT}\n\nHết")
    assert words_of_docx(BytesIO(letter())) == ("", "")


def test_word_file_fills_what_is_empty_and_comes_back_to_be_read(focal, world):
    page = hand_in(focal, world.obligation, title="", link="", files=[word_file()])
    item = ContentItem.objects.get()
    assert (item.title, item.body, item.status) == (TITLE, TEXT, ContentStatus.DRAFT)
    assert "Đã lấy tiêu đề và nội dung từ tệp Word" in words(page)
    assert f'value="{TITLE}"' in page.content.decode() and TEXT in words(page)
    assert not page.context["form"].errors


def test_word_file_never_replaces_what_was_typed(focal, world):
    hand_in(focal, world.obligation, title="Tự đặt", body="Tự viết", files=[word_file()])
    item = ContentItem.objects.get()
    assert (item.title, item.body, item.status) == ("Tự đặt", "Tự viết", ContentStatus.SUBMITTED)


# --- saved while it is typed ---------------------------------------------------------------------------------------


def type_on(browser, obligation, **fields):
    """What the script sends while somebody types."""
    form = product(**fields)
    del form["act"]
    return browser.post(reverse("draft_save", args=[obligation.pk]), form)


def test_draft_is_saved_while_typed_once_per_form_without_filling_the_history(focal, world):
    key, page = uuid.uuid4(), uuid.uuid4()
    for title in ("H", "Hướng", "Hướng dẫn"):
        answer = type_on(focal, world.obligation, key=key, page=page, title=title)
    item = ContentItem.objects.get()
    assert (item.title, item.status, item.history.count()) == ("Hướng dẫn", ContentStatus.DRAFT, 1)
    assert answer.json()["edit"] == reverse("item_edit", args=[item.pk])
    focal.post(reverse("item_new", args=[world.obligation.pk]), product(key=key, page=page, title="Hướng dẫn"))
    item.refresh_from_db()
    assert item.status == ContentStatus.SUBMITTED


def test_older_page_does_not_overwrite_a_newer_one_silently(focal, world):
    key, old, new = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    type_on(focal, world.obligation, key=key, page=old, title="Bản cũ")
    type_on(focal, world.obligation, key=key, page=new, base=old, title="Bản mới")
    answer = type_on(focal, world.obligation, key=key, page=old, title="Bản cũ gõ tiếp")
    item = ContentItem.objects.get()
    assert (answer.status_code, item.title) == (409, "Bản mới")
    assert "vừa được sửa ở một cửa sổ hoặc máy khác" in answer.json()["message"]
    form = product(key=key, page=old, title="Bản cũ gõ tiếp")
    page = focal.post(reverse("item_edit", args=[item.pk]), form)
    assert "vừa được sửa ở một cửa sổ" in words(page) and "Bản cũ gõ tiếp" in page.content.decode()
    focal.post(reverse("item_edit", args=[item.pk]), form | {"base": page.context["form"]["base"].value()})
    item.refresh_from_db()
    assert (item.title, item.status) == ("Bản cũ gõ tiếp", ContentStatus.SUBMITTED)


def test_field_with_a_fault_is_named_and_the_rest_is_saved(focal, world):
    answer = type_on(focal, world.obligation, link="https://", title="Đang gõ")
    assert answer.json()["missing"] == ["link"]
    assert ContentItem.objects.get().title == "Đang gõ"


def test_pasted_article_comes_back_divided(focal, world):
    answer = type_on(focal, world.obligation, title="", body=f"{TITLE}\n{TEXT}", pasted="1")
    assert answer.json()["filled"] == {"title": TITLE, "body": TEXT}
    answer = type_on(focal, world.obligation, title="", body=f"{TITLE}\n{TEXT}")
    assert answer.json()["filled"] == {}


def test_draft_of_a_locked_month_is_refused_with_a_sentence(focal, world):
    day = timezone.localdate() - timedelta(days=3)
    Obligation.objects.filter(pk=world.obligation.pk).update(due_on=day, locks_on=day)
    answer = type_on(focal, world.obligation)
    assert answer.status_code == 409 and "Kỳ này đã khoá từ" in answer.json()["message"]


def test_what_lies_at_the_province_is_not_saved_over(focal, world):
    answer = type_on(focal, world.obligation, key=world.item.idempotency_key, title="Muộn")
    assert answer.status_code == 409
    world.item.refresh_from_db()
    assert world.item.title != "Muộn"


def test_saving_costs_the_same_with_one_and_with_four_products(focal, world):
    costs, key = [], uuid.uuid4()
    type_on(focal, world.obligation, key=key)
    for number in range(4):
        builders.submit_item(world.obligation, actor=world.focal, now=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            type_on(focal, world.obligation, key=key, title=f"Lần {number}")
        costs.append(len(queries))
    assert costs == [14] * 4


# --- files in pieces -----------------------------------------------------------------------------------------------


def begin(browser, item, content, name="phim.mp4", mark="1"):
    answer = browser.post(reverse("upload_start", args=[item.pk]), {"name": name, "size": len(content), "mark": mark})
    return answer.json()


def send(browser, upload, place, piece):
    return browser.post(f"{upload['piece']}?tu={place}", piece, content_type="application/octet-stream")


def halves(content):
    return content[: len(content) // 2], content[len(content) // 2 :]


def test_file_goes_on_after_a_cut_and_is_attached_once(focal, world):
    content = video()
    first, second = halves(content)
    upload = begin(focal, world.draft, content)
    assert send(focal, upload, 0, first).json() == {"received": len(first)}
    again = begin(focal, world.draft, content)
    assert (again["received"], again["piece"]) == (len(first), upload["piece"])
    assert send(focal, upload, 0, first).json() == {"received": len(first)}
    assert focal.post(upload["finish"]).status_code == 409
    send(focal, upload, len(first), second)
    told = [focal.post(upload["finish"]).json() for _ in range(2)]
    file = ContentFile.objects.get()
    assert told[0] == told[1] == {"pk": file.pk, "name": "phim.mp4", "size": file.size, "filled": {}}
    assert file.item == world.draft
    assert not Upload.objects.get().path.exists()


def test_gap_or_excess_is_refused_with_the_place_to_go_on_from(focal, world):
    upload = begin(focal, world.draft, bytes(100))
    assert (send(focal, upload, 50, bytes(10)).status_code, send(focal, upload, 0, bytes(101)).status_code) == (
        409,
        409,
    )
    assert send(focal, upload, 0, bytes(uploading.LARGEST_PIECE + 1)).status_code == 422
    assert send(focal, upload, "a", b"1").status_code == 422
    assert send(focal, upload, 0, bytes(60)).json() == {"received": 60}


def test_pieces_that_vanished_are_asked_for_again(focal, world):
    upload = begin(focal, world.draft, bytes(100))
    send(focal, upload, 0, bytes(60))
    os.unlink(Upload.objects.get().path)
    assert send(focal, upload, 60, bytes(40)).json() == {"received": 0}


def test_whole_file_is_checked_like_any_other_and_leaves_nothing_when_refused(focal, world):
    bad = b"MZ" + bytes(50)
    upload = begin(focal, world.draft, bad, "anh.png")
    send(focal, upload, 0, bad)
    path = Upload.objects.get().path
    answer = focal.post(upload["finish"])
    assert answer.status_code == 422 and "anh.png" in answer.json()["message"]
    assert (Upload.objects.count(), ContentFile.objects.count(), path.exists()) == (0, 0, False)


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("a.exe", 9, "Chỉ nhận ảnh"),
        ("a.png", 21 * 1024**2, "tối đa 20 MB"),
        ("a.png", 0, "Tệp trống"),
        ("a.png", "x", "cỡ"),
    ],
)
def test_limits_are_said_before_anything_is_sent(focal, world, name, size, said):
    answer = focal.post(reverse("upload_start", args=[world.draft.pk]), {"name": name, "size": size, "mark": "1"})
    assert answer.status_code == 422 and said in answer.json()["message"]


def test_half_uploads_count_for_the_room_of_the_agency(focal, world, settings):
    settings.AGENCY_STORAGE_MB = 1
    begin(focal, world.draft, bytes(700_000), mark="1")
    answer = focal.post(reverse("upload_start", args=[world.draft.pk]), {"name": "b.mp4", "size": 700_000, "mark": "2"})
    assert answer.status_code == 422 and "đã dùng hết" in answer.json()["message"]


def test_word_file_in_pieces_fills_title_and_text(focal, world):
    content, item = letter(TITLE, TEXT), world.draft
    ContentItem.objects.filter(pk=item.pk).update(title="", body="Đã gõ")
    upload = begin(focal, item, content, "bai.docx")
    send(focal, upload, 0, content)
    assert focal.post(upload["finish"]).json()["filled"] == {"title": TITLE}
    item.refresh_from_db()
    assert (item.title, item.body) == (TITLE, "Đã gõ")


def test_file_that_was_taken_off_can_be_sent_again(focal, world):
    content = video()
    upload = begin(focal, world.draft, content)
    send(focal, upload, 0, content)
    focal.post(upload["finish"])
    assert begin(focal, world.draft, content)["received"] == len(content)
    ContentFile.objects.update(removed_at=timezone.now())
    assert begin(focal, world.draft, content)["received"] == 0


def test_uploads_of_others_are_not_there(focal, other, world, reviewer, client_for):
    colleague = client_for(builders.make_focal(world.agency, "Vi Văn Bạn", "ban@yte.example", actor=reviewer))
    upload = begin(focal, world.draft, bytes(9))
    for browser in (other, colleague):
        answers = [send(browser, upload, 0, bytes(9)), browser.post(upload["finish"]), browser.post(upload["cancel"])]
        assert [answer.status_code for answer in answers] == [404] * 3
    assert Upload.objects.get().received == 0
    assert focal.post(upload["cancel"]).status_code == 200
    assert not Upload.objects.exists()


def test_nothing_is_added_to_what_lies_at_the_province(focal, world):
    answer = focal.post(reverse("upload_start", args=[world.item.pk]), {"name": "a.png", "size": 9, "mark": "1"})
    assert answer.status_code == 422 and "không thêm tệp được" in answer.json()["message"]


def test_half_uploads_are_removed_after_a_day_and_strays_with_them(focal, world):
    upload = begin(focal, world.draft, bytes(100))
    send(focal, upload, 0, bytes(60))
    today, path = timezone.localdate(), Upload.objects.get().path
    stray = path.with_name("f" * 32)
    stray.write_bytes(b"x")
    assert uploading.sweep(today) == 0 and path.exists() and stray.exists()
    assert uploading.sweep(today + timedelta(days=2)) == 1
    assert (path.exists(), stray.exists(), Upload.objects.count()) == (False, False, 0)
    assert "uploads" in DAILY


def test_upload_begins_once_and_holds_no_more_than_its_size(world):
    begun = {"item": world.draft, "person": world.focal, "mark": "1", "name": "a.png"}
    Upload.objects.create(**begun, size=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.create(**begun, size=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.create(**begun | {"mark": "2"}, size=9, received=10)


# --- nothing typed is lost -----------------------------------------------------------------------------------------


def test_link_shared_with_words_around_it_is_found(focal, world):
    post = "https://www.facebook.com/a/posts/1"
    hand_in(focal, world.obligation, link=f"Mời bà con xem bài của Sở 👉 {post}")
    assert ContentItem.objects.get().link == post
    page = hand_in(focal, world.obligation, link=f"{post} và {post}2")
    assert "nhiều đường link" in words(page)


def test_words_typed_without_scripts_outlive_the_session(client_class, health_focal, world):
    browser, form = client_class(), reverse("item_new", args=[world.obligation.pk])
    typed = product(title=TITLE, body=TEXT)
    answer = browser.post(form, typed, follow=True)
    assert "Chữ bạn vừa gõ còn được giữ" in words(answer)
    assert not ContentItem.objects.exists()
    Client.force_login(browser, health_focal)  # goes on with the session that keeps the words, as signing in does
    elsewhere = browser.get(reverse("obligation", args=[world.obligation.pk]))
    assert TITLE not in words(elsewhere)
    page = browser.get(form)
    assert page.context["form"].initial["title"] == TITLE
    assert page.context["form"].initial["body"] == TEXT
    assert "is_declared" not in page.context["form"].initial
    assert "title" not in browser.get(form).context["form"].initial


def test_too_many_words_or_too_often_are_not_kept(client_class, world, settings):
    browser, form = client_class(), reverse("item_new", args=[world.obligation.pk])
    answer = browser.post(form, product(body="a" * 30_000), follow=True)
    assert "nên chưa nhận được" in words(answer)
    answers = [words(client_class().post(form, product(title=TITLE), follow=True)) for _ in range(22)]
    assert ["còn được giữ" in answer for answer in answers] == [True] * 20 + [False] * 2


def test_after_a_refusal_another_product_may_be_sent(focal, world, reviewer):
    hand_in(focal, world.obligation)
    item = ContentItem.objects.get()
    item.reject(actor=reviewer, version=1, code="topic", note="Không đúng chủ đề.", now=timezone.now())
    way = reverse("item_new", args=[world.obligation.pk])
    assert way in focal.get(reverse("item", args=[item.pk])).content.decode()
    Obligation.objects.update(locks_on=timezone.localdate() - timedelta(days=1))
    assert way not in focal.get(reverse("item", args=[item.pk])).content.decode()


def test_locked_month_leads_straight_to_asking_for_time(focal, world, health_focal):
    world.item.withdraw(actor=health_focal)
    day = timezone.localdate() - timedelta(days=2)
    Obligation.objects.update(due_on=day, locks_on=day)
    page = focal.get(reverse("obligation", args=[world.obligation.pk])).content.decode()
    assert page.count(reverse("extension_ask", args=[world.obligation.pk])) == 1
    assert "Xin gia hạn để nộp" in page
