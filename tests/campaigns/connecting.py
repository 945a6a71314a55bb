"""Connected channels and jobs for the tests of publishing: everything through forms of the verbs, on a stand-in platform."""

from datetime import timedelta

from campaigns.models import Connector, PublicationJob
from campaigns.publishing import composing, jobs
from tests import builders
from tests.builders import NOW
from tests.rig import facebook_api, zalo_api

COVER = "https://kenh.tinh.example/anh-bia.jpg"


def connect_zalo(api, agency, *, actor, is_on=True, **facts):
    """A Zalo OA with a connector that holds a fresh pair."""
    channel = builders.make_channel(agency, actor=actor, kind="zalo_oa", url=f"https://zalo.me/{zalo_api.OA}")
    access, refresh = api.grant()
    facts = {"account_id": zalo_api.OA, "app_id": zalo_api.APP, "default_cover_url": COVER} | facts
    secrets = {"app_secret": zalo_api.SECRET, "access_token": access, "refresh_token": refresh}
    return switched(Connector.arrange(actor=actor, channel=channel, secrets=secrets, now=NOW, **facts), actor, is_on)


def connect_facebook(api, agency, *, actor, is_on=True, app_secret=""):
    """A Facebook page with a connector."""
    channel = builders.make_channel(agency, actor=actor)
    secrets = {"access_token": api.token, "app_secret": app_secret}
    facts = {"account_id": facebook_api.PAGE}
    return switched(Connector.arrange(actor=actor, channel=channel, secrets=secrets, now=NOW, **facts), actor, is_on)


def switched(connector, actor, is_on):
    if is_on:
        connector.switch_on(actor=actor)
    return connector


def plan(item, connector, *, actor, now=NOW, **fields):
    version = item.versions.get(is_accepted=True)
    return PublicationJob.plan(
        actor=actor,
        item=item,
        channel=connector.channel,
        title=version.title,
        text=composing.caption(item, version),
        now=now,
        **fields,
    )


def run(api, *minutes):
    """Passes at these minutes after NOW, the platform's clock going along."""
    endings = []
    for minute in minutes:
        moment = NOW + timedelta(minutes=minute)
        api.now = moment
        endings.append(dict(jobs.publish_due(moment)))
    return endings
