"""Zalo: a ZBS template message to a phone number, as documented: HTTP 200 with `error` other than 0 when it is refused.

Zalo keeps our tracking_id but refuses no second message with it, and answers questions only about its own numbers: after
a lost answer the message waits for its receipt, which carries our tracking_id, or for a person.
"""

import json
from datetime import timedelta

from django.conf import settings

from portal.lib import sealing
from portal.lib.platforms import wire
from portal.lib.platforms.answers import AnswerLost, Kind, Refused, clean
from portal.lib.platforms.tokens import with_token
from registry.media.endings import ACCEPTED, BROKEN, PERMANENT, RELEASED, TEMPORARY, Ending
from registry.media.phone import SECONDS, PhoneCarrier, waiting_time
from registry.models import Medium, ProviderName

EXPIRED = (-124, -216, -220)
TOO_FAST = "Gọi Zalo quá nhanh."
BUSY = {-32: TOO_FAST, -100: "Zalo gặp lỗi của chính họ.", -133: "Zalo không gửi tin vào ban đêm."}
SPENT = {
    -144: "OA đã dùng hết số tin ZBS trong ngày.",
    -147: "Mẫu tin ZBS đã dùng hết số tin trong ngày.",
}
APP = "Ứng dụng Zalo chưa được phép gửi tin ZBS. Hãy kiểm tra ứng dụng trên trang nhà phát triển rồi cho chạy lại."
TEMPLATE = "Mẫu tin ZBS chưa dùng được (chưa duyệt, bị khoá hoặc không thuộc OA). Hãy kiểm tra mẫu rồi cho chạy lại."
MONEY = "Tài khoản Zalo Cloud chưa liên kết hoặc không đủ tiền. Hãy nạp tiền rồi cho chạy lại."
OA = "OA chưa được phép gửi tin ZBS hoặc đang bị hạn chế. Hãy kiểm tra OA rồi cho chạy lại."
HALTS = {
    **dict.fromkeys((-101, -102, -103, -104, -105, -138, -209, -212, -219), APP),
    **dict.fromkeys((-109, -117, -131, -146), TEMPLATE),
    **dict.fromkeys((-115, -126, -136, -137, -320, -321), MONEY),
    **dict.fromkeys((-120, -125, -135, -1351, -140, -145, -221, -224), OA),
}
NO_ZALO = {
    -108: "Zalo báo số điện thoại không đúng.",
    -110: "Ứng dụng Zalo của người nhận quá cũ.",
    -114: "Người nhận không dùng Zalo nữa hoặc không nhận tin.",
    -118: "Số điện thoại này không có Zalo.",
    -119: "Tài khoản Zalo này không nhận được tin.",
    -139: "Người nhận đã từ chối loại tin này.",
    -141: "Người nhận đã từ chối tin của OA.",
}
OUR_FAULT = (-106, -111, -112, -113, -116, -121, -122, -130, -132, -1121, -1122, -1124)


class ZaloCarrier(PhoneCarrier):
    provider, medium = ProviderName.ZBS, Medium.ZALO

    @classmethod
    def is_configured(cls):
        keys = (settings.ZBS_APP_ID, settings.ZBS_APP_SECRET, settings.ZBS_TEMPLATE, settings.ZBS_REFRESH_TOKEN)
        return all(keys) and sealing.is_ready()

    def ask(self, message, phone, now) -> Ending:
        if not message.data:
            return Ending(BROKEN, "Tin Zalo thiếu giá trị điền vào mẫu.")
        self.row.plant(settings.ZBS_REFRESH_TOKEN)
        try:
            return with_token(self.row, now, lambda token: judge(post(token, message, phone), token))
        except Refused as refusal:  # of the exchange of tokens: nothing of the message has left
            if refusal.kind == Kind.HALT:
                return halted(refusal.sentence)
            return Ending(TEMPORARY, refusal.sentence, rests=refusal.wait or timedelta(minutes=1))


def post(token, message, phone):
    body = {
        "phone": phone,
        "template_id": settings.ZBS_TEMPLATE,
        "template_data": message.data,
        "tracking_id": str(message.key),
    }
    if settings.ZBS_MODE:
        body["mode"] = settings.ZBS_MODE
    headers = {"Content-Type": "application/json", "access_token": token}
    url = f"{settings.ZBS_API}/message/template"
    return wire.call("POST", url, headers=headers, body=json.dumps(body).encode(), seconds=SECONDS)


def judge(answer, token) -> Ending:
    """What Zalo's answer means. Refused EXPIRED when the token is over, so that it is exchanged."""
    code = {401: EXPIRED[0], 429: -32}.get(answer.status, answer.data.get("error"))
    if code == 0 and answer.status == 200:
        data = answer.data.get("data") if isinstance(answer.data.get("data"), dict) else {}
        return Ending(ACCEPTED, reference=str(data.get("msg_id") or "")[:80])
    if not isinstance(code, int):
        if answer.status == 200:
            raise AnswerLost("Zalo trả lời thiếu mã kết quả.")
        code = answer.status
    if code in EXPIRED:
        raise Refused(Kind.EXPIRED, code, "Mã truy cập đã hết hạn.")
    return refused(code, answer, token)


def refused(code, answer, token) -> Ending:
    """A definite no: nothing was sent."""
    if code in BUSY:
        return Ending(TEMPORARY, BUSY[code], rests=waiting_time(answer.headers) if code == -32 else None)
    if code in SPENT:
        return Ending(RELEASED, SPENT[code], is_spent=True)
    if code in HALTS:
        return halted(HALTS[code])
    if code in NO_ZALO:
        return Ending(PERMANENT, NO_ZALO[code], bad_address=True)
    said = clean(answer.data.get("message"), token)
    return Ending(BROKEN if code in OUR_FAULT else PERMANENT, f"Zalo từ chối ({code}): {said}")


def halted(sentence) -> Ending:
    return Ending(RELEASED, sentence, halts=sentence)
