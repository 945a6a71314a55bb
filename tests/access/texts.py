"""Editable texts: the province's staff read them, reviewers and administrators change them."""

from tests.access import Row, reviewer_page, staff_page


def body(world):
    return {"key": "report.body"}


NEW = {"text": "Tỷ lệ {ty_le}./.", "act": "save"}

ROWS = {
    "text_list": staff_page(),
    "text_edit": [
        reviewer_page(body),
        Row(lambda world: {"key": "khong-co"}, leader=403, reviewer=404, administrator=404),
        reviewer_page(body, method="POST", data=lambda world: NEW, reviewer=302, administrator=302),
    ],
}
