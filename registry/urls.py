"""Public addresses: they stand on posters and in bookmarks. Never change one."""

from django.urls import path

from registry.views import public, receipts

urlpatterns = [
    path("", public.home, name="home"),
    path("kiem-tra/", public.check, name="check"),
    path("co-quan/", public.agency_list, name="agency_list"),
    path("co-quan/<slug:slug>/", public.agency_detail, name="agency_detail"),
    path("kenh/", public.channel_list, name="channel_list"),
    path("kenh/<int:pk>-<slug:slug>/", public.channel_detail, name="channel_detail"),
    path("kenh/<int:pk>/qr.svg", public.channel_qr_svg, name="channel_qr_svg"),
    path("kenh/<int:pk>/qr.png", public.channel_qr_png, name="channel_qr_png"),
    path("q/<slug:code>", public.qr, name="qr"),
    path("nhan-bao/zalo/", receipts.receipt_zalo, name="receipt_zalo"),
    path("nhan-bao/esms/<str:secret>/", receipts.receipt_esms, name="receipt_esms"),
    path("robots.txt", public.robots, name="robots"),
    path("sitemap.txt", public.sitemap, name="sitemap"),
]
