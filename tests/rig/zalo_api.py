"""Zalo's OA interface as documented: header `access_token`, HTTP 200 with `error`, refresh tokens that work once."""

import json
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

from tests.rig.esms_api import MOBILE
from tests.rig.http_api import Api

ARTICLE_FIELDS = {"type", "title", "author", "cover", "description", "body", "status", "comment", "tracking_link"}
APP, SECRET, OA = "1234567890", "bi-mat-cua-ung-dung", "2468013579246801357"
TOKEN_SECONDS = 90000
TEMPLATE, TEMPLATE_FIELDS = "417512", {"ten", "viec", "don_vi", "han", "con_lai", "ma"}


def ok(**data):
    return (
        200,
        {"X-RateLimit-Limit": "4000", "X-RateLimit-Remain": "3999"},
        {"error": 0, "message": "Success", "data": data},
    )


def no(code, message):
    return 200, {"X-RateLimit-Limit": "4000", "X-RateLimit-Remain": "3999"}, {"error": code, "message": message}


class ZaloApi(Api):
    """`articles` are what followers can see; `broadcasts` what was sent to them. `now` is the platform's clock."""

    def __init__(self, now=None, processing=0):
        super().__init__()
        self.now = now or datetime.now(UTC)
        self.processing = processing
        self.articles, self.broadcasts, self.pending = [], [], {}
        self.access, self.refresh = {}, {}
        self.follower_count = 1520
        self.messages, self.sent, self.money, self.quota = [], Counter(), 1_000_000, 1000
        self.no_zalo, self.admins = set(), set()

    def grant(self):
        """What an administrator gets by consent: a pair."""
        access, refresh = f"at-{uuid.uuid4().hex}", f"rt-{uuid.uuid4().hex}"
        self.access[access] = self.now + timedelta(seconds=TOKEN_SECONDS)
        self.refresh[refresh] = False
        return access, refresh

    def expire(self):
        """All access tokens come to their end at once."""
        self.access = dict.fromkeys(self.access, self.now)

    def route(self, call):
        known = {
            "/v4/oa/access_token": ("token", "POST", self.exchange),
            "/v2.0/oa/getoa": ("getoa", "GET", self.getoa),
            "/v2.0/article/create": ("create", "POST", self.create),
            "/v2.0/article/verify": ("verify", "POST", self.verify),
            "/v2.0/article/getslice": ("getslice", "GET", self.getslice),
            "/v2.0/article/getdetail": ("getdetail", "GET", self.getdetail),
            "/v2.0/oa/message": ("broadcast", "POST", self.broadcast),
            "/message/template": ("template", "POST", self.template),
        }
        name, method, act = known.get(call.path, ("unknown", call.method, lambda call: (404, {}, b"not found")))
        if call.method != method:
            return name, lambda call: (405, {"Allow": method}, {"error": 405, "message": "Method not allowed"})
        return name, act if name in ("token", "unknown") else self.signed(act)

    def signed(self, act):
        def check(call):
            token = call.headers.get("access_token")
            if "access_token" in call.query or token not in self.access:
                return no(-216, f"Access token is invalid: {token}")
            if self.access[token] <= self.now:
                return no(-220, "Access token is expired")
            return act(call)

        return check

    def exchange(self, call):
        form = call.form()
        if call.media_type != "application/x-www-form-urlencoded":
            return 200, {}, {"error": -14001, "error_name": "Invalid content type"}
        if call.headers.get("secret_key") != SECRET or form.get("app_id") != APP:
            return 200, {}, {"error": -14004, "error_name": "Invalid secret key or app id"}
        if form.get("grant_type") != "refresh_token":
            return 200, {}, {"error": -14002, "error_name": "Invalid grant type"}
        spent = self.refresh.get(form.get("refresh_token"))
        if spent is not False:
            return 200, {}, {"error": -14014, "error_name": f"Invalid refresh token {form.get('refresh_token')}"}
        self.refresh[form["refresh_token"]] = True
        access, refresh = self.grant()
        return 200, {}, {"access_token": access, "refresh_token": refresh, "expires_in": str(TOKEN_SECONDS)}

    def getoa(self, call):
        return ok(oa_id=OA, name="Tỉnh thử nghiệm", num_follower=self.follower_count, is_verified=True)

    def create(self, call):
        article = json_of(call)
        if fault := fault_of_article(article):
            return no(-201, fault)
        token = f"article-{uuid.uuid4().hex}"
        row = {**article, "id": uuid.uuid4().hex[:16], "create_date": int(self.now.timestamp() * 1000)}
        row["link_view"] = f"https://rd.zapps.vn/detail/{OA}?id={row['id']}"
        self.pending[token] = [self.processing, row]
        self.articles.insert(0, row)
        return ok(token=token)

    def create_by_hand(self, title, description="Bài của OA."):
        """Somebody writes an article in Zalo's own manager."""
        row = {
            "id": uuid.uuid4().hex[:16],
            "type": "normal",
            "title": title,
            "description": description,
            "status": "show",
        }
        row |= {
            "create_date": int(self.now.timestamp() * 1000),
            "link_view": f"https://rd.zapps.vn/detail/{OA}?id={row['id']}",
        }
        self.articles.insert(0, row)

    def verify(self, call):
        body = json_of(call)
        if set(body) != {"token"} or body["token"] not in self.pending:
            return no(-201, "token is invalid")
        waiting = self.pending[body["token"]]
        if waiting[0] > 0:
            waiting[0] -= 1
            return no(-214, "Media is being processed")
        return ok(id=waiting[1]["id"])

    def getslice(self, call):
        query = call.query
        if set(query) != {"offset", "limit", "type"} or query["type"] not in ("normal", "video"):
            return no(-201, "type accept only 2 value normal and video.")
        first, limit = int(query["offset"]), int(query["limit"])
        if not 0 < limit <= 10:
            return no(-201, "limit must be between 1 and 10")
        fields = ("id", "type", "title", "status", "create_date", "link_view")
        rows = [{name: row[name] for name in fields} for row in self.articles[first : first + limit]]
        return ok(medias=rows, total=len(self.articles))

    def getdetail(self, call):
        found = [row for row in self.articles if row["id"] == call.query.get("id")]
        return ok(**found[0]) if found else no(-201, "id is invalid")

    def template(self, call):
        """A ZBS message by phone. The same tracking_id twice is two messages, as in life: `sent` counts them."""
        body = json_of(call)
        if set(body) - {"mode"} != {"phone", "template_id", "template_data", "tracking_id"}:
            return no(-122, "Body format is invalid")
        if not isinstance(body["phone"], str) or not MOBILE.fullmatch(body["phone"]):
            return no(-108, "Phone number is invalid")
        if body["template_id"] != TEMPLATE:
            return no(-109, "Template ID is invalid")
        if set(body["template_data"]) != TEMPLATE_FIELDS:
            return no(-1122, "Template data is missing a parameter")
        if not all(isinstance(value, str) and 0 < len(value) <= 100 for value in body["template_data"].values()):
            return no(-1124, "Template data exceeds the length")
        if not 0 < len(str(body["tracking_id"])) <= 48:
            return no(-132, "Parameter is invalid")
        if body.get("mode") == "development" and body["phone"] not in self.admins:
            return no(-127, "Template test can only be sent to admins")
        if body["phone"] in self.no_zalo:
            return no(-118, "Zalo account is not existed")
        if self.quota <= 0:
            return no(-144, "OA has exceeded its daily quota")
        if self.money <= 0:
            return no(-137, "Payment failed")
        self.money, self.quota = self.money - 300, self.quota - 1
        self.messages.append(body)
        self.sent[body["tracking_id"]] += 1
        message_id = uuid.uuid4().hex[:20]
        return ok(msg_id=message_id, sent_time=str(int(self.now.timestamp() * 1000)), quota={"remainingQuota": "1"})

    def broadcast(self, call):
        body = json_of(call)
        try:
            payload = body["message"]["attachment"]["payload"]
            elements = payload["elements"]
            right = body["recipient"]["target"] == {} and payload["template_type"] == "media" and len(elements) <= 5
            ids = [row["attachment_id"] for row in elements if row["media_type"] == "article"]
        except (KeyError, TypeError):
            return no(-201, "message is invalid")
        if not right or not set(ids) <= {row["id"] for row in self.articles} or not ids:
            return no(-201, "attachment is invalid")
        local = (self.now + timedelta(hours=7)).astimezone(UTC)
        if local.hour >= 22 or local.hour < 6:
            return no(-234, "Broadcast is not allowed from 22:00 to 06:00")
        self.broadcasts.extend(ids)
        return ok(message_id=uuid.uuid4().hex)


def json_of(call):
    """The JSON object of a request; {} when it is not sent as one."""
    if call.media_type != "application/json":
        return {}
    try:
        body = json.loads(call.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def fault_of_article(article):
    """What Zalo would say of an article; "" when it takes it."""
    if set(article) - ARTICLE_FIELDS:
        return f"unknown fields {set(article) - ARTICLE_FIELDS}"
    limits = (("title", 150), ("author", 50), ("description", 300))
    for name, longest in limits:
        if not isinstance(article.get(name), str) or not 0 < len(article[name]) <= longest:
            return f"{name} is invalid"
    cover = article.get("cover") or {}
    if cover.get("cover_type") != "photo" or cover.get("status") != "show" or not is_address(cover.get("photo_url")):
        return "cover is required"
    if article.get("type") != "normal" or article.get("status") not in ("show", "hide"):
        return "type or status is invalid"
    body = article.get("body")
    if not isinstance(body, list) or not body or not all(fits(part) for part in body):
        return "body is invalid"
    return ""


def is_address(value):
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def fits(part):
    if part.get("type") == "text":
        return set(part) == {"type", "content"} and bool(part["content"])
    return part.get("type") == "image" and is_address(part.get("url"))
