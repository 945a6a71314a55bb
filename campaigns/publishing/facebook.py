"""Facebook Pages through the Graph interface: a post on the page's feed, with pictures or with a link."""

import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings

from portal.lib.platforms import wire
from portal.lib.platforms.answers import Account, AnswerLost, Kind, NotSent, Post, Refused, clean

PAGE, PAGES = 100, 5
FORM = "application/x-www-form-urlencoded"
REST = timedelta(minutes=10)
RATE_CODES = (4, 17, 32, 341, 613)
STUMBLED = (1, 2)
"""Codes by which Graph says that it failed itself: whether it had posted before is not known."""
NO_RIGHT = (
    "Mã trang thiếu quyền đăng bài (pages_manage_posts, pages_read_engagement). "
    "Hãy cấp quyền lại, dán mã mới rồi cho kết nối chạy lại."
)
BLOCKED = (
    "Facebook đang hạn chế trang này đăng bài. Hãy xem Chất lượng trang, chờ hết hạn chế rồi cho kết nối chạy lại."
)


class Page:
    """One page, spoken to with its page token."""

    def __init__(self, connector, token, app_secret=""):
        self.id, self.token, self.app_secret = connector.account_id, token, app_secret

    def about(self) -> Account:
        data = self.ask("GET", f"/{self.id}", {"fields": "id,name,followers_count"})
        count = data.get("followers_count")
        return Account(str(data.get("id", "")), str(data.get("name", "")), count if isinstance(count, int) else None)

    def publish(self, message, pictures=(), link="") -> Post:
        """Post now. Pictures go up first, unseen; a try that ends there has published nothing."""
        values = {"message": message}
        if pictures:
            attached = [{"media_fbid": self.upload(content)} for content in pictures]
            values["attached_media"] = json.dumps(attached)
        elif link:
            values["link"] = link
        made = str(self.ask("POST", f"/{self.id}/feed", values).get("id") or "")
        if not made:
            raise AnswerLost("Facebook không trả mã bài.")
        return Post(made)

    def upload(self, content: bytes) -> str:
        """Put a picture up without showing it. A lost answer here leaves nothing to be seen, so it counts as not done."""
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="published"\r\n\r\nfalse\r\n'
        proof = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in self.proof().items()
        )
        file = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="source"; filename="anh.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = (head + proof + file).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        try:
            return str(self.send("POST", f"/{self.id}/photos", body, f"multipart/form-data; boundary={boundary}")["id"])
        except (AnswerLost, KeyError) as fault:
            raise NotSent(f"Chưa tải được ảnh lên Facebook: {fault}") from None

    def address_of(self, post_id) -> str:
        return str(self.ask("GET", f"/{post_id}", {"fields": "permalink_url"}).get("permalink_url") or "")

    def find(self, message, since, taken) -> Post | None:
        """Our post among those of the page since a moment: the same words, not known as another's."""
        query = {"fields": "id,message,created_time,permalink_url", "since": int(since.timestamp()), "limit": PAGE}
        for _ in range(PAGES):
            answer = self.ask("GET", f"/{self.id}/published_posts", query)
            for row in answer.get("data") or []:
                if str(row.get("id")) not in taken and mark(row.get("message")) == mark(message):
                    return Post(str(row["id"]), str(row.get("permalink_url") or ""), moment_of(row))
            paging = answer.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after")
            if not after or not paging.get("next"):
                return None
            query["after"] = after
        raise AnswerLost("Trang có quá nhiều bài mới nên chưa đối chiếu hết.")

    def ask(self, method, path, values) -> dict:
        values = urlencode({**values, **self.proof()})
        if method == "GET":
            return self.send(method, f"{path}?{values}", None, None)
        return self.send(method, path, values.encode(), FORM)

    def send(self, method, path, body, content_type) -> dict:
        """One request; the token goes in a header, so that it stands in no address that somebody may log."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if content_type:
            headers["Content-Type"] = content_type
        answer = wire.call(method, settings.FACEBOOK_API + path, headers=headers, body=body)
        if answer.status == 200 and "error" not in answer.data:
            return answer.data
        raise refusal(answer, self.token)

    def proof(self) -> dict:
        """Apps may demand that each request proves the app's secret."""
        if not self.app_secret:
            return {}
        digest = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        return {"appsecret_proof": digest}


def refusal(answer, token) -> Exception:
    """What an error of Graph means."""
    error = answer.data.get("error")
    error = error if isinstance(error, dict) else {}
    code = error.get("code") if isinstance(error.get("code"), int) else answer.status
    said = clean(error.get("message"), token)
    if code in STUMBLED:
        return AnswerLost("Facebook báo lỗi của chính họ nên chưa biết đã đăng hay chưa.")
    if code == 190:
        return Refused(Kind.EXPIRED, code, "Mã trang không còn dùng được.")
    if code in RATE_CODES or answer.status == 429 or 80000 <= code < 80100:
        return Refused(Kind.RATE, code, "Gọi Facebook quá nhiều lần.", wait=rest_of(answer.headers))
    if code == 10 or 200 <= code <= 299:
        return Refused(Kind.HALT, code, NO_RIGHT)
    if code == 368:
        return Refused(Kind.HALT, code, BLOCKED)
    if code == 506:
        return Refused(Kind.DUPLICATE, code, "Facebook báo bài trùng với bài vừa đăng.")
    return Refused(Kind.CONTENT, code, f"Facebook từ chối: {said or answer.status}. Hãy đăng tay.")


def rest_of(headers) -> timedelta:
    """How long to leave Graph alone: what it says in minutes, else ten."""
    try:
        usage = json.loads(headers.get("x-business-use-case-usage", "{}"))
        told = max(row.get("estimated_time_to_regain_access", 0) for rows in usage.values() for row in rows)
        return max(timedelta(minutes=min(int(told), 24 * 60)), REST)
    except (ValueError, TypeError, AttributeError):
        return REST


def mark(message) -> str:
    """By which a post is recognised as ours: its words, whatever became of the white space."""
    return hashlib.sha256(" ".join(str(message or "").split()).encode()).hexdigest()


def moment_of(row):
    try:
        return datetime.strptime(row.get("created_time", ""), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except ValueError:
        return None
