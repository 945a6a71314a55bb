"""Addresses of the focal points' workspace, below /viec/."""

from django.urls import path

from campaigns.views import (
    answering,
    channels,
    handing_over,
    items,
    people,
    requests,
    signed_links,
    workspace,
)

urlpatterns = [
    path("", workspace.my_work, name="my_work"),
    path("<int:pk>/", workspace.obligation, name="obligation"),
    path("<int:pk>/dau-moi/", people.nominate, name="nominate"),
    path("<int:pk>/nhom/", answering.join_group, name="join_group"),
    path("<int:pk>/kenh/", answering.register_channel, name="register_channel"),
    path("<int:pk>/khong-phat-sinh/", workspace.report_nothing, name="report_nothing"),
    path("<int:pk>/xin-gia-han/", requests.extension_ask, name="extension_ask"),
    path("<int:pk>/san-pham/moi/", items.item_new, name="item_new"),
    path("san-pham/<int:pk>/", items.item, name="item"),
    path("san-pham/<int:pk>/sua/", items.item_edit, name="item_edit"),
    path("san-pham/<int:pk>/rut/", items.item_withdraw, name="item_withdraw"),
    path("san-pham/<int:pk>/xem-lai/", requests.item_appeal, name="item_appeal"),
    path("dau-moi/<int:pk>/sua/", people.contact_correct, name="contact_correct"),
    path("dau-moi/<int:pk>/ban-giao/", handing_over.contact_hand_over, name="contact_hand_over"),
    path("dau-moi/<int:pk>/nhan-viec/", handing_over.contact_answer, name="contact_answer"),
    path("kenh/moi/", people.channel_propose, name="channel_propose"),
    path("kenh/<int:pk>/sua/", people.channel_correct, name="channel_correct"),
    path("kenh/van-dung/", channels.channels_still_right, name="channels_still_right"),
    path("kenh/<int:pk>/van-dung/", channels.channel_still_right, name="channel_still_right"),
    path("kenh/<int:pk>/da-doi/", channels.channel_change, name="channel_change"),
    path("kenh/<int:pk>/da-bo/", channels.channel_give_up, name="channel_give_up"),
    path("kenh/<int:pk>/van-dung-tiep/", channels.channel_keep, name="channel_keep"),
    path("kenh/thay-doi/<int:pk>/sua/", channels.channel_change_correct, name="channel_change_correct"),
    path("kenh/thay-doi/<int:pk>/rut/", channels.channel_change_withdraw, name="channel_change_withdraw"),
    path("tep/<int:pk>/", items.file_download, name="file_download"),
    path("tep/<int:pk>/xem/", items.file_preview, name="file_preview"),
    path("cong-van/<int:pk>/", items.dispatch_download, name="dispatch_download"),
    path("l/thoat/", signed_links.signed_link_leave, name="signed_link_leave"),
    path("l/<str:token>/", signed_links.signed_link, name="signed_link"),
    path("thong-bao/", workspace.notices, name="notices"),
]
