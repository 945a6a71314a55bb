"""eSMS's gateway as documented: keys in the body, HTTP 200 with CodeResult, a RequestId that is taken once.

`sent` counts the messages that left for each RequestId: it can never exceed one. `money` is what the account holds.
Run as a process (`python -m tests.rig.esms_api PORT FILE [GAP]`) it writes each accepted message to FILE before it
answers, GAP seconds later.
"""

import json
import re
import sys
import time
import uuid
from collections import Counter

from tests.rig.http_api import Api

KEY, SECRET, BRANDNAME = "khoa-api-thu", "khoa-bi-mat-thu", "CONGKENH"
PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
REQUIRED = {"ApiKey", "SecretKey", "Phone", "Content", "SmsType", "Brandname"}
ALLOWED = REQUIRED | {"IsUnicode", "RequestId", "CallbackUrl", "Sandbox", "campaignid", "SendDate"}
MOBILE = re.compile(r"84(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}")
UNICODE = "0"


class EsmsApi(Api):
    """`bad` phones are refused (108), `blocked` ones too (99); `accepted` are the bodies that were taken, `times` when."""

    def __init__(self, port=0, record=None, gap=0.0):
        super().__init__(port)
        self.money, self.bad, self.blocked, self.gap = 1_000_000, set(), set(), gap
        self.accepted, self.sent, self.times, self.record = [], Counter(), [], record

    def route(self, call):
        if call.path != PATH:
            return "unknown", lambda call: (404, {}, b"<html>Endpoint not found.</html>")
        if call.method != "POST":
            return "send", lambda call: (405, {"Allow": "POST"}, b"<html>Method not allowed.</html>")
        return "send", self.take

    def take(self, call):
        body = body_of(call)
        if body is None or set(body) - ALLOWED:
            return 400, {}, b"<html>The server encountered an error processing the request.</html>"
        if body.get("ApiKey") != KEY or body.get("SecretKey") != SECRET:
            return no("101", f"Authorize Failed {body.get('ApiKey')}")
        if REQUIRED - set(body) or str(body["SmsType"]) != "2" or not body["Content"]:
            return no("110", "Invalid request")
        if body["Brandname"] != BRANDNAME:
            return no("104", "Brandname is not existed")
        if not MOBILE.fullmatch(body["Phone"]) or body["Phone"] in self.bad:
            return no("108", "Phone number is invalid")
        if body["Phone"] in self.blocked:
            return no("99", "Phone number is blocked")
        if str(body.get("IsUnicode", "0")) == UNICODE and not body["Content"].isascii():
            return no("146", "Template is invalid")
        if body.get("RequestId") and self.sent[body["RequestId"]]:
            return no("124", "RequestId is existed")
        if self.money <= 0:
            return no("103", "Balance is not enough")
        self.accept(body)
        time.sleep(self.gap)
        return 200, {}, {"CodeResult": "100", "CountRegenerate": 0, "SMSID": uuid.uuid4().hex + "30"}

    def accept(self, body):
        self.money -= 800
        self.accepted.append(body)
        self.times.append(time.monotonic())
        self.sent[body.get("RequestId") or uuid.uuid4().hex] += 1
        if self.record:
            self.record.write(json.dumps({"key": body.get("RequestId"), "to": body["Phone"]}) + "\n")
            self.record.flush()


def no(code, message):
    return 200, {}, {"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": message}


def body_of(call):
    """The JSON object of a request, None when it is not sent as one."""
    if call.media_type != "application/json":
        return None
    try:
        body = json.loads(call.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def main(port, path, gap=0.0):
    with open(path, "a", encoding="utf-8") as record, EsmsApi(int(port), record, float(gap)) as api:
        api.money = 10**9
        sys.stdout.write(f"{api.url}\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main(*sys.argv[1:])
