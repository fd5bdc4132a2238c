"""URLs of the whole site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("", include("gallery.urls")),
]

handler400 = "gallery.views.errors.bad_request"
handler403 = "gallery.views.errors.permission_denied"
handler404 = "gallery.views.errors.not_found"
