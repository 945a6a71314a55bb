"""Addresses of the province's desk, below /dieu-hanh/."""

urlpatterns = []
