"""Addresses of posting through connectors: the schedule and the settings, below /dieu-hanh/."""

from django.urls import path

from campaigns.views import connectors, jobs

urlpatterns = [
    path("dang-bai/", jobs.job_list, name="job_list"),
    path("dang-bai/<int:pk>/", jobs.job, name="job"),
    path("dang-bai/<int:pk>/xu-ly/", jobs.job_act, name="job_act"),
    path("san-pham/<int:pk>/dat-lich-dang/", jobs.job_plan, name="job_plan"),
    path("ket-noi/", connectors.connector_list, name="connector_list"),
    path("ket-noi/<int:pk>/", connectors.connector, name="connector"),
    path("ket-noi/<int:pk>/viec/", connectors.connector_act, name="connector_act"),
]
