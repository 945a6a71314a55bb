"""The Graph interface of one Page as documented: errors with code and HTTP 400, forms for posts, multipart for pictures."""

import hashlib
import hmac
import json
import re
import uuid
from datetime import UTC, datetime

from tests.rig.http_api import Api

PAGE, VERSION = "112233445566", "/v26.0"
APP_SECRET = "bi-mat-cua-ung-dung-facebook"
JPEG = b"\xff\xd8\xff"


def no(code, message, status=400, headers=None):
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return status, headers or {}, {"error": error}


class FacebookApi(Api):
    """`posts` are what visitors of the page can see. The real one refuses the same words twice in a row (506)."""

    def __init__(self, now=None):
        super().__init__()
        self.now = now or datetime.now(UTC)
        self.posts, self.photos, self.token = [], {}, f"EAAB{uuid.uuid4().hex}"
        self.refuses_twins, self.demands_proof = False, False

    def route(self, call):
        if not call.path.startswith(f"{VERSION}/"):
            return "unknown", lambda call: no(2500, "Unknown path components")
        rest = call.path.removeprefix(f"{VERSION}/")
        known = {
            ("POST", f"{PAGE}/feed"): ("feed", self.feed),
            ("POST", f"{PAGE}/photos"): ("photos", self.upload),
            ("GET", f"{PAGE}/published_posts"): ("published_posts", self.published_posts),
            ("GET", PAGE): ("page", self.page),
        }
        name, act = known.get((call.method, rest), ("post", self.post))
        return name, self.signed(act)

    def signed(self, act):
        def check(call):
            values = {**call.query, **(call.form() if call.media_type.endswith("urlencoded") else {})}
            if call.media_type == "multipart/form-data":
                values |= parts_of(call)
            token = call.headers.get("authorization", "").removeprefix("Bearer ")
            if "access_token" in values or token != self.token:
                return no(190, f"Malformed access token {token}", status=401)
            proof = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
            given = values.pop("appsecret_proof", "")
            if (self.demands_proof or given) and given != proof:
                return no(100, "Invalid appsecret_proof provided in the API argument")
            return act(call, values)

        return check

    def page(self, call, values):
        fields = values.get("fields", "").split(",")
        known = {"id": PAGE, "name": "Trang thử nghiệm", "followers_count": 830}
        return 200, {}, {name: known[name] for name in fields if name in known}

    def feed(self, call, values):
        if call.media_type != "application/x-www-form-urlencoded":
            return no(100, "Parameters must be a form")
        if unknown := set(values) - {"message", "link", "attached_media", "published", "scheduled_publish_time"}:
            return no(100, f"Unknown parameters {unknown}")
        attached = json.loads(values.get("attached_media", "[]"))
        if "link" in values and attached:
            return no(100, "link and attached_media exclude each other")
        if not values.get("message") and not values.get("link") and not attached:
            return no(100, "The post is empty")
        if any(row.get("media_fbid") not in self.photos for row in attached):
            return no(100, "Invalid media_fbid")
        if self.refuses_twins and self.posts and self.posts[0]["message"] == values.get("message"):
            return no(506, "Duplicate status message")
        post_id = f"{PAGE}_{uuid.uuid4().int % 10**12}"
        self.posts.insert(
            0,
            {
                "id": post_id,
                "message": values.get("message", "").strip(),
                "created_time": self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "permalink_url": f"https://www.facebook.com/{post_id.replace('_', '/posts/')}",
                "photos": [row["media_fbid"] for row in attached],
                "link": values.get("link", ""),
            },
        )
        return 200, {}, {"id": post_id}

    def upload(self, call, values):
        if call.media_type != "multipart/form-data" or values.get("published") != "false":
            return no(100, "published=false and multipart are expected")
        if JPEG not in call.body:
            return no(324, "Missing or invalid image file")
        photo = str(uuid.uuid4().int % 10**12)
        self.photos[photo] = len(call.body)
        return 200, {}, {"id": photo}

    def published_posts(self, call, values):
        since, limit = int(values.get("since", 0)), int(values.get("limit", 25))
        if limit > 100:
            return no(100, "limit is too large")
        fields = values.get("fields", "").split(",")
        first = int(values.get("after") or 0)
        rows = [row for row in self.posts if moment_of(row) >= since]
        shown = [{name: row[name] for name in fields if name in row} for row in rows[first : first + limit]]
        paging = {"cursors": {"after": str(first + limit)}}
        if len(rows) > first + limit:
            paging["next"] = f"{self.url}/elsewhere"
        return 200, {}, {"data": shown, "paging": paging if shown else {}}

    def post(self, call, values):
        found = [row for row in self.posts if call.path == f"{VERSION}/{row['id']}"]
        if not found or call.method != "GET":
            return no(100, "Unsupported request")
        return 200, {}, {"permalink_url": found[0]["permalink_url"], "id": found[0]["id"]}


def moment_of(row):
    return datetime.strptime(row["created_time"], "%Y-%m-%dT%H:%M:%S%z").timestamp()


def parts_of(call):
    """Text fields of a multipart body."""
    found = re.findall(rb'form-data; name="(\w+)"\r\n\r\n(.*?)\r\n--', call.body, re.S)
    return {name.decode(): value.decode() for name, value in found}
