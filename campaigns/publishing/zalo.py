"""Zalo Official Account: the documented protocol and nothing else.

Articles are made in two steps: `create` gives a token, `verify` the id once Zalo has fetched the pictures. Zalo
answers HTTP 200 with `error` other than 0 when it refuses.
"""

import json
from datetime import UTC, datetime, timedelta
from html import escape
from urllib.parse import urlencode

from django.conf import settings

from portal.lib.platforms import wire
from portal.lib.platforms.answers import Account, AnswerLost, Kind, Post, Refused, clean, whole

TITLE, AUTHOR, DESCRIPTION = 150, 50, 300
PAGE, PAGES = 10, 5
NOT_VERIFIED = "OA chưa được Zalo xác thực. Hãy hoàn tất xác thực OA rồi cho kết nối chạy lại."
MEANINGS = {
    -216: (Kind.EXPIRED, "Mã truy cập không hợp lệ."),
    -220: (Kind.EXPIRED, "Mã truy cập đã hết hạn."),
    -124: (Kind.EXPIRED, "Mã truy cập đã hết hạn."),
    -32: (Kind.RATE, "Gọi Zalo quá nhiều lần trong một phút."),
    -234: (Kind.LATER, "Zalo không gửi bài từ 22:00 đến 06:00."),
    -214: (Kind.BUSY, "Zalo đang xử lý ảnh của bài."),
    -209: (Kind.HALT, "Ứng dụng Zalo chưa được kích hoạt. Hãy kiểm tra ứng dụng trên trang nhà phát triển."),
    -212: (Kind.HALT, "OA chưa cấp quyền cho ứng dụng. Hãy cấp quyền lại rồi cho kết nối chạy lại."),
    -219: (Kind.HALT, "Ứng dụng Zalo đã bị gỡ hoặc tắt. Hãy kiểm tra ứng dụng trên trang nhà phát triển."),
    -221: (Kind.HALT, NOT_VERIFIED),
    -223: (Kind.HALT, "OA đã dùng hết số bài của gói trong kỳ. Hãy nâng gói hoặc chờ kỳ sau rồi cho kết nối chạy lại."),
    -224: (Kind.HALT, "Gói OA hiện tại không có tính năng này. Hãy nâng gói OA rồi cho kết nối chạy lại."),
    -235: (Kind.HALT, "Loại OA này không được đăng bằng kết nối. Hãy tắt kết nối và đăng tay."),
    -320: (Kind.HALT, "Tài khoản Zalo Cloud chưa liên kết hoặc không đủ tiền. Hãy nạp tiền rồi cho kết nối chạy lại."),
    -321: (Kind.HALT, "Tài khoản Zalo Cloud không đủ tiền. Hãy nạp tiền rồi cho kết nối chạy lại."),
    -248: (Kind.CONTENT, "Zalo cho rằng nội dung vi phạm quy định nền tảng. Hãy xem lại nội dung, đăng tay nếu cần."),
    -201: (Kind.CONTENT, "Zalo không nhận dữ liệu của bài (ảnh bìa, tiêu đề hoặc nội dung). Hãy đăng tay."),
    -210: (Kind.CONTENT, "Bài vượt giới hạn của Zalo. Hãy rút gọn hoặc đăng tay."),
}


def about(token) -> Account:
    """Name and followers of the account to which the token belongs."""
    data = ask(token, "GET", "/v2.0/oa/getoa")
    return Account(str(data.get("oa_id") or data.get("oaid") or ""), str(data.get("name", "")), followers_in(data))


def create(token, draft) -> str:
    """Hand an article in, to be shown at once. Gives the token under which Zalo works on it."""
    paragraphs = [part.strip() for part in draft.text.split("\n\n") if part.strip()]
    body = [{"type": "text", "content": f"<p>{escape(part).replace(chr(10), '<br>')}</p>"} for part in paragraphs]
    body += [{"type": "image", "url": url} for url in draft.picture_urls[1:]]
    article = {
        "type": "normal",
        "title": draft.title,
        "author": draft.author,
        "cover": {"cover_type": "photo", "photo_url": draft.picture_urls[0], "status": "show"},
        "description": draft.description,
        "body": body,
        "status": "show",
        "comment": "show",
    }
    made = str(ask(token, "POST", "/v2.0/article/create", article).get("token") or "")
    if not made:
        raise AnswerLost("Zalo nhận bài nhưng không trả mã chờ.")
    return made


def verify(token, article_token) -> str:
    """The id of the finished article; Refused BUSY while Zalo works on it."""
    found = str(ask(token, "POST", "/v2.0/article/verify", {"token": article_token}).get("id") or "")
    if not found:
        raise Refused(Kind.BUSY, "", MEANINGS[-214][1])
    return found


def address_of(token, article_id) -> str:
    """The public address of an article, from the newest ones of the account; "" when it is not told."""
    newest = ask(token, "GET", f"/v2.0/article/getslice?{urlencode({'offset': 0, 'limit': PAGE, 'type': 'normal'})}")
    found = (row for row in newest.get("medias") or [] if str(row.get("id")) == article_id)
    return str(next(found, {}).get("link_view") or "")


def find(token, draft, since, taken) -> Post | None:
    """Our article among those of the account since a moment: the same title and introduction, not known as another's.

    AnswerLost when there are more articles than we read: nobody may conclude from that that it isn't there.
    """
    for page in range(PAGES):
        query = urlencode({"offset": page * PAGE, "limit": PAGE, "type": "normal"})
        rows = ask(token, "GET", f"/v2.0/article/getslice?{query}").get("medias") or []
        for row in rows:
            if moment_of(row) >= since and str(row.get("id")) not in taken and row.get("title") == draft.title:
                detail = ask(token, "GET", f"/v2.0/article/getdetail?{urlencode({'id': row['id']})}")
                if detail.get("description") == draft.description:
                    return Post(str(row["id"]), str(row.get("link_view") or ""), moment_of(row))
        if len(rows) < PAGE or moment_of(rows[-1]) < since:
            return None
    raise AnswerLost("OA có quá nhiều bài mới nên chưa đối chiếu hết.")


def broadcast(token, article_id):
    """Tell the followers of an article. There is no way to ask later whether it went."""
    element = {"media_type": "article", "attachment_id": article_id}
    payload = {"template_type": "media", "elements": [element]}
    message = {"attachment": {"type": "template", "payload": payload}}
    ask(token, "POST", "/v2.0/oa/message", {"recipient": {"target": {}}, "message": message})


def ask(token, method, path, body=None) -> dict:
    """One request of the OA interface: the `data` of its answer, or Refused."""
    headers = {"access_token": token}
    if body is not None:
        headers["Content-Type"], body = "application/json", json.dumps(body).encode()
    answer = wire.call(method, settings.ZALO_API + path, headers=headers, body=body)
    code = answer.data.get("error")
    if answer.status == 200 and code == 0:
        data = answer.data.get("data")
        return data if isinstance(data, dict) else {}
    raise refusal(answer, code, token)


def refusal(answer, code, token) -> Exception:
    """What an answer other than "done" means."""
    code = {401: -216, 429: -32}.get(answer.status, code)
    if answer.status == 200 and (not isinstance(code, int) or code == -100):
        return AnswerLost("Zalo báo lỗi không rõ nên chưa biết đã làm hay chưa.")
    said = clean(answer.data.get("message"), token)
    kind, sentence = MEANINGS.get(code, (Kind.CONTENT, f"Zalo từ chối: {said or answer.status}. Hãy đăng tay."))
    wait = whole(answer.headers.get("retry-after"), 60)
    return Refused(kind, code if code is not None else answer.status, sentence, timedelta(seconds=max(wait, 1)))


def followers_in(data):
    return whole(data.get("num_follower"), None)


def moment_of(row) -> datetime:
    """When an article was made: milliseconds, in older answers seconds."""
    stamp = whole(row.get("create_date") or row.get("created_date"), 0)
    return datetime.fromtimestamp(stamp / 1000 if stamp > 10**11 else stamp, UTC)
