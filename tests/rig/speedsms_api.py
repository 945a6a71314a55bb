"""SpeedSMS's gateway as documented: Basic token:x, HTTP 200 with status and code, and no key of ours that it would know."""

import base64
import uuid

from tests.rig.esms_api import MOBILE, body_of
from tests.rig.http_api import Api

TOKEN, SENDER = "token-thu-nghiem", "CONGKENH"
FIELDS = {"to", "content", "sms_type", "sender"}


class SpeedSmsApi(Api):
    """`accepted` are the bodies that were taken; the same one twice is two messages, as in life."""

    def __init__(self):
        super().__init__()
        self.money, self.accepted = 1_000_000, []

    def route(self, call):
        if call.path != "/index.php/sms/send":
            return "unknown", lambda call: (404, {}, b"not found")
        if call.method != "POST":
            return "send", lambda call: (405, {"Allow": "POST"}, b"method not allowed")
        return "send", self.take

    def take(self, call):
        right = "Basic " + base64.b64encode(f"{TOKEN}:x".encode()).decode()
        if call.headers.get("authorization") != right:
            return 401, {}, {"status": "error", "code": "401", "message": "Unauthorized"}
        body = body_of(call)
        if body is None or set(body) != FIELDS or body["sms_type"] not in (2, 3, 4, 5) or not body["content"]:
            return no("101", "Invalid or missing parameters")
        if not isinstance(body["to"], list) or not all(MOBILE.fullmatch(str(phone)) for phone in body["to"]):
            return no("105", "Phone number invalid", invalidPhone=body["to"])
        if body["sms_type"] == 3 and body["sender"] != SENDER:
            return no("110", "Sender is not registered")
        if len(body["content"]) > 500:
            return no("113", "Sms content too long")
        if self.money <= 0:
            return no("300", "Your account balance not enough to send sms")
        self.money -= 800
        self.accepted.append(body)
        data = {"tranId": uuid.uuid4().int % 10**8, "totalSMS": 1, "totalPrice": 800, "invalidPhone": []}
        return 200, {}, {"status": "success", "code": "00", "data": data}


def no(code, message, **more):
    return 200, {}, {"status": "error", "code": code, "message": message, **more}
