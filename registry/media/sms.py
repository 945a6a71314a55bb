"""Text messages through eSMS or SpeedSMS: the documented protocols and nothing else.

eSMS knows our RequestId: asked again, it answers 124 and sends nothing. SpeedSMS knows no key of ours: a lost answer
there waits for a person.
"""

import base64
import json

from django.conf import settings
from django.urls import reverse

from portal.lib.platforms import wire
from portal.lib.platforms.answers import AnswerLost, clean
from registry.media.endings import ACCEPTED, BROKEN, PERMANENT, RELEASED, TEMPORARY, Ending
from registry.media.phone import SECONDS, PhoneCarrier, waiting_time
from registry.models import Medium, ProviderName

TOO_LONG = "Tin nhắn dài hơn giới hạn hoặc có dấu nên không gửi, để không phải trả tiền nhiều tin."
TOO_FAST = "Nhà cung cấp báo gửi quá nhanh."
MONEY = "Tài khoản {} không đủ tiền. Hãy nạp tiền rồi cho chạy lại."
KEYS = "{} không nhận khoá truy cập. Hãy kiểm tra khoá trong cấu hình máy chủ rồi cho chạy lại."
ADDRESS = "{} chưa cho phép địa chỉ IP của máy chủ. Hãy đề nghị nhà cung cấp mở rồi cho chạy lại."
BRANDNAME = "{} không nhận tên hiển thị (brandname). Hãy kiểm tra đăng ký brandname rồi cho chạy lại."
ESMS_TEMPLATE = "eSMS báo nội dung chưa được đăng ký mẫu. Hãy đăng ký mẫu tin với eSMS rồi cho chạy lại."
LOCKED = "Tài khoản {} đang bị khoá hoặc chưa được gửi. Hãy liên hệ nhà cung cấp rồi cho chạy lại."
NOT_A_NUMBER = "Nhà cung cấp báo số điện thoại không đúng."
ESMS_HALTS = {
    "101": KEYS, "102": LOCKED, "103": MONEY, "104": BRANDNAME, "140": ADDRESS, "146": ESMS_TEMPLATE,
}  # fmt: skip
ESMS_BAD_PHONES = {"99": "eSMS đã chặn số điện thoại này.", "108": NOT_A_NUMBER}
SPEEDSMS_HALTS = {"007": ADDRESS, "008": LOCKED, "009": LOCKED, "300": MONEY}


class TextCarrier(PhoneCarrier):
    medium = Medium.SMS

    def ask(self, message, phone, now) -> Ending:
        if not message.text.isascii() or len(message.text) > settings.SMS_LONGEST:
            return Ending(BROKEN, TOO_LONG)
        answer = self.post(message, phone)
        if answer.status == 429:
            return Ending(TEMPORARY, TOO_FAST, rests=waiting_time(answer.headers))
        if answer.status in (401, 403):
            return self.halted(KEYS)
        return self.judge(answer, phone)

    def halted(self, sentence) -> Ending:
        sentence = sentence.format(self.row)
        return Ending(RELEASED, sentence, halts=sentence)

    def refused(self, code, said) -> Ending:
        return Ending(PERMANENT, f"{self.row} từ chối ({code}): {said}")


class EsmsCarrier(TextCarrier):
    provider = ProviderName.ESMS
    knows_our_key = True

    @classmethod
    def is_configured(cls):
        return bool(settings.ESMS_API_KEY and settings.ESMS_SECRET_KEY and settings.ESMS_BRANDNAME)

    def post(self, message, phone):
        body = {
            "ApiKey": settings.ESMS_API_KEY,
            "SecretKey": settings.ESMS_SECRET_KEY,
            "Phone": phone,
            "Content": message.text,
            "SmsType": "2",
            "Brandname": settings.ESMS_BRANDNAME,
            "IsUnicode": "0",
            "RequestId": str(message.key),
        }
        if settings.ESMS_CALLBACK_SECRET:
            body["CallbackUrl"] = settings.SITE_URL + reverse("receipt_esms", args=[settings.ESMS_CALLBACK_SECRET])
        headers = {"Content-Type": "application/json"}
        url = f"{settings.ESMS_API}/MainService.svc/json/SendMultipleMessage_V4_post_json/"
        return wire.call("POST", url, headers=headers, body=json.dumps(body).encode(), seconds=SECONDS)

    def judge(self, answer, phone) -> Ending:
        code = str(answer.data.get("CodeResult") or "")
        said = clean(answer.data.get("ErrorMessage"), settings.ESMS_API_KEY, settings.ESMS_SECRET_KEY)
        if code == "100":
            return Ending(ACCEPTED, reference=str(answer.data.get("SMSID") or "")[:80])
        if code == "124":
            return Ending(ACCEPTED, "eSMS đã nhận tin này từ lần gửi trước.")
        if code in ESMS_HALTS:
            return self.halted(ESMS_HALTS[code])
        if code in ESMS_BAD_PHONES:
            return Ending(PERMANENT, ESMS_BAD_PHONES[code], bad_address=True)
        if not code and answer.status == 200:
            raise AnswerLost("eSMS trả lời thiếu mã kết quả.")
        return self.refused(code or answer.status, said)


class SpeedSmsCarrier(TextCarrier):
    provider = ProviderName.SPEEDSMS

    @classmethod
    def is_configured(cls):
        return bool(settings.SPEEDSMS_TOKEN and settings.SPEEDSMS_SENDER)

    def post(self, message, phone):
        token = base64.b64encode(f"{settings.SPEEDSMS_TOKEN}:x".encode()).decode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {token}"}
        body = {"to": [phone], "content": message.text, "sms_type": 3, "sender": settings.SPEEDSMS_SENDER}
        url = f"{settings.SPEEDSMS_API}/index.php/sms/send"
        return wire.call("POST", url, headers=headers, body=json.dumps(body).encode(), seconds=SECONDS)

    def judge(self, answer, phone) -> Ending:
        status, code = answer.data.get("status"), str(answer.data.get("code") or "")
        data = answer.data.get("data") if isinstance(answer.data.get("data"), dict) else {}
        invalid = answer.data.get("invalidPhone") or data.get("invalidPhone") or []
        if code == "105" or phone in [str(number) for number in invalid]:
            return Ending(PERMANENT, NOT_A_NUMBER, bad_address=True)
        if status == "success" and code == "00":
            return Ending(ACCEPTED, reference=str(data.get("tranId") or "")[:80])
        if code in SPEEDSMS_HALTS:
            return self.halted(SPEEDSMS_HALTS[code])
        if code == "500" or (not code and answer.status == 200):
            raise AnswerLost("SpeedSMS báo lỗi của chính họ nên chưa biết đã gửi hay chưa.")
        return self.refused(code or answer.status, clean(answer.data.get("message"), settings.SPEEDSMS_TOKEN))
