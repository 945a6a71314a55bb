"""Pages of posting through connectors: settings that never show a secret, the schedule, a job and its acts."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Connector, PublicationJob
from portal.lib import sealing
from tests import builders
from tests.campaigns.connecting import connect_facebook, connect_zalo, plan
from tests.rig import facebook_api
from tests.rig.facebook_api import FacebookApi
from tests.rig.zalo_api import APP, OA, SECRET, ZaloApi

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(settings):
    settings.CONNECTOR_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def facebook(settings):
    with FacebookApi(timezone.now()) as api:
        settings.FACEBOOK_API = f"{api.url}{facebook_api.VERSION}"
        yield api


@pytest.fixture
def item(world):
    return world.approved_item


def words_of(answer):
    return answer.content.decode()


def test_pasting_checking_and_switching_on_shows_no_secret(settings, administrator, health, client_for):
    browser = client_for(administrator)
    channel = builders.make_channel(health, actor=administrator, kind="zalo_oa", url=f"https://zalo.me/{OA}")
    with ZaloApi(timezone.now()) as zalo:
        settings.ZALO_API = settings.ZALO_OAUTH = zalo.url
        access, refresh = zalo.grant()
        secrets = {"app_secret": SECRET, "access_token": f" {access}\n", "refresh_token": refresh}
        page = reverse("connector", args=[channel.pk])
        saved = browser.post(page, {"account_id": OA, "app_id": APP, **secrets}, follow=True)
        acts = reverse("connector_act", args=[channel.pk])
        checked = browser.post(acts, {"act": "check"}, follow=True)
        switched = browser.post(acts, {"act": "on"}, follow=True)
    assert "Kết nối được: “Tỉnh thử nghiệm”, 1520 người theo dõi." in words_of(checked)
    assert "Đã bật kết nối." in words_of(switched)
    connector = Connector.objects.get()
    assert (connector.is_on, connector.follower_count, sealing.unseal(connector.sealed_access_token)) == (
        True,
        1520,
        access,
    )
    pages = "".join(words_of(answer) for answer in (saved, checked, switched, browser.get(page)))
    assert [secret for secret in (access, refresh, SECRET, connector.sealed_access_token) if secret in pages] == []
    kept = browser.post(page, {"account_id": OA, "app_id": APP}, follow=True)
    assert "Đã lưu, không hiện lại." in words_of(kept)
    assert sealing.unseal(Connector.objects.get().sealed_refresh_token) == refresh


def test_what_the_platform_refuses_is_said_in_words(facebook, administrator, health, client_for):
    connector = connect_facebook(facebook, health, actor=administrator)
    facebook.token = "EAABanother"
    acts = reverse("connector_act", args=[connector.channel_id])
    answer = client_for(administrator).post(acts, {"act": "check"}, follow=True)
    assert "Mã truy cập không còn dùng được" in words_of(answer)


def test_without_a_key_the_page_says_so(settings, administrator, health, client_for):
    settings.CONNECTOR_KEYS = []
    channel = builders.make_channel(health, actor=administrator)
    page = reverse("connector", args=[channel.pk])
    answer = client_for(administrator).post(page, {"account_id": "112233", "access_token": "EAAB"})
    assert words_of(answer).count("CONNECTOR_KEY") >= 2
    assert not Connector.objects.exists()


def test_without_any_connector_publishing_by_hand_is_as_ever(item, reviewer, client_for):
    page = words_of(client_for(reviewer).get(reverse("publish_item", args=[item.pk])))
    assert "Ghi nhận đã đăng" in page
    assert "Đăng bằng kết nối" not in page


def test_an_item_is_planned_for_an_hour_and_taken_off_again(facebook, item, health, reviewer, client_for):
    browser, connector = client_for(reviewer), connect_facebook(facebook, health, actor=reviewer)
    assert "Đăng bằng kết nối" in words_of(browser.get(reverse("publish_item", args=[item.pk])))
    wanted = timezone.localtime() + timedelta(days=2)
    plan_at = {"lich-channel": connector.channel_id, "lich-wanted_at": f"{wanted:%H:%M %d/%m/%Y}"}
    listed = browser.post(reverse("job_plan", args=[item.pk]), plan_at, follow=True)
    job = PublicationJob.objects.get()
    assert (job.state, item.title in words_of(listed)) == ("planned", True)
    assert "đã có lịch đăng" in words_of(browser.get(reverse("publish_list")))
    assert abs(job.wanted_at - wanted) < timedelta(minutes=1)
    done = browser.post(reverse("job_act", args=[job.pk]), {"act": "cancel"}, follow=True)
    assert "Đã huỷ lịch đăng." in words_of(done)
    again = browser.post(reverse("job_act", args=[job.pk]), {"act": "cancel"})
    assert (again.status_code, "không thực hiện được việc này" in words_of(again)) == (409, True)


def test_a_double_click_plans_once_and_shows_no_error(facebook, item, health, reviewer, client_for):
    browser, connector = client_for(reviewer), connect_facebook(facebook, health, actor=reviewer)
    plan_now, page = {"lich-channel": connector.channel_id, "lich-wanted_at": ""}, reverse("job_plan", args=[item.pk])
    assert [browser.post(page, plan_now).status_code for _ in range(2)] == [302, 302]
    assert PublicationJob.objects.count() == 1


def test_an_hour_that_has_passed_and_no_channel_are_said_beside_their_fields(
    facebook, item, health, reviewer, client_for
):
    connect_facebook(facebook, health, actor=reviewer)
    answer = client_for(reviewer).post(reverse("job_plan", args=[item.pk]), {"lich-wanted_at": "17:00 05/10/2020"})
    assert "Giờ đăng đã qua" in words_of(answer)
    assert not PublicationJob.objects.exists()


def test_a_failure_is_settled_by_hand_with_the_right_address(facebook, item, health, reviewer, client_for):
    browser = client_for(reviewer)
    job = plan(item, connect_facebook(facebook, health, actor=reviewer), actor=reviewer, now=timezone.now())
    PublicationJob.objects.update(state="failed", ended_at=timezone.now(), last_error="Facebook từ chối.")
    shown = browser.get(reverse("job_list"), {"nhom": "can-xem"})
    assert ("Cần xem (1)" in words_of(shown), "Facebook từ chối." in words_of(shown)) == (True, True)
    acts = reverse("job_act", args=[job.pk])
    doubted = browser.post(acts, {"act": "by_hand", "url": "https://zalo.me/123456789012345678"})
    assert "Hãy chọn lại kênh" in words_of(doubted)
    url = f"{job.channel.url}/posts/77"
    browser.post(acts, {"act": "by_hand", "url": url})
    job.refresh_from_db()
    assert (job.state, job.publication.url, job.publication.recorded_by) == ("done", url, reviewer)


@pytest.mark.parametrize("count", [1, 4])
def test_the_schedule_costs_the_same_for_one_and_four(
    count, facebook, world, health, reviewer, client_for, django_assert_num_queries
):
    connector = connect_facebook(facebook, health, actor=reviewer)
    for _ in range(count):
        made = builders.submit_item(world.obligation, actor=world.focal, now=timezone.now())
        plan(builders.approve_item(made, actor=reviewer, now=timezone.now()), connector, actor=reviewer)
    browser = client_for(reviewer)
    with django_assert_num_queries(5):
        assert words_of(browser.get(reverse("job_list"))).count("Chờ giờ đăng") == count


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_of_connectors_costs_the_same_for_one_and_four(
    count, facebook, health, administrator, client_for, django_assert_num_queries
):
    for _ in range(count):
        connect_facebook(facebook, health, actor=administrator)
        builders.make_channel(health, actor=administrator)
    browser = client_for(administrator)
    with django_assert_num_queries(5):
        assert words_of(browser.get(reverse("connector_list"))).count("Kênh thử") >= 2 * count


def test_a_zalo_page_offers_what_only_zalo_has(administrator, health, client_for, settings):
    with ZaloApi(timezone.now()) as zalo:
        connector = connect_zalo(zalo, health, actor=administrator)
        page = words_of(client_for(administrator).get(reverse("connector", args=[connector.channel_id])))
    assert ("Mã đổi (refresh token)" in page, "Ảnh bìa mặc định" in page) == (True, True)
