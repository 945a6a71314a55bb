"""The independent list: which rows the ledger must have, from the sheet of roles alone. Imports nothing of the portal.

A campaign is announced once ("mo-ky") to each focal point of each agency that it asks: on the portal, and by the one medium
that the person chose.
"""

import json


def expected_keys(sheet) -> set:
    keys = set()
    for role in json.loads(sheet.read_text()):
        for medium in ("in_app", role["medium"]):
            keys.add((role["act"], role["agency"], "mo-ky", role["person"], medium))
    return keys


def expected_messages(sheet, medium) -> int:
    return sum(key[-1] == medium for key in expected_keys(sheet))
