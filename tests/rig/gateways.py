"""The stand-ins of the message providers, with the portal's settings pointed at them for one test."""

from contextlib import contextmanager

from cryptography.fernet import Fernet

from tests.rig import esms_api, speedsms_api, zalo_api
from tests.rig.esms_api import EsmsApi
from tests.rig.speedsms_api import SpeedSmsApi
from tests.rig.zalo_api import ZaloApi


def quick(settings, name, per_second=200, per_day=0):
    limits = {"per_second": per_second, "per_day": per_day}
    settings.MESSAGE_LIMITS = settings.MESSAGE_LIMITS | {name: limits}


@contextmanager
def esms_for(settings):
    with EsmsApi() as api:
        settings.ESMS_API = api.url
        settings.ESMS_API_KEY, settings.ESMS_SECRET_KEY = esms_api.KEY, esms_api.SECRET
        settings.ESMS_BRANDNAME = esms_api.BRANDNAME
        quick(settings, "esms")
        yield api


@contextmanager
def speedsms_for(settings):
    with SpeedSmsApi() as api:
        settings.SPEEDSMS_API, settings.SPEEDSMS_TOKEN = api.url, speedsms_api.TOKEN
        settings.SPEEDSMS_SENDER = speedsms_api.SENDER
        quick(settings, "speedsms")
        yield api


@contextmanager
def zbs_for(settings, now):
    with ZaloApi(now=now) as api:
        settings.ZBS_API = settings.ZALO_OAUTH = api.url
        settings.CONNECTOR_KEYS = [Fernet.generate_key().decode()]
        settings.ZBS_APP_ID, settings.ZBS_APP_SECRET = zalo_api.APP, zalo_api.SECRET
        settings.ZBS_TEMPLATE, settings.ZBS_REFRESH_TOKEN = zalo_api.TEMPLATE, api.grant()[1]
        quick(settings, "zbs")
        yield api
