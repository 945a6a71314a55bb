"""The keys of a connector: the access token of this moment, and the exchange that gives a new pair once.

A refresh token works a single time. One worker holds the exchange by a lease that is committed before the network is
touched; the new pair is committed before anybody uses it; the others wait for it.
"""

from datetime import timedelta

from campaigns.models.connector import Provider
from campaigns.publishing import zalo
from portal.lib import sealing
from portal.lib.platforms.answers import AnswerLost, Kind, NotSent, Refused

EARLY = timedelta(minutes=10)
LEASE = timedelta(seconds=60)
WAIT = timedelta(seconds=30)
PASTE_ANEW = "Mã truy cập không còn dùng được. Hãy lấy mã mới trên nền tảng, dán vào trang kết nối rồi cho chạy lại."


def with_token(connector, now, act):
    """Do `act(token)`; when the platform says that the token is over, exchange it and do it once more."""
    token = current(connector, now)
    try:
        return act(token)
    except Refused as refusal:
        if refusal.kind != Kind.EXPIRED:
            raise
    token = renew(connector, token, now)
    try:
        return act(token)
    except Refused as refusal:
        raise as_halt(refusal) if refusal.kind == Kind.EXPIRED else refusal from None


def current(connector, now) -> str:
    """The access token, exchanged in time when its end is known."""
    connector.refresh_from_db(fields=["sealed_access_token", "sealed_refresh_token", "token_expires_at"])
    token = unsealed(connector.sealed_access_token)
    if connector.token_expires_at and connector.token_expires_at - EARLY <= now:
        return renew(connector, token, now)
    return token


def renew(connector, stale: str, now) -> str:
    """A token other than `stale`: exchanged by us, or by the worker who was faster."""
    connector.refresh_from_db(fields=["sealed_access_token", "sealed_refresh_token"])
    known = unsealed(connector.sealed_access_token)
    if known != stale:
        return known
    if connector.provider != Provider.ZALO:
        raise Refused(Kind.HALT, "token", PASTE_ANEW)
    mine = connector.claim_renewal(now, LEASE)
    if not mine:
        raise Refused(Kind.RATE, "token", "Mã truy cập đang được đổi, lượt này chờ ít giây.", wait=WAIT)
    try:
        secrets = (unsealed(connector.sealed_app_secret), unsealed(connector.sealed_refresh_token))
        pair = zalo.exchange(connector.app_id, *secrets)
        expires_at = now + timedelta(seconds=pair.seconds)
        kept = connector.keep_pair(mine, access_token=pair.access, refresh_token=pair.refresh, expires_at=expires_at)
    except AnswerLost as fault:  # nothing of the post had left; the next try learns whether the old token is spent
        raise NotSent(str(fault)) from None
    finally:
        connector.release_renewal(mine)
    if not kept:
        raise Refused(Kind.RATE, "token", "Mã truy cập vừa được người khác đổi, lượt này chờ ít giây.", wait=WAIT)
    return pair.access


def unsealed(sealed) -> str:
    try:
        return sealing.unseal(sealed)
    except sealing.SealBroken:
        sentence = "CONNECTOR_KEY đã đổi nên không mở được khoá đã lưu. Hãy dán lại mã truy cập rồi cho chạy lại."
        raise Refused(Kind.HALT, "seal", sentence) from None


def as_halt(refusal):
    return Refused(Kind.HALT, refusal.code, PASTE_ANEW)
