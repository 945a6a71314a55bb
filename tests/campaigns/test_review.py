"""Reviewing: order of the queue, two clicks, the slower colleague, bulk results, and what the page shows."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import attaching, review
from campaigns.comparing import ADDED, REMOVED, SAME, Part, compare_texts
from campaigns.models import ContentItem, ContentStatus, Decision, ReasonCode
from campaigns.views.review import host_of
from registry.models import Channel, ContactPoint
from tests import builders
from tests.builders import NOW
from tests.pictures import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def duties(reviewer, health, other_agency, health_focal, other_focal):
    builders.issue_monthly_campaign(actor=reviewer)
    return {agency: builders.quota_of(agency) for agency in (health, other_agency)}


@pytest.fixture
def item(duties, health, health_focal):
    return builders.submit_item(duties[health], actor=health_focal, title="Tiêm chủng mở rộng")


def decide(browser, item, act, **data):
    return browser.post(
        reverse("item_decide", args=[item.pk]), {"act": act, "version": item.version} | data, follow=True
    )


def test_the_queue_goes_by_deadline_then_by_waiting_time(
    duties, health, other_agency, health_focal, other_focal, reviewer
):
    late = builders.submit_item(duties[other_agency], actor=other_focal, now=NOW + timedelta(hours=2))
    first = builders.submit_item(duties[health], actor=health_focal, now=NOW + timedelta(hours=1))
    duties[health].extend(actor=reviewer, until=duties[health].due_on + timedelta(days=5), reason="Bão")
    second = builders.submit_item(duties[health], actor=health_focal, now=NOW)
    assert list(review.items_waiting(reviewer)) == [late, second, first]
    assert review.neighbours(second, reviewer) == (late, first)
    assert review.neighbours(late, reviewer) == (None, second)
    assert review.next_waiting(first, reviewer) == late


def test_the_queue_counts_and_says_since_when(item, reviewer, health, health_focal):
    builders.make_channel(health, actor=health_focal, confirmed=False)
    found = {queue.kind: (queue.count, queue.since) for queue in review.queues(reviewer)}
    assert found[review.ITEMS] == (1, NOW)
    assert found[review.CHANNELS][0] == 1
    assert found[review.CONTACTS] == (0, None)


def test_one_click_approves_and_goes_on_to_the_next(item, duties, other_agency, other_focal, reviewer, client_for):
    following = builders.submit_item(duties[other_agency], actor=other_focal, now=NOW + timedelta(hours=1))
    answer = decide(client_for(reviewer), item, "approve")
    assert answer.redirect_chain == [(reverse("review_item", args=[following.pk]), 302)]
    item.refresh_from_db()
    assert item.status == ContentStatus.APPROVED
    assert (item.last_decision.actor, item.last_decision.version.number) == (reviewer, 1)


def test_two_clicks_return_with_the_drafted_text(item, reviewer, client_for):
    decide(client_for(reviewer), item, "return", code=ReasonCode.SOURCE)
    item.refresh_from_db()
    assert item.status == ContentStatus.CHANGES
    assert item.last_decision.note == ReasonCode.SOURCE.draft


def test_the_reviewer_may_write_other_words(item, reviewer, client_for):
    decide(client_for(reviewer), item, "reject", code=ReasonCode.OTHER, note="Không thuộc lĩnh vực.")
    item.refresh_from_db()
    assert (item.status, item.last_decision.note) == (ContentStatus.REJECTED, "Không thuộc lĩnh vực.")


@pytest.mark.parametrize("data", [{}, {"code": ReasonCode.OTHER}], ids=["no reason", "other reason without words"])
def test_a_return_without_a_reason_keeps_the_item_waiting(data, item, reviewer, client_for):
    answer = decide(client_for(reviewer), item, "return", **data)
    item.refresh_from_db()
    assert item.status == ContentStatus.SUBMITTED
    assert "error-summary" in answer.content.decode()


def test_the_slower_reviewer_reads_who_was_faster(item, reviewer, administrator, client_for):
    slow = client_for(reviewer)
    slow.get(reverse("review_item", args=[item.pk]))
    decide(client_for(administrator), item, "approve")
    answer = decide(slow, item, "return", code=ReasonCode.SOURCE)
    assert answer.status_code == 409
    assert f"{administrator.full_name} đã xử lý lúc" in answer.content.decode()
    assert Decision.objects.filter(item=item).count() == 1


def test_a_decision_on_an_older_version_is_refused(item, health_focal, reviewer, client_for):
    item.return_for_changes(actor=reviewer, version=1, code=ReasonCode.SOURCE, note="Thiếu nguồn.", now=NOW)
    item.submit(actor=health_focal, now=NOW + timedelta(hours=1))
    answer = client_for(reviewer).post(
        reverse("item_decide", args=[item.pk]), {"act": "approve", "version": 1}, follow=True
    )
    assert answer.status_code == 409
    assert "vừa nộp bản mới" in answer.content.decode()
    assert ContentItem.objects.get(pk=item.pk).status == ContentStatus.SUBMITTED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False], ids=["as built", "without the lock: the fault shows"])
def test_two_reviewers_at_the_same_moment(locked, item, reviewer, administrator, monkeypatch):
    """Both read the item, meet at a barrier, then decide. Exactly one decision, and one sentence."""
    barrier, outcomes = threading.Barrier(2, timeout=10), []
    if not locked:
        monkeypatch.setattr(ContentItem, "lock", lambda self: barrier.wait())

    def decide_as(person, act):
        mine = ContentItem.objects.get(pk=item.pk)
        if locked:
            barrier.wait()
        try:
            act(mine, person)
            outcomes.append("done")
        except ValidationError:
            outcomes.append("too late")
        except Exception as error:  # what the unprotected run hits: the database's own constraint
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=decide_as, args=(reviewer, lambda mine, who: mine.approve(actor=who, version=1))),
        threading.Thread(
            target=decide_as,
            args=(
                administrator,
                lambda mine, who: mine.reject(actor=who, version=1, code=ReasonCode.TOPIC, note="Sai chủ đề."),
            ),
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if locked:
        assert sorted(outcomes) == ["done", "too late"]
        assert Decision.objects.filter(item=item).count() == 1
    else:
        assert sorted(outcomes) != ["done", "too late"]


def test_two_stale_copies_give_one_decision_and_one_sentence(item, reviewer, administrator):
    mine, theirs = ContentItem.objects.get(pk=item.pk), ContentItem.objects.get(pk=item.pk)
    theirs.approve(actor=administrator, version=1, now=NOW)
    with pytest.raises(ValidationError, match=f"{administrator.full_name} đã xử lý lúc 09:00"):
        mine.reject(actor=reviewer, version=1, code=ReasonCode.TOPIC, note="Sai chủ đề.", now=NOW)
    assert Decision.objects.filter(item=item).count() == 1


def test_without_the_lock_a_stale_copy_would_decide_again(item, reviewer, administrator, monkeypatch):
    """Negative control: with the lock taken away only the database's last guard stands."""
    mine, theirs = ContentItem.objects.get(pk=item.pk), ContentItem.objects.get(pk=item.pk)
    theirs.approve(actor=administrator, version=1, now=NOW)
    monkeypatch.setattr(ContentItem, "lock", lambda self: None)
    with pytest.raises(ValidationError, match="Bản này đã có quyết định"):
        mine.reject(actor=reviewer, version=1, code=ReasonCode.TOPIC, note="Sai chủ đề.", now=NOW)


def test_bulk_approval_tells_about_each_item(
    item, duties, other_agency, other_focal, reviewer, administrator, client_for
):
    other = builders.submit_item(duties[other_agency], actor=other_focal)
    other.approve(actor=administrator, version=1, now=NOW)
    answer = client_for(reviewer).post(reverse("review_bulk"), {"chon": [f"{item.pk}:1", f"{other.pk}:1", "999:1"]})
    assert [(row.item, bool(row.refusal)) for row in answer.context["results"]] == [(item, False), (other, True)]
    assert (answer.context["done"], answer.context["refused"]) == (1, 1)
    assert item.obligation.__class__.objects.get(pk=item.obligation_id).accepted_count == 1


def test_ticked_items_are_returned_with_the_words_of_their_reason(item, reviewer, client_for):
    desk, address = client_for(reviewer), reverse("review_bulk")
    asked = desk.post(address, {"chon": [f"{item.pk}:1"], "act": "return"}, follow=True)
    assert "Hãy chọn lý do trả lại" in asked.text
    assert asked.context["ticked"] == {item.pk}
    assert f'value="{item.pk}:1" aria-label="Chọn {item.title}" checked' in asked.text
    desk.post(address, {"chon": [f"{item.pk}:1"], "act": "return", "code": ReasonCode.SOURCE})
    decision = ContentItem.objects.get(pk=item.pk).last_decision
    assert (decision.act, decision.code, decision.note) == ("return", ReasonCode.SOURCE, ReasonCode.SOURCE.draft)


@pytest.mark.parametrize("sent", [[], ["x"], ["1;drop"], [""]])
def test_a_malformed_bulk_request_changes_nothing(sent, item, reviewer, client_for):
    answer = client_for(reviewer).post(reverse("review_bulk"), {"chon": sent}, follow=True)
    assert answer.status_code == 200
    assert ContentItem.objects.get(pk=item.pk).status == ContentStatus.SUBMITTED


def test_a_draft_is_no_page_for_the_province(duties, health, health_focal, reviewer, client_for):
    draft = builders.draft_item(duties[health], actor=health_focal)
    assert client_for(reviewer).get(reverse("review_item", args=[draft.pk])).status_code == 404


def test_a_resubmission_shows_what_changed(item, health_focal, reviewer, client_for):
    item.return_for_changes(actor=reviewer, version=1, code=ReasonCode.SOURCE, note="Thiếu nguồn.", now=NOW)
    item.edit(actor=health_focal, body="Nội dung đã sửa kỹ.")
    item.submit(actor=health_focal, now=NOW + timedelta(hours=1))
    page = client_for(reviewer).get(reverse("review_item", args=[item.pk]))
    assert [one.words for one in page.context["differences"]] == ["Nội dung"]
    text = page.content.decode()
    assert "<del> thử nghiệm.</del><ins> đã sửa kỹ.</ins>" in text
    assert "Thiếu nguồn." in text


@pytest.mark.parametrize(
    ("kind", "query", "count"),
    [
        ("san-pham", {"q": "so y te"}, 1),
        ("san-pham", {"q": "suoi mo"}, 0),
        ("san-pham", {"loai_sp": "video"}, 0),
        ("dau-moi", {"q": "trieu thi moi"}, 1),
        ("dau-moi", {"vai_tro": "head"}, 0),
        ("kenh", {"q": "so y te", "loai_kenh": "facebook_page"}, 1),
        ("kenh", {"loai_kenh": "youtube"}, 0),
        ("la", {}, 1),
    ],
)
def test_each_queue_is_filtered(kind, query, count, item, world, reviewer, client_for):
    assert world.proposed_contact
    assert world.proposed_channel
    page = client_for(reviewer).get(reverse("review_queue"), {"loai": kind, **query})
    assert page.context["page"].paginator.count == count


def test_a_picture_is_shown_and_every_file_can_be_fetched(duties, health, health_focal, reviewer, client_for):
    item = builders.draft_item(duties[health], actor=health_focal)
    refused = attaching.attach(item, [SimpleUploadedFile("anh.png", png())], health_focal)
    item.submit(actor=health_focal, now=NOW)
    browser, file = client_for(reviewer), item.files.get()
    page = browser.get(reverse("review_item", args=[item.pk])).content.decode()
    assert refused == []
    assert f'src="{reverse("file_preview", args=[file.pk])}?nho=1"' in page
    assert browser.get(reverse("file_download", args=[file.pk])).status_code == 200


def test_only_web_addresses_become_links():
    assert host_of("https://facebook.com/a") == "facebook.com"
    assert host_of("javascript://facebook.com/%0aalert(1)") == ""
    assert host_of("") == ""


def test_words_that_stay_come_and_go():
    found = compare_texts("một hai ba", "một bốn ba")
    assert found == [Part(SAME, "một"), Part(REMOVED, " hai"), Part(ADDED, " bốn"), Part(SAME, " ba")]
    assert compare_texts("", "mới") == [Part(ADDED, "mới")]


def test_hostile_text_is_shown_as_text(duties, health, health_focal, reviewer, client_for):
    item = builders.submit_item(
        duties[health], actor=health_focal, title="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>"
    )
    text = client_for(reviewer).get(reverse("review_item", args=[item.pk])).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_confirming_a_nomination_meets_the_duty(duties, health, health_focal, reviewer, client_for, world):
    nominated = world.proposed_contact
    answer = client_for(reviewer).post(reverse("review_contact", args=[nominated.pk]), {"act": "confirm"})
    assert answer.status_code == 302
    assert ContactPoint.objects.get(pk=nominated.pk).status == "confirmed"


def test_returning_a_nomination_needs_a_reason(world, reviewer, client_for):
    browser, url = client_for(reviewer), reverse("review_contact", args=[world.proposed_contact.pk])
    assert browser.post(url, {"act": "return", "reason": " "}).status_code == 200
    assert ContactPoint.objects.get(pk=world.proposed_contact.pk).status == "proposed"
    browser.post(url, {"act": "return", "reason": "Chưa rõ chức vụ."})
    found = ContactPoint.objects.get(pk=world.proposed_contact.pk)
    assert (found.status, found.status_reason) == ("returned", "Chưa rõ chức vụ.")


def test_a_second_channel_with_a_live_key_is_refused_with_a_sentence(
    health, other_agency, reviewer, other_focal, client_for
):
    rival = builders.make_channel(health, actor=reviewer, url="https://www.facebook.com/yte.moi", confirmed=False)
    late = builders.make_channel(other_agency, actor=other_focal, url="https://facebook.com/yte.moi", confirmed=False)
    rival.confirm(actor=reviewer, now=NOW)
    page = client_for(reviewer).get(reverse("review_channel", args=[late.pk]))
    assert list(page.context["rivals"]) == [rival]
    answer = client_for(reviewer).post(reverse("review_channel", args=[late.pk]), {"act": "confirm"})
    assert answer.status_code == 409
    assert "đang thuộc một kênh chính thống khác" in answer.content.decode()
    assert Channel.objects.get(pk=late.pk).status == "proposed"


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize(("kind", "queries"), [("san-pham", 8), ("dau-moi", 6), ("kenh", 8)])
def test_the_queue_costs_the_same_for_one_row_and_for_four(
    kind, queries, count, duties, health, health_focal, reviewer, client_for, django_assert_num_queries
):
    for _ in range(count):
        builders.submit_item(duties[health], actor=health_focal)
        builders.make_channel(health, actor=health_focal, confirmed=False)
        number = next(builders.NUMBERS)
        ContactPoint.propose(
            actor=health_focal, agency=health, role="policy", full_name=f"Người {number}", phone=f"09121{number:05d}"
        )
    browser = client_for(reviewer)
    with django_assert_num_queries(queries):
        browser.get(f"{reverse('review_queue')}?loai={kind}")


def test_the_page_of_a_product_costs_the_same_whether_one_waits_or_fifty(
    item, duties, health, health_focal, reviewer, client_for, django_assert_num_queries
):
    desk, address = client_for(reviewer), reverse("review_item", args=[item.pk])
    desk.get(address)
    with CaptureQueriesContext(connection) as alone:
        desk.get(address)
    for number in range(49):
        builders.submit_item(duties[health], actor=health_focal, body=f"Lời {number}")
    with django_assert_num_queries(len(alone)):
        desk.get(address)
    assert len(alone) == 11


def test_a_product_with_everything_costs_a_few_questions_more(
    item, health_focal, reviewer, client_for, django_assert_num_queries
):
    item.return_for_changes(actor=reviewer, version=1, code=ReasonCode.SOURCE, note="Thiếu nguồn.", now=NOW)
    item.edit(actor=health_focal, body="Đã sửa.")
    item.submit(actor=health_focal, now=NOW + timedelta(hours=1))
    item.assign(actor=reviewer, reviewer=reviewer)
    item.hold(actor=reviewer, reason="Chờ số liệu", now=NOW)
    desk = client_for(reviewer)
    with django_assert_num_queries(15):
        page = desk.get(reverse("review_item", args=[item.pk])).text
    for words in ("Thiếu nguồn.", "Chờ số liệu", f"Giao {reviewer.full_name} duyệt"):
        assert words in page


def test_the_list_to_publish_offers_the_files_of_what_was_accepted(duties, health, health_focal, reviewer, client_for):
    item = builders.draft_item(duties[health], actor=health_focal)
    attaching.attach(item, [SimpleUploadedFile("anh.png", png())], health_focal)
    item.submit(actor=health_focal, now=NOW)
    builders.approve_item(item, actor=reviewer)
    page = client_for(reviewer).get(reverse("publish_list")).text
    assert reverse("file_download", args=[item.files.get().pk]) in page
    assert item.body.split()[0] in page
