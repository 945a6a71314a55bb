"""Addresses of the registry's work at the desk, below /dieu-hanh/."""

from django.urls import path

from registry.views import access_log, exports, fakes, imports, people

urlpatterns = [
    path("nhap-du-lieu/", imports.import_registry, name="import_registry"),
    path("nhap-du-lieu/<int:pk>/", imports.import_preview, name="import_preview"),
    path("nhap-du-lieu/<int:pk>/dong-bi-tu-choi/", imports.import_refused, name="import_refused"),
    path("nhap-du-lieu/mau/<str:kind>/", imports.import_template, name="import_template"),
    path("xuat-du-lieu/<str:kind>/", exports.export_registry, name="export_registry"),
    path("nhat-ky-du-lieu-ca-nhan/", access_log.access_log, name="access_log"),
    path("nguoi-dung/", people.people, name="people"),
    path("nguoi-dung/moi/", people.invite, name="invite"),
    path("nguoi-dung/gui-loi-moi/", people.people_invite_waiting, name="people_invite_waiting"),
    path("nguoi-dung/<int:pk>/", people.person, name="person"),
    path("nguoi-dung/<int:pk>/khoa/", people.person_deactivate, name="person_deactivate"),
    path("nguoi-dung/<int:pk>/mo-lai/", people.person_reactivate, name="person_reactivate"),
    path("nguoi-dung/<int:pk>/moi-lai/", people.person_invite_again, name="person_invite_again"),
    path("trang-gia-mao/", fakes.fake_list, name="fake_list"),
    path("trang-gia-mao/moi/", fakes.fake_new, name="fake_new"),
    path("trang-gia-mao/<int:pk>/sua/", fakes.fake_edit, name="fake_edit"),
    path("trang-gia-mao/<int:pk>/dua-ra/", fakes.fake_remove, name="fake_remove"),
]
