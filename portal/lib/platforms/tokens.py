"""Tokens of a platform: the access token of this moment, and the exchange that gives a new pair once.

A refresh token works a single time. One worker holds the exchange by a lease that is committed before the network is
touched; the new pair is committed before anybody uses it; the others wait for it. `holder` is a row that keeps a pair
(`RotatingPair`): `can_renew`, and `app()` with id and secret of the application.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings

from portal.lib import sealing
from portal.lib.platforms import wire
from portal.lib.platforms.answers import AnswerLost, Kind, NotSent, Refused, clean, whole

EARLY = timedelta(minutes=10)
LEASE = timedelta(seconds=60)
WAIT = timedelta(seconds=30)
TOO_FAST = "Gọi Zalo quá nhiều lần trong một phút."
SPENT = "Zalo không nhận mã đổi (refresh token) nữa. Hãy cấp quyền lại cho ứng dụng, dán cặp mã mới rồi cho chạy lại."
PASTE_ANEW = "Mã truy cập không còn dùng được. Hãy lấy mã mới trên nền tảng, dán vào trang kết nối rồi cho chạy lại."


@dataclass(frozen=True)
class Pair:
    """What the exchange gives; `seconds` how long the access token lives."""

    access: str
    refresh: str
    seconds: int


def with_token(holder, now, act):
    """Do `act(token)`; when the platform says that the token is over, exchange it and do it once more."""
    token = current(holder, now)
    try:
        return act(token)
    except Refused as refusal:
        if refusal.kind != Kind.EXPIRED:
            raise
    token = renew(holder, token, now)
    try:
        return act(token)
    except Refused as refusal:
        raise as_halt(refusal) if refusal.kind == Kind.EXPIRED else refusal from None


def current(holder, now) -> str:
    """The access token, exchanged in time when its end is known."""
    holder.refresh_from_db(fields=["sealed_access_token", "sealed_refresh_token", "token_expires_at"])
    token = unsealed(holder.sealed_access_token)
    if not token or (holder.token_expires_at and holder.token_expires_at - EARLY <= now):
        return renew(holder, token, now)
    return token


def renew(holder, stale: str, now) -> str:
    """A token other than `stale`: exchanged by us, or by the worker who was faster."""
    holder.refresh_from_db(fields=["sealed_access_token", "sealed_refresh_token"])
    known = unsealed(holder.sealed_access_token)
    if known != stale:
        return known
    if not holder.can_renew:
        raise Refused(Kind.HALT, "token", PASTE_ANEW)
    mine = holder.claim_renewal(now, LEASE)
    if not mine:
        raise Refused(Kind.RATE, "token", "Mã truy cập đang được đổi, lượt này chờ ít giây.", wait=WAIT)
    try:
        pair = exchange(*holder.app(unsealed), unsealed(holder.sealed_refresh_token))
        expires_at = now + timedelta(seconds=pair.seconds)
        kept = holder.keep_pair(mine, access_token=pair.access, refresh_token=pair.refresh, expires_at=expires_at)
    except AnswerLost as fault:  # nothing of the post had left; the next try learns whether the old token is spent
        raise NotSent(str(fault)) from None
    finally:
        holder.release_renewal(mine)
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


def exchange(app_id, app_secret, refresh_token) -> Pair:
    """A new pair of Zalo for a refresh token, which is spent by it."""
    body = urlencode({"refresh_token": refresh_token, "app_id": app_id, "grant_type": "refresh_token"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "secret_key": app_secret}
    answer = wire.call("POST", f"{settings.ZALO_OAUTH}/v4/oa/access_token", headers=headers, body=body)
    data = answer.data
    if data.get("access_token") and data.get("refresh_token"):
        return Pair(str(data["access_token"]), str(data["refresh_token"]), whole(data.get("expires_in"), 90000))
    if answer.status == 429 or data.get("error") == -32:
        raise Refused(Kind.RATE, data.get("error", answer.status), TOO_FAST, wait=timedelta(minutes=1))
    said = clean(data.get("error_name") or data.get("message"), app_secret, refresh_token)
    raise Refused(Kind.HALT, data.get("error", answer.status), f"{SPENT} (Zalo: {said})")
