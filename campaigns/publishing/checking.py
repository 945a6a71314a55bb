"""Whether a connector works: ask the platform whose account the token opens."""

from django.core.exceptions import ValidationError

from campaigns.models.connector import Provider
from campaigns.publishing import zalo
from campaigns.publishing.jobs import page
from portal.lib.platforms.answers import AnswerLost, NotSent, Refused
from portal.lib.platforms.tokens import with_token

SILENT = "Chưa kết nối được với nền tảng: {}. Hãy thử lại sau ít phút, hoặc nhờ người vận hành kiểm tra đường mạng."
OTHER_ACCOUNT = (
    "Mã truy cập này thuộc tài khoản “{}” (mã {}), không phải mã đã khai báo. Hãy lấy lại mã của đúng tài khoản."
)


def check(connector, now):
    """The account as the platform names it, noted on the connector; ValidationError says what to do."""
    if not connector.sealed_access_token:
        raise ValidationError("Hãy dán mã truy cập rồi lưu trước khi kiểm tra.")
    try:
        account = with_token(connector, now, lambda token: about(connector, token))
    except Refused as refusal:
        raise ValidationError(refusal.sentence) from None
    except (NotSent, AnswerLost) as fault:
        raise ValidationError(SILENT.format(fault)) from None
    if account.id != connector.account_id:
        raise ValidationError(OTHER_ACCOUNT.format(account.name, account.id))
    connector.note_check(name=account.name, followers=account.followers, now=now)
    return account


def about(connector, token):
    return zalo.about(token) if connector.provider == Provider.ZALO else page(connector, token).about()
