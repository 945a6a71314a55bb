"""Drafting, issuing and closing campaigns; marking items as published; a channel's and a person's end."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from docx import Document

from campaigns import issuing
from campaigns.forms.desk import platform_doubt, post_doubt
from campaigns.models import Campaign, ContentStatus, Dispatch, Obligation, Publication, Requirement
from registry.models import Channel, ContactPoint
from tests import builders
from tests.builders import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(reviewer, health, other_agency):
    return builders.make_campaign(actor=reviewer, title="Phổ biến Luật mới")


QUOTA = {
    "title": "Tối thiểu 02 sản phẩm", "guidance": "", "required_count": "2", "starts_on": "01/11/2026", "ends_on": "",
    "due_day": "5", "due_next_month": "on", "window_start_day": "1", "lock_after_days": "5",
    "addressed_kinds": ["so"], "reminder_steps": "−5, -1, +1, 3",
}  # fmt: skip
NOMINATION = {
    "title": "Cử đầu mối", "guidance": "", "contact_role": "policy", "starts_on": "01/11/2026", "due_on": "22/11/2026",
    "is_strict": "on", "lock_after_days": "5", "reminder_steps": "",
}  # fmt: skip


def test_a_campaign_is_drafted_by_hand(reviewer, client_for):
    answer = client_for(reviewer).post(
        reverse("campaign_new"), {"title": "Đợt mới", "purpose": "", "starts_on": "01/11/2026", "ends_on": ""}
    )
    campaign = Campaign.objects.get()
    assert answer["Location"] == reverse("campaign", args=[campaign.pk])
    assert (campaign.created_by, campaign.starts_on, campaign.is_draft) == (reviewer, date(2026, 11, 1), True)


def test_a_monthly_requirement_with_groups_names_and_steps(draft, other_agency, reviewer, client_for):
    url = reverse("requirement_new", args=[draft.pk, "submit_content"])
    client_for(reviewer).post(url, QUOTA | {"agencies": [other_agency.pk]})
    row = Requirement.objects.get()
    assert (row.kind, row.recurrence, row.required_count) == ("submit_content", "monthly", 2)
    assert row.reminder_steps == [-5, -1, 1, 3]
    assert set(row.addressed_agencies(date(2026, 11, 1))) == set(row.agencies.all()) | {
        agency for agency in [*row.agencies.model.objects.all()] if agency.kind == "so"
    }


def test_strictly_before_shows_the_last_safe_day(draft, reviewer, client_for):
    browser = client_for(reviewer)
    browser.post(reverse("requirement_new", args=[draft.pk, "nominate_contact"]), NOMINATION)
    page = browser.get(reverse("campaign", args=[draft.pk])).content.decode()
    assert "trước ngày 22/11/2026" in page
    assert "hạn 21/11/2026, khoá 26/11/2026" in page


def test_the_due_rule_is_said_with_its_dates(draft, reviewer, client_for):
    browser = client_for(reviewer)
    answer = browser.post(reverse("requirement_new", args=[draft.pk, "submit_content"]), QUOTA, follow=True)
    page = answer.content.decode()
    assert "chậm nhất ngày 05 tháng sau" in page
    assert "hạn 05/12/2026, khoá 10/12/2026" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("due_day", "", "Hãy điền mục này"),
        ("due_day", "32", "31"),
        ("reminder_steps", "năm", "Hãy ghi các số từ −30 đến +30"),
        ("reminder_steps", "99", "Hãy ghi các số từ −30 đến +30"),
        ("ends_on", "01/10/2026", "Ngày kết thúc phải từ ngày bắt đầu trở đi"),
    ],
)
def test_a_wrong_requirement_says_what_is_wrong(field, value, sentence, draft, reviewer, client_for):
    url = reverse("requirement_new", args=[draft.pk, "submit_content"])
    answer = client_for(reviewer).post(url, QUOTA | {field: value})
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Requirement.objects.exists()


def test_issuing_names_the_consequences_and_opens_them(draft, reviewer, client_for):
    builders.monthly(draft)
    builders.nomination(draft)
    planned = issuing.plan(draft, TODAY)
    assert [(row.agencies, row.due_on, row.locks_on, row.opens_now) for row in planned] == [
        (2, date(2026, 10, 5), date(2026, 10, 10), True),
        (2, date(2026, 9, 21), date(2026, 9, 26), True),
    ]
    opened = issuing.issue(draft, actor=reviewer, now=NOW)
    assert (opened.periods, opened.obligations) == (2, 4)
    found = {(row.requirement_id, row.due_on, row.locks_on) for row in Obligation.objects.all()}
    assert found == {(row.requirement.pk, row.due_on, row.locks_on) for row in planned}


def test_issuing_twice_opens_nothing_twice_and_says_so(draft, reviewer, client_for):
    builders.monthly(draft)
    browser, url = client_for(reviewer), reverse("campaign_issue", args=[draft.pk])
    answer = browser.post(url, follow=True)
    count = Obligation.objects.count()
    assert f"{count} đầu việc." in answer.content.decode()
    again = browser.post(url)
    assert "Đợt này đã được ban hành trước đó" in again.content.decode()
    assert Obligation.objects.count() == count


def test_a_campaign_that_asks_nothing_is_not_issued(draft, reviewer, client_for):
    answer = client_for(reviewer).post(reverse("campaign_issue", args=[draft.pk]))
    assert "ít nhất một yêu cầu" in answer.content.decode()
    assert Campaign.objects.get().is_draft


def test_after_issuing_only_the_guidance_of_a_requirement_changes(draft, reviewer, client_for):
    row = builders.monthly(draft)
    builders.issue(draft, actor=reviewer)
    client_for(reviewer).post(
        reverse("requirement_edit", args=[row.pk]), QUOTA | {"title": "Khác", "guidance": "Gửi ảnh rõ."}
    )
    row.refresh_from_db()
    assert (row.guidance, row.title, row.required_count) == (
        "Gửi ảnh rõ.",
        "Tối thiểu 01 sản phẩm truyền thông/tháng",
        1,
    )


@pytest.mark.parametrize(
    ("name", "args"),
    [("requirement_new", ["submit_content"]), ("dispatch_new", [])],
)
def test_nothing_is_added_to_an_issued_campaign(name, args, draft, reviewer, client_for):
    builders.monthly(draft)
    builders.issue(draft, actor=reviewer)
    assert client_for(reviewer).get(reverse(name, args=[draft.pk, *args])).status_code == 404


def test_a_requirement_of_an_issued_campaign_stays(draft, reviewer, client_for):
    row = builders.monthly(draft)
    browser = client_for(reviewer)
    builders.issue(draft, actor=reviewer)
    browser.post(reverse("requirement_remove", args=[row.pk]))
    assert Requirement.objects.filter(pk=row.pk).exists()


def test_a_requirement_of_a_draft_can_be_taken_out(draft, reviewer, client_for):
    row = builders.monthly(draft)
    client_for(reviewer).post(reverse("requirement_remove", args=[row.pk]))
    assert not Requirement.objects.exists()


def docx():
    paper = BytesIO()
    document = Document()
    document.add_paragraph("Công văn")
    document.save(paper)
    return paper.getvalue()


DISPATCH = {
    "number": "",
    "issued_on": "",
    "subject": "V/v thử",
    "issuer": "Sở KH&CN",
    "signatory": "",
    "recipients": "",
}


def test_a_dispatch_keeps_its_checked_file_in_private(draft, reviewer, client_for):
    sent = SimpleUploadedFile("../công văn.docx", docx())
    client_for(reviewer).post(reverse("dispatch_new", args=[draft.pk]), DISPATCH | {"attachment": sent})
    row = Dispatch.objects.get(subject="V/v thử")
    assert row.file_name.endswith(".docx")
    assert "/" not in row.file_name
    assert row.file.name.startswith("cong-van/")
    assert row.file_name not in row.file.name
    assert len(row.file_sha256) == 64


def test_a_file_that_is_not_what_it_says_is_refused(draft, reviewer, client_for):
    sent = SimpleUploadedFile("cong-van.pdf", b"MZ this is a program")
    answer = client_for(reviewer).post(reverse("dispatch_new", args=[draft.pk]), DISPATCH | {"attachment": sent})
    assert "error-summary" in answer.content.decode()
    assert not Dispatch.objects.filter(subject="V/v thử").exists()


def test_after_issuing_the_clerk_fills_in_the_number_only(draft, reviewer, client_for):
    builders.monthly(draft)
    row = draft.dispatches.get()
    builders.issue(draft, actor=reviewer)
    values = DISPATCH | {"number": "99/SKHCN", "issued_on": "02/09/2026", "subject": "Khác"}
    client_for(reviewer).post(reverse("dispatch_edit", args=[row.pk]), values)
    row.refresh_from_db()
    assert (row.number, row.issued_on, row.subject) == ("99/SKHCN", date(2026, 9, 2), "Truyền thông chính sách")


def test_closing_needs_a_reason(draft, reviewer, client_for):
    builders.monthly(draft)
    builders.issue(draft, actor=reviewer)
    browser, url = client_for(reviewer), reverse("campaign_close", args=[draft.pk])
    browser.post(url, {"reason": ""})
    assert Campaign.objects.get().status == "issued"
    browser.post(url, {"reason": "Đã tổng kết"})
    assert Campaign.objects.get().closed_reason == "Đã tổng kết"


# Publishing by hand


@pytest.fixture
def approved(reviewer, health, health_focal):
    builders.issue_monthly_campaign(actor=reviewer)
    item = builders.submit_item(builders.quota_of(health), actor=health_focal)
    return builders.approve_item(item, actor=reviewer)


def publish(browser, item, channel, url, **data):
    values = {"channel": channel.pk, "url": url, "published_at": "17:00 20/09/2026"} | data
    return browser.post(reverse("publish_item", args=[item.pk]), values)


def test_marking_as_published_with_its_link(approved, health, reviewer, client_for):
    channel = builders.make_channel(health, actor=reviewer)
    publish(client_for(reviewer), approved, channel, f"{channel.url}/posts/123")
    approved.refresh_from_db()
    row = Publication.objects.get()
    assert (approved.status, row.channel, row.recorded_by) == (ContentStatus.PUBLISHED, channel, reviewer)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://facebook.com/x", "không phải", ""])
def test_a_link_that_is_none_is_refused(url, approved, health, reviewer, client_for):
    channel = builders.make_channel(health, actor=reviewer)
    publish(client_for(reviewer), approved, channel, url, is_sure="on")
    assert not Publication.objects.exists()


def test_a_link_of_another_platform_must_be_confirmed(approved, health, reviewer, client_for):
    channel, browser = builders.make_channel(health, actor=reviewer), client_for(reviewer)
    answer = publish(browser, approved, channel, "https://www.tiktok.com/@kenh/video/1")
    assert "không thuộc kênh" in answer.content.decode()
    assert not Publication.objects.exists()
    publish(browser, approved, channel, "https://www.tiktok.com/@kenh/video/1", is_sure="on")
    assert Publication.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://m.facebook.com/soyte.dung/posts/1", ""),
        ("https://www.facebook.com/xa.khac/posts/1", "Bài này nằm trên kênh “Trang xã” của"),
        ("https://www.facebook.com/nguoi.la/posts/1", "Bài này nằm trên trang facebook:nguoila"),
        ("https://www.facebook.com/permalink.php?story_fbid=1&id=100012345", ""),
    ],
)
def test_a_post_of_another_page_is_told(url, said, health, other_agency, reviewer):
    ours = builders.make_channel(health, actor=reviewer, url="https://www.facebook.com/soyte.dung")
    builders.make_channel(other_agency, actor=reviewer, url="https://www.facebook.com/xa.khac", name="Trang xã")
    doubt = post_doubt(ours, url)
    assert doubt.startswith(said) and bool(doubt) is bool(said)


@pytest.mark.parametrize(
    ("kind", "channel_url", "url", "fits"),
    [
        ("facebook_page", "https://www.facebook.com/a.b", "https://m.facebook.com/a.b/posts/1", True),
        ("facebook_page", "https://www.facebook.com/a.b", "https://facebook.com.evil.vn/a.b", False),
        ("website", "https://syt.example.gov.vn", "https://www.syt.example.gov.vn/tin/1", True),
        ("website", "https://syt.example.gov.vn", "https://khac.example.gov.vn/tin/1", False),
        ("loudspeaker", "", "https://bat-ky.example.vn/", True),
    ],
)
def test_a_link_fits_its_channel(kind, channel_url, url, fits):
    assert (platform_doubt(Channel(kind=kind, name="K", url=channel_url), url) == "") is fits


def test_an_item_that_waits_cannot_be_published(reviewer, health, health_focal, client_for):
    builders.issue_monthly_campaign(actor=reviewer)
    item = builders.submit_item(builders.quota_of(health), actor=health_focal)
    channel = builders.make_channel(health, actor=reviewer)
    publish(client_for(reviewer), item, channel, "https://www.facebook.com/kenh/posts/1")
    assert not Publication.objects.exists()


def test_a_channel_is_paused_resumed_and_closed(health, reviewer, client_for):
    channel, browser = builders.make_channel(health, actor=reviewer), client_for(reviewer)
    for name, data, status in [
        ("channel_suspend", {"reason": "Đang xác minh"}, "suspended"),
        ("channel_resume", {}, "confirmed"),
        ("channel_close", {"reason": "Không dùng"}, "closed"),
    ]:
        browser.post(reverse(name, args=[channel.pk]), data)
        channel.refresh_from_db()
        assert channel.status == status
    answer = browser.post(reverse("channel_resume", args=[channel.pk]))
    assert "không thực hiện được việc này" in answer.content.decode()


def test_a_channel_is_confirmed_again_after_a_call(health, reviewer, client_for):
    channel, browser = builders.make_channel(health, actor=reviewer), client_for(reviewer)
    Channel.objects.filter(pk=channel.pk).update(reconfirmed_on=date(2025, 1, 1))
    browser.post(reverse("channel_reconfirm", args=[channel.pk]))
    channel.refresh_from_db()
    assert channel.reconfirmed_on == timezone.localdate()


def test_a_draft_without_dispatch_or_requirement_offers_no_issuing(reviewer, client_for):
    campaign = Campaign.objects.create(title="Đợt trống", starts_on=date(2026, 9, 1), created_by=reviewer)
    browser = client_for(reviewer)
    issue = reverse("campaign_issue", args=[campaign.pk])
    assert issue not in browser.get(reverse("campaign", args=[campaign.pk])).content.decode()
    assert "Chưa ban hành được" in browser.get(issue).content.decode()


def test_a_person_who_left_has_no_access_any_more(health, health_focal, reviewer, client_for):
    contact = ContactPoint.objects.get(user=health_focal)
    client_for(reviewer).post(
        reverse("contact_leave", args=[contact.pk]), {"on": "20/09/2026", "reason": "Chuyển công tác"}
    )
    contact.refresh_from_db()
    assert (contact.status, contact.left_on) == ("left", date(2026, 9, 20))
    assert not Obligation.objects.visible_to(health_focal).exists()
