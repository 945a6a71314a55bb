"""Addresses of the focal points' workspace, below /viec/."""

from django.urls import path

from campaigns.views import workspace

urlpatterns = [
    path("", workspace.my_work, name="my_work"),
    path("<int:pk>/", workspace.obligation, name="obligation"),
    path("<int:pk>/dau-moi/", workspace.nominate, name="nominate"),
    path("<int:pk>/khong-phat-sinh/", workspace.report_nothing, name="report_nothing"),
    path("<int:pk>/san-pham/moi/", workspace.item_new, name="item_new"),
    path("san-pham/<int:pk>/", workspace.item, name="item"),
    path("san-pham/<int:pk>/sua/", workspace.item_edit, name="item_edit"),
    path("san-pham/<int:pk>/rut/", workspace.item_withdraw, name="item_withdraw"),
    path("kenh/moi/", workspace.channel_propose, name="channel_propose"),
    path("tep/<int:pk>/", workspace.file_download, name="file_download"),
    path("l/<str:token>/", workspace.signed_link, name="signed_link"),
    path("thong-bao/", workspace.notices, name="notices"),
]
