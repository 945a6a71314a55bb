"""Publishing through connectors: exactly once, whatever the platform answers or does not answer."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns import attaching
from campaigns.models import Connector, ContentItem, JobState, Publication, PublicationJob
from campaigns.publishing import checking, composing, jobs
from portal.lib import sealing
from portal.lib.platforms import tokens, wire
from portal.lib.platforms.answers import AnswerLost, NotSent, Refused
from portal.ticking import tick
from registry.models import Notice, SendingSwitch
from tests import builders
from tests.builders import NOW
from tests.campaigns.connecting import COVER, connect_facebook, connect_zalo, plan, run
from tests.pictures import png
from tests.rig import facebook_api
from tests.rig.facebook_api import FacebookApi
from tests.rig.zalo_api import OA, ZaloApi

pytestmark = pytest.mark.django_db
LOST = ("cut_after", "500_after", "slow", "drip", "bad_json", "huge")
NOT_DONE = ("cut_before", "500", "redirect")
FAULTS = LOST + NOT_DONE
IN_DOUBT = (0, 3, 11, 12, 13, 14)
"""Minutes at which a job whose answer was lost is looked for, posted again if it isn't there, and checked."""


@pytest.fixture(autouse=True)
def keys(settings):
    settings.CONNECTOR_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def zalo(settings):
    with ZaloApi(NOW) as api:
        settings.ZALO_API = settings.ZALO_OAUTH = api.url
        yield api


@pytest.fixture
def facebook(settings):
    with FacebookApi(NOW) as api:
        settings.FACEBOOK_API = f"{api.url}{facebook_api.VERSION}"
        yield api


@pytest.fixture
def quick(monkeypatch):
    """Patience in tenths of a second, so that slow platforms can be waited out."""
    monkeypatch.setattr(wire, "TOTAL_SECONDS", 0.3)
    monkeypatch.setattr(wire.call, "__kwdefaults__", {**wire.call.__kwdefaults__, "seconds": 0.3})


@pytest.fixture
def item(reviewer, health, health_focal):
    builders.issue_monthly_campaign(actor=reviewer)
    duty = builders.quota_of(health)
    made = builders.submit_item(duty, actor=health_focal, title="Tiêm chủng mở rộng", body="Đoạn một.\n\nĐoạn <hai>.")
    return builders.approve_item(made, actor=reviewer)


@pytest.fixture
def items(reviewer, health, health_focal):
    """One approved item for each way in which an answer can be lost."""
    builders.issue_monthly_campaign(actor=reviewer)
    duty = builders.quota_of(health)
    made = [
        builders.submit_item(duty, actor=health_focal, title=f"Bài {fault}", body=f"Lời {fault}") for fault in FAULTS
    ]
    return [builders.approve_item(item, actor=reviewer) for item in made]


@pytest.fixture
def picture_item(reviewer, health, health_focal):
    builders.issue_monthly_campaign(actor=reviewer)
    made = builders.draft_item(builders.quota_of(health), actor=health_focal, title="Ảnh ngày hội")
    for number, colour in enumerate(("red", "blue")):
        attaching.attach(made, [SimpleUploadedFile(f"{number}.png", png(colour))], health_focal)
    made.submit(actor=health_focal, now=NOW)
    return builders.approve_item(made, actor=reviewer)


@pytest.fixture
def on_zalo(zalo, item, health, reviewer):
    connector = connect_zalo(zalo, health, actor=reviewer)
    return plan(item, connector, actor=reviewer)


@pytest.fixture
def on_facebook(facebook, item, health, reviewer):
    connector = connect_facebook(facebook, health, actor=reviewer)
    return plan(item, connector, actor=reviewer)


def state_of(job):
    job.refresh_from_db()
    return job.state


class TestStraight:
    def test_zalo_creates_verifies_and_writes_the_proof(self, on_zalo, zalo, item):
        zalo.processing = 1
        assert run(zalo, 0, 1.1, 2.2) == [{"checking": 1}, {"checking": 1}, {"done": 1}]
        (article,), (publication,) = zalo.articles, Publication.objects.all()
        assert (publication.url, publication.item_id) == (article["link_view"], item.pk)
        assert article["body"][0] == {"type": "text", "content": "<p>Đoạn một.</p>"}
        assert article["body"][1]["content"] == "<p>Đoạn &lt;hai&gt;.</p>"
        assert (article["author"], article["cover"]["photo_url"], zalo.broadcasts) == ("Sở Y tế", COVER, [])
        assert ContentItem.objects.get(pk=item.pk).status == "published"

    def test_facebook_posts_and_writes_the_proof(self, on_facebook, facebook):
        assert run(facebook, 0) == [{"done": 1}]
        (post,), (publication,) = facebook.posts, Publication.objects.all()
        assert publication.url == post["permalink_url"]
        assert post["message"] == "Tiêm chủng mở rộng\n\nĐoạn một.\n\nĐoạn <hai>.\n\nNguồn: Sở Y tế"

    def test_pictures_go_up_unseen_and_hang_on_one_post(self, facebook, picture_item, health, reviewer):
        facebook.demands_proof = True
        connector = connect_facebook(facebook, health, actor=reviewer, app_secret=facebook_api.APP_SECRET)
        facebook.order("photos", "", "cut_after")
        plan(picture_item, connector, actor=reviewer)
        assert run(facebook, 0, 2) == [{"planned": 1}, {"done": 1}]
        assert [len(post["photos"]) for post in facebook.posts] == [2]

    def test_zalo_is_given_public_addresses_of_the_pictures(self, zalo, picture_item, health, reviewer, client_for):
        job = plan(picture_item, connect_zalo(zalo, health, actor=reviewer), actor=reviewer)
        address = reverse("job_picture", args=[job.key, 0])
        run(zalo, 0)
        assert zalo.articles[0]["cover"]["photo_url"].endswith(address)
        shown = client_for(None).get(address)
        assert (shown.status_code, shown["Content-Type"], shown.content[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
        assert client_for(None).get(reverse("job_picture", args=[job.key, 2])).status_code == 404
        run(zalo, 2)
        assert client_for(None).get(address).status_code == 404

    def test_it_waits_for_its_hour(self, facebook, item, health, reviewer, client_for):
        connector = connect_facebook(facebook, health, actor=reviewer)
        job = plan(item, connector, actor=reviewer, wanted_at=NOW + timedelta(hours=5))
        assert run(facebook, 0, 299) == [{}, {}]
        assert client_for(None).get(reverse("job_picture", args=[job.key, 0])).status_code == 404
        assert run(facebook, 300) == [{"done": 1}]

    def test_nothing_to_do_costs_one_query_and_the_tick_carries_jobs_out(
        self, on_facebook, facebook, django_assert_num_queries
    ):
        assert tick(NOW).published == {"done": 1}
        with django_assert_num_queries(1):
            assert jobs.publish_due(NOW) == {}

    def test_paused_sending_holds_posts_back_too(self, on_facebook, facebook):
        SendingSwitch.objects.create(paused_at=NOW, reason="phục hồi")
        assert (run(facebook, 0), facebook.calls) == ([{}], [])

    def test_a_backup_that_was_restored_does_not_post_again(self, on_facebook, facebook):
        run(facebook, 0)
        PublicationJob.objects.update(
            state="planned", publication=None, remote_id="", ended_at=None, settled_at=None, attempt=0
        )
        Publication.objects.all().delete()
        assert run(facebook, 300) == [{"done": 1}]
        assert (len(facebook.posts), Publication.objects.count()) == (1, 1)


class TestLostAnswers:
    def test_facebook_has_each_post_exactly_once(self, facebook, items, health, reviewer, quick):
        connector = connect_facebook(facebook, health, actor=reviewer)
        planned = [plan(item, connector, actor=reviewer) for item in items]
        facebook.slow_seconds = 0.5
        facebook.order("feed", *FAULTS)
        assert run(facebook, 0) == [{"unknown": len(FAULTS)}]
        assert len(facebook.posts) == len(LOST)
        run(facebook, *IN_DOUBT[1:])
        assert {fault: state_of(job) for fault, job in zip(FAULTS, planned, strict=True)} == dict.fromkeys(
            FAULTS, "done"
        )
        assert {job.remote_id for job in planned} == {post["id"] for post in facebook.posts}
        assert (len(facebook.posts), Publication.objects.count()) == (len(FAULTS), len(FAULTS))

    def test_zalo_has_each_article_exactly_once(self, zalo, items, health, reviewer, quick):
        connector = connect_zalo(zalo, health, actor=reviewer)
        planned = [plan(item, connector, actor=reviewer) for item in items]
        zalo.slow_seconds = 0.5
        zalo.order("create", *FAULTS)
        assert run(zalo, 0) == [{"unknown": len(FAULTS)}]
        assert len(zalo.articles) == len(LOST)
        run(zalo, *IN_DOUBT[1:])
        assert {fault: state_of(job) for fault, job in zip(FAULTS, planned, strict=True)} == dict.fromkeys(
            FAULTS, "done"
        )
        assert {job.remote_id for job in planned} == {article["id"] for article in zalo.articles}
        assert (len(zalo.articles), Publication.objects.count()) == (len(FAULTS), len(FAULTS))

    def test_it_is_not_posted_again_before_ten_minutes_of_looking(self, on_facebook, facebook):
        facebook.order("feed", "cut_before")
        assert run(facebook, 0, 3, 5, 9) == [{"unknown": 1}, {"unknown": 1}, {}, {}]
        assert facebook.count("feed") == 1

    def test_a_look_that_fails_concludes_nothing(self, on_facebook, facebook):
        facebook.order("feed", "cut_after")
        facebook.order("published_posts", "500", "bad_json", "cut_before")
        run(facebook, 0, 3, 30, 60, 100)
        assert (state_of(on_facebook), len(facebook.posts)) == ("done", 1)

    def test_a_doubt_that_lasts_is_told(self, on_facebook, facebook, reviewer):
        facebook.order("feed", "cut_after")
        facebook.order("published_posts", *["500"] * 6)
        run(facebook, 0, 3, 30, 90, 200, 300)
        assert (state_of(on_facebook), Notice.objects.filter(recipient=reviewer, key__contains="doubt").count()) == (
            "unknown",
            1,
        )

    def test_the_same_title_of_another_article_is_not_taken_for_ours(self, on_zalo, zalo):
        zalo.create_by_hand(title="Tiêm chủng mở rộng", description="Bài khác của OA.")
        zalo.order("create", "cut_before")
        run(zalo, *IN_DOUBT)
        assert (state_of(on_zalo), len(zalo.articles)) == ("done", 2)

    def test_a_post_of_another_job_is_not_taken_for_ours(self, on_facebook, facebook, health, health_focal, reviewer):
        """Two items with the same words: one is there, the other's answer was lost before it was posted."""
        run(facebook, 0)
        made = builders.submit_item(
            builders.quota_of(health), actor=health_focal, title="Tiêm chủng mở rộng", body="Đoạn một.\n\nĐoạn <hai>."
        )
        twin = plan(builders.approve_item(made, actor=reviewer), on_facebook.channel.connector, actor=reviewer)
        facebook.order("feed", "cut_before")
        run(facebook, *[minute + 1 for minute in IN_DOUBT])
        assert (state_of(twin), len(facebook.posts)) == ("done", 2)

    def test_negative_control_posting_again_without_a_look_posts_twice(self, on_facebook, facebook, monkeypatch):
        monkeypatch.setattr(jobs, "look", jobs.publish)
        facebook.order("feed", "cut_after")
        run(facebook, 0, 3)
        assert len(facebook.posts) == 2, "the rig does not see the second post"

    def test_the_oa_has_too_many_new_articles_to_be_sure(self, on_zalo, zalo):
        zalo.order("create", "cut_before")
        for number in range(60):
            zalo.create_by_hand(title=f"Bài {number}")
        run(zalo, *IN_DOUBT)
        assert (state_of(on_zalo), zalo.count("create")) == ("unknown", 1)


class TestTwoWorkers:
    def test_a_second_worker_in_the_middle_of_the_call_finds_nothing(self, on_facebook, facebook, monkeypatch):
        assert self.both(facebook, monkeypatch) == [{}, {"done": 1}]
        assert len(facebook.posts) == 1

    def test_negative_control_without_the_claim_both_post(self, on_facebook, facebook, monkeypatch):
        monkeypatch.setattr(jobs, "claim", lambda job, now: True)
        self.both(facebook, monkeypatch)
        assert len(facebook.posts) == 2, "the harness does not see the race"

    def both(self, facebook, monkeypatch):
        """One worker begins, and while its request is on the way the other makes a whole pass."""
        passes, real = [], wire.call

        def call(method, url, **request):
            if url.endswith("/feed") and not passes:
                passes.append({})
                passes[0] = dict(jobs.publish_due(NOW))
            return real(method, url, **request)

        monkeypatch.setattr(wire, "call", call)
        passes.append(dict(jobs.publish_due(NOW)))
        return passes

    def test_a_worker_that_wakes_after_its_lease_changes_nothing(self, on_facebook, facebook):
        assert jobs.claim(on_facebook, NOW)
        slow = PublicationJob.objects.get(pk=on_facebook.pk)
        assert run(facebook, 4) == [{"unknown": 1}]
        ending = jobs.carry_out(slow, NOW)
        assert (len(facebook.posts), jobs.finish(slow, ending, NOW)) == (1, "")
        run(facebook, 7)
        assert (state_of(on_facebook), len(facebook.posts)) == ("done", 1)

    def test_a_worker_that_died_before_sending_is_made_good(self, on_facebook, facebook):
        assert jobs.claim(on_facebook, NOW)
        assert run(facebook, 1, 4) == [{}, {"unknown": 1}]
        run(facebook, 7, 15, 16)
        assert (state_of(on_facebook), len(facebook.posts)) == ("done", 1)


class TestTokens:
    def test_an_expired_token_is_exchanged_once_and_the_call_repeated(self, on_zalo, zalo):
        zalo.expire()
        assert run(zalo, 0, 1.1) == [{"checking": 1}, {"done": 1}]
        assert (zalo.count("token"), zalo.count("create"), len(zalo.articles)) == (1, 2, 1)
        kept = Connector.objects.get()
        assert sealing.unseal(kept.sealed_access_token) in zalo.access
        assert timedelta() <= kept.token_expires_at - NOW - timedelta(hours=25) < timedelta(seconds=30)

    def test_a_known_end_is_not_waited_for(self, on_zalo, zalo):
        Connector.objects.update(token_expires_at=NOW + timedelta(minutes=5))
        run(zalo, 0)
        assert [name for name, _ in zalo.calls] == ["token", "create"]

    def test_the_pair_is_committed_before_it_is_used(self, on_zalo, zalo, monkeypatch):
        zalo.expire()
        seen, real = [], wire.call

        def call(method, url, **request):
            if url.endswith("/create"):
                kept = sealing.unseal(Connector.objects.get().sealed_access_token)
                seen.append(request["headers"]["access_token"] == kept)
            return real(method, url, **request)

        monkeypatch.setattr(wire, "call", call)
        run(zalo, 0)
        assert seen == [True, True]

    def test_two_workers_at_once_exchange_once(self, on_zalo, zalo, monkeypatch):
        """While one exchanges, the other waits instead of spending the refresh token a second time."""
        zalo.expire()
        connector, real, others = Connector.objects.get(), wire.call, []
        stale = sealing.unseal(connector.sealed_access_token)

        def call(method, url, **request):
            if url.endswith("access_token") and not others:
                with pytest.raises(Refused) as refusal:
                    tokens.renew(Connector.objects.get(), stale, NOW)
                others.append(refusal.value.kind)
            return real(method, url, **request)

        monkeypatch.setattr(wire, "call", call)
        fresh = tokens.renew(connector, stale, NOW)
        assert (others, zalo.count("token"), fresh in zalo.access) == (["rate"], 1, True)
        assert tokens.renew(Connector.objects.get(), stale, NOW) == fresh

    def test_a_spent_refresh_token_stops_the_connector_and_says_what_to_do(self, on_zalo, zalo, reviewer):
        zalo.expire()
        zalo.refresh = dict.fromkeys(zalo.refresh, True)
        run(zalo, 0, 1.1, 2.2)
        connector = Connector.objects.get()
        assert "Hãy cấp quyền lại" in connector.halted_reason
        assert (zalo.count("token"), state_of(on_zalo)) == (1, "planned")
        assert Notice.objects.filter(recipient=reviewer, url=reverse("connector", args=[on_zalo.channel_id])).exists()

    @pytest.mark.parametrize("fault", ["cut_before", "bad_json"])
    def test_a_lost_exchange_is_tried_again_and_nothing_is_in_doubt(self, fault, on_zalo, zalo):
        zalo.expire()
        zalo.order("token", fault)
        if fault == "bad_json":
            assert run(zalo, 0, 3) == [{"planned": 1}, {"planned": 1}]
            assert Connector.objects.get().halted_at
            return
        assert run(zalo, 0, 3, 5) == [{"planned": 1}, {"checking": 1}, {"done": 1}]

    def test_a_page_token_that_is_over_stops_the_connector(self, on_facebook, facebook):
        facebook.token = "EAABanother"
        run(facebook, 0, 2)
        assert (facebook.count("feed"), state_of(on_facebook)) == (1, "planned")
        assert "dán vào trang kết nối" in Connector.objects.get().halted_reason

    def test_no_secret_is_written_anywhere(self, on_facebook, facebook, zalo, health, reviewer, caplog, item):
        """Both platforms repeat the token in their refusal."""
        secrets = [facebook.token, *zalo.refresh, *zalo.access]
        zalo_job = plan(item, connect_zalo(zalo, health, actor=reviewer), actor=reviewer)
        secrets += [*zalo.refresh, *zalo.access]
        facebook.token, zalo.access = "EAABanother", {}
        zalo.refresh = dict.fromkeys(zalo.refresh, True)
        run(facebook, 0)
        rows = [*Connector.objects.values_list(), *PublicationJob.objects.values_list()]
        rows += [*Notice.objects.values_list(), *zalo_job.notes.values_list(), *on_facebook.notes.values_list()]
        rows += [*Connector.history.values_list()]
        written = repr(rows) + caplog.text
        assert [secret for secret in secrets if secret in written] == []


class TestRefusals:
    def test_zalo_refuses_with_http_200(self, on_zalo, zalo):
        failed, later, unknown = (-201, -210, -248, -999), (-32, -234), (-100,)
        halted = (-209, -212, -219, -221, -223, -224, -235, -320, -321)
        for codes, ending in ((failed, "failed"), (later, "planned"), (unknown, "unknown"), (halted, "planned")):
            for code in codes:
                self.once_more(on_zalo)
                zalo.order("create", (200, {}, {"error": code, "message": "No"}))
                assert (code, run(zalo, 0)) == (code, [{ending: 1}])
                assert (code, bool(Connector.objects.get().halted_at)) == (code, code in halted)
        assert zalo.articles == []

    def test_facebook_refuses_with_http_400(self, on_facebook, facebook):
        failed, later, unknown, halted = (100, 506), (4, 17, 32, 80001), (1, 2), (10, 200, 299, 368)
        for codes, ending in ((failed, "failed"), (later, "planned"), (unknown, "unknown"), (halted, "planned")):
            for code in codes:
                self.once_more(on_facebook)
                facebook.order("feed", facebook_api.no(code, "No"))
                assert (code, run(facebook, 0)) == (code, [{ending: 1}])
                assert (code, bool(Connector.objects.get().halted_at)) == (code, code in halted)
        assert facebook.posts == []

    def once_more(self, job):
        values = {"state": "planned", "next_at": NOW, "ended_at": None, "settled_at": None, "doubted_at": None}
        PublicationJob.objects.filter(pk=job.pk).update(**values)
        Connector.objects.update(halted_at=None, halted_reason="", paused_until=None)

    def test_a_limit_is_waited_out_as_told(self, on_facebook, facebook):
        usage = '{"112233445566": [{"call_count": 100, "estimated_time_to_regain_access": 45}]}'
        facebook.order("feed", facebook_api.no(32, "Limit", headers={"X-Business-Use-Case-Usage": usage}))
        assert run(facebook, 0, 44, 46) == [{"planned": 1}, {}, {"done": 1}]

    def test_429_rests_the_whole_connector(self, on_zalo, zalo):
        zalo.order("create", (429, {"Retry-After": "300"}, b""))
        assert run(zalo, 0, 4, 6) == [{"planned": 1}, {}, {"checking": 1}]

    def test_a_duplicate_is_found_and_not_posted_again(self, on_facebook, facebook):
        facebook.refuses_twins = True
        facebook.order("feed", "cut_after")
        run(facebook, 0)
        PublicationJob.objects.update(state="planned", next_at=NOW)
        assert run(facebook, 1) == [{"done": 1}]
        assert (len(facebook.posts), facebook.count("feed")) == (1, 2)

    def test_a_stopped_connector_goes_on_when_told(self, on_zalo, zalo, administrator):
        zalo.order("create", (200, {}, {"error": -223, "message": "Quota"}))
        assert run(zalo, 0, 5, 30) == [{"planned": 1}, {}, {}]
        Connector.objects.get().resume(actor=administrator)
        assert run(zalo, 31, 33) == [{"checking": 1}, {"done": 1}]
        assert len(zalo.articles) == 1

    def test_an_article_without_any_picture_is_refused_in_words(self, on_zalo, zalo):
        Connector.objects.update(default_cover_url="")
        assert run(zalo, 0) == [{"failed": 1}]
        on_zalo.refresh_from_db()
        assert ("ảnh bìa" in on_zalo.last_error, zalo.calls) == (True, [])

    def test_no_connection_is_tried_for_a_day_then_left_to_people(self, on_facebook, facebook, settings, reviewer):
        settings.FACEBOOK_API = "http://127.0.0.1:9/v26.0"
        assert run(facebook, 0, 2, 10, 60 * 24 + 1) == [{"planned": 1}] * 3 + [{"failed": 1}]
        assert Notice.objects.filter(recipient=reviewer, url=reverse("job", args=[on_facebook.pk])).count() == 1


class TestBroadcast:
    @pytest.fixture
    def loud(self, zalo, item, health, reviewer):
        return plan(item, connect_zalo(zalo, health, actor=reviewer), actor=reviewer, is_broadcast=True)

    def test_followers_are_told_once_after_the_article_is_there(self, loud, zalo):
        assert run(zalo, 0, 1.1, 1.2) == [{"checking": 1}, {"checking": 1}, {"done": 1}]
        assert zalo.broadcasts == [zalo.articles[0]["id"]]
        assert Publication.objects.count() == 1

    def test_a_lost_answer_is_never_sent_again(self, loud, zalo):
        zalo.order("broadcast", "cut_after")
        run(zalo, 0, 1.1, 1.2, 5, 20)
        assert (state_of(loud), len(zalo.broadcasts)) == ("done", 1)

    def test_at_night_it_waits_for_six_o_clock(self, loud, zalo):
        evening = 13 * 60  # 22:00
        PublicationJob.objects.update(
            wanted_at=NOW + timedelta(minutes=evening), next_at=NOW + timedelta(minutes=evening)
        )
        run(zalo, evening, evening + 2, evening + 3)
        assert (state_of(loud), zalo.count("broadcast")) == ("checking", 0)
        assert run(zalo, evening + 479, evening + 480) == [{}, {"done": 1}]
        assert len(zalo.broadcasts) == 1

    def test_zalo_refuses_the_hour_itself(self, loud, zalo):
        zalo.order("broadcast", (200, {}, {"error": -234, "message": "Night"}))
        run(zalo, 0, 1.1, 1.2)
        loud.refresh_from_db()
        assert (loud.state, loud.next_at, loud.broadcast_at) == (
            "checking",
            NOW.replace(hour=6) + timedelta(days=1),
            None,
        )

    def test_a_tier_without_broadcasts_does_not_undo_the_article(self, loud, zalo, reviewer):
        zalo.order("broadcast", (200, {}, {"error": -224, "message": "Tier"}))
        run(zalo, 0, 1.1, 1.2)
        assert (state_of(loud), Connector.objects.get().halted_at) == ("done", None)
        assert "chưa gửi được cho người quan tâm" in loud.last_error
        assert Notice.objects.filter(recipient=reviewer).count() >= 1


class TestPeople:
    def test_a_hand_that_was_faster_is_believed(self, on_facebook, facebook, item, reviewer):
        url = "https://www.facebook.com/kenhthu/posts/9"
        item.publish(actor=reviewer, channel=on_facebook.channel, url=url, now=NOW)
        assert run(facebook, 0) == [{"done": 1}]
        assert (facebook.calls, Publication.objects.count()) == ([], 1)

    def test_a_retry_looks_first(self, on_facebook, facebook, reviewer):
        facebook.order("feed", facebook_api.no(100, "No"))
        run(facebook, 0)
        on_facebook.refresh_from_db()
        on_facebook.retry(actor=reviewer, now=NOW + timedelta(minutes=20))
        run(facebook, 20, 21)
        assert [name for name, _ in facebook.calls][:3] == ["feed", "published_posts", "feed"]
        assert (state_of(on_facebook), len(facebook.posts)) == ("done", 1)

    def test_the_plan_sent_twice_is_one_job_and_another_is_refused(
        self, on_facebook, facebook, item, reviewer, administrator
    ):
        for later in (timedelta(0), timedelta(seconds=2)):
            assert plan(item, on_facebook.channel.connector, actor=reviewer, now=NOW + later) == on_facebook
        with pytest.raises(ValidationError):
            plan(item, on_facebook.channel.connector, actor=administrator)
        on_facebook.cancel(actor=reviewer, now=NOW)
        assert plan(item, on_facebook.channel.connector, actor=administrator) != on_facebook

    def test_what_may_be_done_in_which_state(self, on_facebook, facebook, reviewer):
        url = "https://www.facebook.com/kenhthu/posts/9"
        acts = {
            "cancel": lambda job: job.cancel(actor=reviewer, now=NOW),
            "retry": lambda job: job.retry(actor=reviewer, now=NOW),
            "give_up": lambda job: job.give_up(actor=reviewer, now=NOW),
            "by_hand": lambda job: job.posted_by_hand(actor=reviewer, url=url, now=NOW),
        }
        facebook.order("feed", "cut_after")
        run(facebook, 0)
        allowed = {}
        for state in ("planned", "unknown", "failed", "cancelled"):
            PublicationJob.objects.update(state=state, ended_at=NOW if state in ("failed", "cancelled") else None)
            for name, act in acts.items():
                point = transaction.savepoint()
                try:
                    act(PublicationJob.objects.get(pk=on_facebook.pk))
                    allowed.setdefault(state, set()).add(name)
                except ValidationError:
                    pass
                transaction.savepoint_rollback(point)
        hands = {"retry", "give_up", "by_hand"}
        assert allowed == {"planned": {"cancel"}, "unknown": hands, "failed": hands}

    def test_a_withdrawn_right_of_the_item_cancels_the_job(self, on_facebook, facebook, item):
        ContentItem.objects.filter(pk=item.pk).update(status="withdrawn")
        assert run(facebook, 0) == [{"cancelled": 1}]
        assert facebook.calls == []


class TestKeys:
    def test_without_a_key_nothing_is_kept_and_nothing_goes_on(self, settings, facebook, health, reviewer):
        connector = connect_facebook(facebook, health, actor=reviewer, is_on=False)
        for keys in ([], ["ngắn"]):
            settings.CONNECTOR_KEYS = keys
            with pytest.raises(ValidationError, match="CONNECTOR_KEY"):
                connector.switch_on(actor=reviewer)
            with pytest.raises(ValidationError, match="CONNECTOR_KEY"):
                connect_facebook(facebook, health, actor=reviewer)

    def test_an_old_key_still_opens_behind_a_new_one(self, settings):
        sealed = sealing.seal("bí mật")
        settings.CONNECTOR_KEYS = [Fernet.generate_key().decode(), *settings.CONNECTOR_KEYS]
        assert sealing.unseal(sealed) == "bí mật"

    def test_a_lost_key_stops_the_connector_in_words(self, on_facebook, facebook, settings):
        settings.CONNECTOR_KEYS = [Fernet.generate_key().decode()]
        run(facebook, 0)
        assert (facebook.calls, "CONNECTOR_KEY" in Connector.objects.get().halted_reason) == ([], True)

    def test_the_check_names_the_account_and_its_followers(self, on_zalo, on_facebook, zalo, facebook):
        found = {row.provider: checking.check(row, NOW) for row in Connector.objects.all()}
        assert (found["zalo"].followers, found["facebook"].followers) == (1520, 830)
        assert found["zalo"].id == OA

    def test_a_token_of_another_account_is_refused(self, on_facebook, facebook):
        connector = Connector.objects.get()
        connector.account_id = "998877665544"
        facebook.order("post", (200, {}, {"id": facebook_api.PAGE, "name": "Trang khác"}))
        with pytest.raises(ValidationError, match="Trang khác"):
            checking.check(connector, NOW)


class TestWire:
    def test_an_address_in_the_clear_is_refused_unless_it_is_this_machine(self):
        for url in ("http://graph.facebook.com/x", "ftp://127.0.0.1/x", "http://127.0.0.1.evil.example/x"):
            with pytest.raises(ValueError, match="https"):
                wire.call("GET", url)

    def test_a_refused_connection_is_known_not_to_have_sent(self):
        with pytest.raises(NotSent):
            wire.call("GET", "http://127.0.0.1:9/x")

    def test_redirects_are_not_followed_and_a_drip_is_cut(self, facebook, quick):
        facebook.order("unknown", "redirect", "drip")
        for _ in range(2):
            with pytest.raises(AnswerLost):
                wire.call("GET", f"{facebook.url}/x")
        assert len(facebook.calls) == 2


class TestConstraints:
    def test_the_database_refuses_half_a_job(self, on_facebook):
        halves = [
            {"state": "publishing"},
            {"state": "done", "ended_at": NOW},
            {"state": "failed"},
            {"ended_at": NOW},
            {"state": "unknown"},
            {"broadcast_at": NOW},
            {"lease_until": NOW},
        ]
        refused = [values for values in halves if not self.kept(PublicationJob.objects.all(), values)]
        assert refused == halves

    def test_the_database_refuses_half_a_connector(self, on_facebook):
        halves = [
            {"sealed_access_token": ""},
            {"account_id": ""},
            {"halted_at": NOW},
            {"halted_reason": "x"},
            {"renewing_until": NOW},
        ]
        refused = [values for values in halves if not self.kept(Connector.objects.all(), values)]
        assert refused == halves

    def kept(self, rows, values) -> bool:
        try:
            with transaction.atomic():
                rows.update(**values)
        except IntegrityError:
            return False
        return True

    def test_a_zalo_connector_on_needs_its_app_and_refresh_token(self, on_zalo):
        for name in ("app_id", "sealed_app_secret", "sealed_refresh_token"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Connector.objects.update(**{name: ""})

    def test_one_live_job_and_one_owner_of_a_post(self, on_facebook, facebook):
        copy = PublicationJob.objects.get(pk=on_facebook.pk)
        copy.pk, copy.key = None, "8f3c1d7e-5a27-4b1e-9d55-0123456789ab"
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)
        copy.state, copy.ended_at, copy.remote_id = JobState.CANCELLED, NOW, "1_2"
        copy.save(force_insert=True)
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicationJob.objects.filter(pk=on_facebook.pk).update(remote_id="1_2")

    def test_words_are_cut_between_words(self):
        assert composing.shortened("một hai ba bốn", 10) == "một hai…"
