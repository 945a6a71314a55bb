"""The focal points' workspace through the browser: what stands on the pages, and what each act leaves behind."""

import re
import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ContentItem, ContentStatus, Obligation, Outcome
from campaigns.nominating import confirm_contact, return_contact
from registry.models import Channel, ChannelStatus, ContactPoint, ContactRole, ContactStatus, Notice
from tests import builders
from tests.pictures import png


@pytest.fixture
def focal(client_for, health_focal):
    return client_for(health_focal)


@pytest.fixture
def other(client_for, other_focal):
    return client_for(other_focal)


@pytest.fixture
def nomination(world):
    """The duty to nominate, open whatever day of the month it is."""
    soon = timezone.localdate() + timedelta(days=5)
    Obligation.objects.filter(pk=world.nomination.pk).update(due_on=soon, locks_on=soon)
    world.nomination.refresh_from_db()
    return world.nomination


def words(response):
    """The page's text with spaces folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def product(**fields):
    """What the product form sends."""
    return {
        "key": uuid.uuid4(),
        "title": "Tuyên truyền tiêm chủng",
        "kind": "article",
        "link": "https://www.facebook.com/soyte/posts/123",
        "body": "",
        "responsible": "Vi Thị Đầu",
        "is_declared": "on",
        "act": "submit",
    } | fields


def hand_in(browser, obligation, **fields):
    return browser.post(reverse("item_new", args=[obligation.pk]), product(**fields), follow=True)


def lock(obligation):
    """Move the period into the past, past its lock."""
    days = {"due_on": timezone.localdate() - timedelta(days=9), "locks_on": timezone.localdate() - timedelta(days=4)}
    Obligation.objects.filter(pk=obligation.pk).update(**days)


# --- the list ------------------------------------------------------------------------------------------------------


def test_list_shows_open_duties_with_both_words_and_the_next_act(focal, world):
    assert world.campaign
    page = focal.get(reverse("my_work"))
    assert "Tối thiểu 01 sản phẩm truyền thông/tháng" in words(page)
    assert reverse("item_new", args=[world.obligation.pk]) in page.content.decode()
    assert reverse("nominate", args=[world.nomination.pk]) in page.content.decode()


def test_returned_product_comes_first_with_the_words_of_the_reviewer(focal, world):
    item = world.item
    item.return_for_changes(actor=world.reviewer, version=1, code="source", note="Hãy ghi rõ nguồn ảnh.")
    page = focal.get(reverse("my_work"))
    first = page.context["work"].to_do[0]
    assert first.returned == item
    assert "Hãy ghi rõ nguồn ảnh." in words(page)
    assert first.next_act.url == reverse("item_edit", args=[item.pk])


def test_waiting_and_done_duties_stand_apart(focal, world):
    item = world.item
    work = focal.get(reverse("my_work")).context["work"]
    assert [card.obligation for card in work.waiting] == [world.obligation]
    item.approve(actor=world.reviewer, version=1)
    work = focal.get(reverse("my_work")).context["work"]
    assert [card.obligation for card in work.done] == [world.obligation]
    assert [card.obligation for card in work.to_do] == [world.nomination]


def test_list_names_the_agency_when_there_are_several(focal, world, health_focal, other_agency):
    assert world.campaign
    assert "Ủy ban nhân dân xã Suối Mơ" not in words(focal.get(reverse("my_work")))
    builders.make_contact(other_agency, "Vi Thị Đầu", health_focal.email, actor=world.reviewer)
    assert "Ủy ban nhân dân xã Suối Mơ" in words(focal.get(reverse("my_work")))


def test_person_without_agency_reads_what_happens_next(focal, health_focal, reviewer):
    contact = health_focal.contact_points.get()
    contact.leave(actor=reviewer, on=timezone.localdate(), reason="Chuyển công tác")
    assert "Bạn chưa là đầu mối của đơn vị nào" in words(focal.get(reverse("my_work")))


def test_list_costs_the_same_at_one_and_at_four_rows(focal, world, health_focal):
    world.campaign.close(actor=world.reviewer, reason="Thử")
    costs = []
    for _ in range(4):
        campaign = builders.issue_monthly_campaign(actor=world.reviewer, today=timezone.localdate())
        duty = Obligation.objects.quota().filter(agency=world.agency, requirement__campaign=campaign).last()
        item = builders.submit_item(duty, actor=health_focal, now=timezone.now())
        item.return_for_changes(actor=world.reviewer, version=1, code="link", note="Mở không được.")
        builders.make_channel(world.agency, actor=health_focal, confirmed=False)
        builders.make_contact(world.agency, actor=world.reviewer)
        with CaptureQueriesContext(connection) as queries:
            focal.get(reverse("my_work"))
        costs.append(len(queries))
    assert costs == [12] * 4


def test_duty_page_costs_the_same_with_one_and_with_four_products(focal, world, health_focal):
    costs = []
    for _ in range(4):
        builders.submit_item(world.obligation, actor=health_focal, now=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            focal.get(reverse("obligation", args=[world.obligation.pk]))
        costs.append(len(queries))
    assert costs == [9] * 4


# --- products ------------------------------------------------------------------------------------------------------


def test_product_is_handed_in_and_says_what_happens_next(focal, world, health_focal):
    page = hand_in(focal, world.obligation)
    item = ContentItem.objects.get()
    assert page.redirect_chain[-1][0] == reverse("item", args=[item.pk])
    assert (item.status, item.version, item.submitted_by) == (ContentStatus.SUBMITTED, 1, health_focal)
    assert "sẽ duyệt; kết quả hiện ở đây và gửi về thư dau.vi@yte.example" in words(page)
    world.obligation.refresh_from_db()
    assert world.obligation.outcome() == Outcome.PENDING


def test_double_click_makes_one_product_submitted_once(focal, world):
    form = product()
    url = reverse("item_new", args=[world.obligation.pk])
    first, second = focal.post(url, form), focal.post(url, form)
    item = ContentItem.objects.get()
    assert first["Location"] == second["Location"] == reverse("item", args=[item.pk])
    assert item.version == 1


def test_form_without_its_key_still_makes_a_product(focal, world):
    hand_in(focal, world.obligation, key="")
    assert ContentItem.objects.get().status == ContentStatus.SUBMITTED
    page = hand_in(focal, world.obligation, key="không phải khoá", title="Giữ lại")
    assert page.status_code == 200
    assert 'value="Giữ lại"' in page.content.decode()


def test_full_disk_keeps_the_draft_and_says_so(focal, world, settings, tmp_path):
    (tmp_path / "media").write_text("đây là tệp, không phải thư mục")
    page = hand_in(focal, world.obligation, files=[SimpleUploadedFile("a.png", png())])
    item = ContentItem.objects.get()
    assert "máy chủ chưa lưu được tệp" in words(page)
    assert (item.status, item.files.count()) == (ContentStatus.DRAFT, 0)


def test_draft_is_kept_and_not_shown_to_the_province(focal, client_for, world):
    hand_in(focal, world.obligation, act="draft", title="Bản nháp thử")
    item = ContentItem.objects.get()
    assert item.status == ContentStatus.DRAFT
    assert not ContentItem.objects.visible_to(world.reviewer).exists()
    assert "Hoàn thiện bản nháp" in words(focal.get(reverse("my_work")))


def test_empty_product_is_refused_beside_its_title_and_keeps_the_rest(focal, world):
    page = hand_in(focal, world.obligation, title="", responsible="Người Khác")
    assert page.status_code == 200
    assert "Hãy ghi tiêu đề." in words(page)
    assert 'value="Người Khác"' in page.content.decode()
    assert not ContentItem.objects.exists()


@pytest.mark.parametrize(
    "link",
    [
        "https://facebook.com\\@evil.vn/x",
        "https://user:pw@example.vn/",
        "javascript:alert(1)",
        "https://a.vn/\x01b",
        "không phải link",
    ],
)
def test_hostile_or_broken_link_is_refused_and_what_was_typed_stays(focal, world, link):
    page = hand_in(focal, world.obligation, link=link, body="Nội dung dài đã gõ")
    assert page.context["form"].errors.keys() == {"link"}
    assert "Nội dung dài đã gõ" in words(page)
    assert not ContentItem.objects.exists()


@pytest.mark.parametrize(
    "link", ["https://www.facebook.com/a/posts/1", "baolaichau.vn/tin-tuc/bai-1.html", "https://zalo.me/s/1/"]
)
def test_post_links_are_taken(focal, world, link):
    hand_in(focal, world.obligation, link=link)
    assert ContentItem.objects.get().link.endswith(link)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://www.facebook.com/soytethunghiem", "Đường link là của cả trang"),
        ("https://bit.ly/3abc", "rút gọn"),
        ("https://www.facebook.com/a/posts/1", ""),
    ],
)
def test_link_that_is_hard_to_check_is_taken_with_a_hint(focal, world, link, said):
    page = hand_in(focal, world.obligation, link=link)
    warnings = [str(message) for message in page.context["messages"] if message.level_tag == "warning"]
    assert [said in warning for warning in warnings] == ([True] if said else [])


def test_files_are_checked_kept_under_private_names_and_downloaded_as_attachment(focal, world):
    name = "ảnh chụp.png"
    hand_in(focal, world.obligation, files=[SimpleUploadedFile(name, png()), SimpleUploadedFile("b.png", png("blue"))])
    first = ContentItem.objects.get().files.first()
    assert ContentItem.objects.get().files.count() == 2
    assert re.fullmatch(r"san-pham/[0-9a-f]{32}", first.file.name)
    answer = focal.get(reverse("file_download", args=[first.pk]))
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")


def test_a_refused_file_keeps_the_good_one_and_everything_typed(focal, world):
    bad = SimpleUploadedFile("virus.exe", b"MZ")
    page = hand_in(focal, world.obligation, files=[SimpleUploadedFile("a.png", png()), bad], body="Đã gõ")
    item = ContentItem.objects.get()
    assert item.status == ContentStatus.DRAFT
    assert [file.name for file in item.files.all()] == ["a.png"]
    assert "virus.exe" in words(page) and "Đã gõ" in words(page) and "a.png" in words(page)
    assert reverse("item_edit", args=[item.pk]) in page.content.decode()


def test_a_wrong_link_keeps_the_file_on_a_draft(focal, world):
    page = hand_in(focal, world.obligation, link="javascript:1", files=[SimpleUploadedFile("a.png", png())])
    assert ContentItem.objects.get().files.count() == 1
    assert page.context["form"].errors.keys() == {"link"}


def test_a_file_is_taken_off_a_draft_and_what_was_typed_is_saved(focal, world):
    hand_in(focal, world.obligation, act="draft", files=[SimpleUploadedFile("a.png", png())])
    item = ContentItem.objects.get()
    form = product(title="Tên mới", remove=item.files.get().pk)
    del form["act"]
    focal.post(reverse("item_edit", args=[item.pk]), form)
    item.refresh_from_db()
    assert (item.title, item.current_files.count(), item.status) == ("Tên mới", 0, ContentStatus.DRAFT)


def test_web_server_in_front_sends_the_file_when_there_is_one(focal, world, settings):
    hand_in(focal, world.obligation, files=[SimpleUploadedFile("a.png", png())])
    settings.X_ACCEL_PREFIX = "/rieng/"
    row = ContentItem.objects.get().files.get()
    answer = focal.get(reverse("file_download", args=[row.pk]))
    assert answer["X-Accel-Redirect"] == f"/rieng/{row.file.name}"
    assert answer.content == b""


def test_returned_product_is_mended_below_the_words_of_the_reviewer_and_handed_in_again(focal, world):
    world.item.return_for_changes(actor=world.reviewer, version=1, code="source", note="Hãy ghi rõ nguồn ảnh.")
    url = reverse("item_edit", args=[world.item.pk])
    page = focal.get(url)
    assert "Hãy ghi rõ nguồn ảnh." in words(page)
    form = product(title="Bản đã sửa", seen=1)
    assert focal.post(url, form)["Location"] == reverse("item", args=[world.item.pk])
    assert focal.post(url, form)["Location"] == reverse("item", args=[world.item.pk])
    world.item.refresh_from_db()
    assert (world.item.status, world.item.version, world.item.title) == (ContentStatus.SUBMITTED, 2, "Bản đã sửa")


def test_editing_what_lies_at_the_province_is_refused_and_keeps_what_was_typed(focal, world):
    url = reverse("item_edit", args=[world.item.pk])
    assert focal.get(url)["Location"] == reverse("item", args=[world.item.pk])
    page = focal.post(url, product(title="Muộn rồi", seen=7))
    assert "Muộn rồi" in page.content.decode()
    assert "không sửa được nữa" in words(page)
    world.item.refresh_from_db()
    assert world.item.title != "Muộn rồi"


def test_colleague_who_was_slower_is_told_and_keeps_what_was_typed(focal, world):
    url = reverse("item_edit", args=[world.item.pk])
    page = focal.post(url, product(title="Bài của đồng nghiệp", seen=0))
    assert "không sửa được nữa" in words(page)
    assert "Bài của đồng nghiệp" in page.content.decode()


def test_locked_period_refuses_with_a_sentence_and_loses_nothing(focal, world):
    item = world.draft
    lock(world.obligation)
    page = focal.post(reverse("item_new", args=[world.obligation.pk]), product(body="Đã gõ rất lâu"))
    assert "Kỳ này đã khoá từ" in words(page) and "Đã gõ rất lâu" in words(page)
    page = focal.post(
        reverse("item_edit", args=[item.pk]), product(title="Giữ lại", files=SimpleUploadedFile("a.png", png()))
    )
    assert "Kỳ này đã khoá từ" in words(page)
    item.refresh_from_db()
    assert (item.status, item.title, item.files.count()) == (ContentStatus.DRAFT, "Giữ lại", 1)


def test_product_is_taken_back_after_a_page_that_says_what_follows(focal, world):
    url = reverse("item_withdraw", args=[world.item.pk])
    assert "không hoàn tác được" in words(focal.get(url))
    world.item.refresh_from_db()
    assert world.item.status == ContentStatus.SUBMITTED
    focal.post(url)
    world.item.refresh_from_db()
    world.obligation.refresh_from_db()
    assert world.item.status == ContentStatus.WITHDRAWN
    assert world.obligation.is_open_work


def test_nothing_to_report_is_said_and_taken_back_until_the_lock(focal, world):
    url = reverse("report_nothing", args=[world.obligation.pk])
    assert "Lý do không phát sinh" in words(focal.post(url, {"reason": " "}))
    focal.post(url, {"reason": "Không có hoạt động trong kỳ"})
    world.obligation.refresh_from_db()
    assert world.obligation.outcome() == Outcome.NOTHING
    focal.post(url, {"take_back": "1"})
    world.obligation.refresh_from_db()
    assert world.obligation.is_open_work
    focal.post(url, {"reason": "Lại không có"})
    lock(world.obligation)
    page = focal.post(url, {"take_back": "1"}, follow=True)
    assert "Kỳ này đã khoá từ" in words(page)
    world.obligation.refresh_from_db()
    assert world.obligation.nothing_reason == "Lại không có"


# --- people --------------------------------------------------------------------------------------------------------

PERSON = {"full_name": "Triệu Thị Mới", "position": "Phó phòng", "phone": "0912 000 111", "email": "Moi@yte.example"}


def test_nomination_waits_is_confirmed_and_meets_the_duty(focal, world, nomination):
    url = reverse("nominate", args=[nomination.pk])
    assert focal.post(url, PERSON)["Location"] == reverse("obligation", args=[nomination.pk])
    focal.post(url, PERSON)
    contact = ContactPoint.objects.get(full_name="Triệu Thị Mới")
    assert (contact.status, contact.phone, contact.email) == (ContactStatus.PROPOSED, "0912000111", "moi@yte.example")
    nomination.refresh_from_db()
    assert nomination.outcome() == Outcome.PENDING
    confirm_contact(contact, world.reviewer, timezone.now())
    nomination.refresh_from_db()
    assert nomination.outcome() == Outcome.ON_TIME


def test_nomination_without_any_way_to_reach_the_person_is_refused_beside_the_phone(focal, world, nomination):
    page = focal.post(reverse("nominate", args=[nomination.pk]), {"full_name": "Triệu Thị Mới"})
    assert page.context["form"].errors.keys() == {"phone"}
    page = focal.post(reverse("nominate", args=[nomination.pk]), PERSON | {"phone": "123"})
    assert page.context["form"].errors.keys() == {"phone"}
    assert 'value="Triệu Thị Mới"' in page.content.decode()


def test_confirmed_person_is_kept_by_one_tap(focal, world, nomination):
    person = builders.make_contact(world.agency, actor=world.reviewer, role=ContactRole.POLICY)
    url = reverse("nominate", args=[nomination.pk])
    assert f"Vẫn là {person.full_name}" in words(focal.get(url))
    focal.post(url, {"keep": person.pk})
    nomination.refresh_from_db()
    assert nomination.outcome() == Outcome.ON_TIME


def test_only_a_confirmed_person_of_the_agency_in_that_role_can_be_kept(focal, world, nomination, other_agency):
    stranger = builders.make_contact(other_agency, actor=world.reviewer, role=ContactRole.POLICY)
    assert focal.post(reverse("nominate", args=[nomination.pk]), {"keep": stranger.pk}).status_code == 403


def test_returned_nomination_is_corrected_from_the_duty(focal, world, nomination):
    focal.post(reverse("nominate", args=[nomination.pk]), PERSON)
    contact = ContactPoint.objects.get(full_name="Triệu Thị Mới")
    return_contact(contact, world.reviewer, "Thiếu chức vụ đầy đủ.", timezone.now())
    work = focal.get(reverse("my_work"))
    assert "Thiếu chức vụ đầy đủ." in words(work)
    assert work.context["work"].to_do[0].obligation == nomination
    url = reverse("nominate", args=[nomination.pk])
    assert "Triệu Thị Mới" in focal.get(url).content.decode()
    focal.post(url, PERSON | {"position": "Phó Trưởng phòng"})
    contact.refresh_from_db()
    nomination.refresh_from_db()
    assert (contact.status, contact.position) == (ContactStatus.PROPOSED, "Phó Trưởng phòng")
    assert nomination.outcome() == Outcome.PENDING


def test_returned_nomination_is_corrected_from_the_list(focal, world):
    return_contact(world.proposed_contact, world.reviewer, "Sai số.", timezone.now())
    focal.post(reverse("contact_correct", args=[world.proposed_contact.pk]), PERSON)
    world.proposed_contact.refresh_from_db()
    assert world.proposed_contact.status == ContactStatus.PROPOSED


def test_nomination_after_the_lock_is_refused_and_kept_on_the_page(focal, world, nomination):
    lock(nomination)
    page = focal.post(reverse("nominate", args=[nomination.pk]), PERSON)
    assert "Kỳ này đã khoá từ" in words(page)
    assert 'value="Triệu Thị Mới"' in page.content.decode()
    assert not ContactPoint.objects.filter(full_name="Triệu Thị Mới").exists()


def test_somebody_is_put_forward_in_place_of_a_person_who_leaves(focal, world):
    focal.post(reverse("contact_hand_over", args=[world.contact.pk]), PERSON | {"has_left": "on"})
    world.contact.refresh_from_db()
    assert world.contact.status == ContactStatus.LEFT
    assert ContactPoint.objects.get(full_name="Triệu Thị Mới").role == world.contact.role


def test_person_at_work_cannot_shut_themselves_out(focal, world, health_focal):
    own = health_focal.contact_points.get()
    focal.post(reverse("contact_hand_over", args=[own.pk]), PERSON | {"has_left": "on"})
    own.refresh_from_db()
    assert own.status == ContactStatus.CONFIRMED


# --- channels ------------------------------------------------------------------------------------------------------


def test_channel_kind_is_recognised_from_its_address(focal, world):
    form = {"url": "https://m.facebook.com/soytethunghiem?ref=share", "name": "Sở Y tế"}
    page = focal.post(reverse("channel_propose"), form, follow=True)
    channel = Channel.objects.get(name="Sở Y tế")
    assert (channel.kind, channel.status, channel.agency) == ("facebook_page", ChannelStatus.PROPOSED, world.agency)
    assert "Đã khai báo Trang Facebook" in words(page)
    page = focal.post(reverse("channel_propose"), form)
    assert "đang chờ tỉnh xác nhận" in words(page)
    assert Channel.objects.count() == 1


def test_share_link_is_refused_with_the_way_to_the_full_one(focal, world):
    page = focal.post(
        reverse("channel_propose"), {"url": "https://www.facebook.com/share/abcDEF123/", "name": "Sở Y tế"}
    )
    assert page.context["form"].errors.keys() == {"url"}
    assert "sao chép" in str(page.context["form"].errors["url"])
    assert not Channel.objects.exists()


def test_loudspeaker_station_needs_no_address(focal, world):
    focal.post(reverse("channel_propose"), {"kind": "loudspeaker", "name": "Đài truyền thanh phường"})
    assert Channel.objects.get().kind == "loudspeaker"


def test_returned_channel_is_corrected(focal, world):
    channel = world.proposed_channel
    channel.return_for_changes(actor=world.reviewer, reason="Sai tên kênh.")
    assert "Sai tên kênh." in words(focal.get(reverse("my_work")))
    url = reverse("channel_correct", args=[channel.pk])
    assert "Sai tên kênh." in words(focal.get(url))
    focal.post(url, {"url": channel.url, "name": "Tên đúng"})
    channel.refresh_from_db()
    assert (channel.status, channel.name) == (ChannelStatus.PROPOSED, "Tên đúng")


def test_agency_says_with_one_tap_that_a_channel_is_still_right(focal, other, world):
    channel, url = world.channel, reverse("channel_still_right", args=[world.channel.pk])
    Channel.objects.filter(pk=channel.pk).update(reconfirmed_on=timezone.localdate() - timedelta(days=180))
    assert url in focal.get(reverse("my_work")).content.decode()
    assert other.post(url).status_code == 403
    assert "vẫn đúng" in words(focal.post(url, follow=True))
    channel.refresh_from_db()
    assert channel.reconfirmed_on == timezone.localdate()
    assert "Vẫn đúng<span" not in focal.get(reverse("my_work")).content.decode()


def test_second_nomination_is_told_who_waits(focal, world):
    url = reverse("nominate", args=[world.nomination.pk])
    focal.post(url, {"full_name": "Vi Thị Chờ", "phone": "0912 345 678"})
    assert "Đơn vị đã cử" in words(focal.get(url)) and "Vi Thị Chờ" in words(focal.get(url))


def test_agency_is_chosen_when_there_are_several_and_only_among_own(focal, world, health_focal, other_agency):
    builders.make_contact(other_agency, "Vi Thị Đầu", health_focal.email, actor=world.reviewer)
    stranger = builders.make_agency(actor=world.reviewer)
    form = {"url": "https://www.tiktok.com/@xasuoimo", "name": "Xã", "agency": stranger.pk}
    assert "agency" in focal.post(reverse("channel_propose"), form).context["form"].errors
    focal.post(reverse("channel_propose"), form | {"agency": other_agency.pk})
    assert Channel.objects.get().agency == other_agency


# --- nothing leaks -------------------------------------------------------------------------------------------------


def test_another_agency_finds_nothing_and_changes_nothing(other, world):
    hand = {
        "obligation": world.obligation.pk,
        "nominate": world.nomination.pk,
        "report_nothing": world.obligation.pk,
        "item_new": world.obligation.pk,
        "item": world.item.pk,
        "item_edit": world.draft.pk,
        "item_withdraw": world.item.pk,
        "contact_correct": world.proposed_contact.pk,
        "contact_hand_over": world.contact.pk,
        "channel_correct": world.proposed_channel.pk,
    }
    for name, pk in hand.items():
        url = reverse(name, args=[pk])
        assert (name, other.get(url).status_code) == (name, 404)
        assert (name, other.post(url, product() | PERSON | {"reason": "x"}).status_code) in ((name, 404), (name, 405))
    page = words(other.get(reverse("my_work")))
    for secret in (world.item.title, world.proposed_channel.name, world.proposed_contact.full_name, "Sở Y tế"):
        assert secret not in page
    world.item.refresh_from_db()
    assert world.item.status == ContentStatus.SUBMITTED


def test_staff_who_open_the_workspace_are_sent_to_the_desk(client_for, leader, world):
    assert client_for(leader).get(reverse("my_work"))["Location"] == reverse("desk")


# --- notices -------------------------------------------------------------------------------------------------------


def test_notice_is_marked_read_by_opening_it_and_leads_inside_the_portal_only(focal, other, health_focal):
    inside = Notice.objects.create(recipient=health_focal, text="Được duyệt", url=reverse("my_work"), key="1")
    outside = Notice.objects.create(recipient=health_focal, text="Lạ", url="https://evil.vn/", key="2")
    assert "Được duyệt" in words(focal.get(reverse("notices")))
    assert "Được duyệt" not in words(other.get(reverse("notices")))
    assert other.post(reverse("notices"), {"open": inside.pk}).status_code == 404
    assert focal.post(reverse("notices"), {"open": inside.pk})["Location"] == reverse("my_work")
    assert Notice.objects.visible_to(health_focal).unread().count() == 1
    assert focal.post(reverse("notices"), {"open": outside.pk})["Location"] == reverse("notices")
    assert not Notice.objects.visible_to(health_focal).unread().exists()
