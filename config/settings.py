"""
Settings of the site, read from the environment or from a `.env` file beside `manage.py`.

If both set a value, the environment wins. Every setting has a default that is safe on your own
machine. `PROFILE=production` turns on HTTPS and secure cookies, and requires the secrets that
have no safe default. `docs/deployment.md` lists every name.
"""

import os
import sys
import warnings
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.secret_key import local_secret_key

# Pillow warns of malformed metadata; the pixels are still usable.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")
# A variable that is set to an empty string counts as not set.
env.ENVIRON = {name: value for name, value in os.environ.items() if value}

PROFILE = env.str("PROFILE", "local")
if PROFILE not in ("local", "production"):
    raise ImproperlyConfigured(f"PROFILE must be 'local' or 'production', not {PROFILE!r}.")
IN_PRODUCTION = PROFILE == "production"

VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database and the secret key

DEBUG = env.bool("DEBUG", False)

# --- Security ----------------------------------------------------------------------------

if IN_PRODUCTION:
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
else:
    SECRET_KEY = env.str("SECRET_KEY", "") or local_secret_key(VAR_DIR / "secret_key")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IN_PRODUCTION
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if IN_PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IN_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # probes use plain HTTP
if env.bool("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "gallery.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],  # blob: previews of files before they are sent
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- The application ---------------------------------------------------------------------

INSTALLED_APPS = [
    "gallery",
    "hashing",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "django.forms",  # lets templates/ override the templates of form widgets
]
if not IN_PRODUCTION:
    INSTALLED_APPS.append("demo")  # its command creates a superuser and fills the gallery

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.explain_wrong_method",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gallery.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "gallery:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# All texts are written in British English, so English needs no catalogue. Catalogues of other
# languages, made with `manage.py makemessages -l de` and `compilemessages`, go to `locale/`.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "British English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_TZ = True

# --- Storage -----------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOCAL_DATABASE = {  # not a URL, in which some characters of a path have a meaning
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(VAR_DIR / "gallery.sqlite3"),
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL") if "DATABASE_URL" in env else LOCAL_DATABASE
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Lets readers work beside one writer, and makes writers queue. With Django's defaults, a
    # third of concurrent writes failed with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

# For short-lived values that may be lost, such as the number of recent searches.
CACHES = {"default": env.cache_url("CACHE_URL", "locmemcache://?max_entries=30000")}

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns if the folder is missing
STATICFILES_DIRS = [BASE_DIR / "static"]
# Before `collectstatic` has run, files are served from the source folders, so that no page
# depends on a step that is easily forgotten. Afterwards their names contain a digest and
# browsers cache them indefinitely.
COLLECTS = "collectstatic" in sys.argv
COLLECTED = not DEBUG and (COLLECTS or (STATIC_ROOT / "staticfiles.json").exists())
WHITENOISE_USE_FINDERS = not COLLECTED

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
FILE_UPLOAD_PERMISSIONS = 0o640
STORAGES = {
    "default": {
        "BACKEND": env.str("STORAGE_BACKEND", "django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("STORAGE_OPTIONS", default={}),
    },
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if COLLECTED
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# --- Limits and hashing ------------------------------------------------------------------

GALLERY = {
    "SITE_NAME": env.str("SITE_NAME", "Lookalike"),
    "MAX_UPLOAD_BYTES": env.int("MAX_UPLOAD_BYTES", 50 * 1024 * 1024),
    "MAX_UPLOAD_FILES": env.int("MAX_UPLOAD_FILES", 100),
    "SEARCHES_PER_MINUTE": env.int("SEARCHES_PER_MINUTE", 30),
    "PROXIES": env.int("PROXIES", 0),
    "WORKER": env.str("WORKER", "server"),
}
HASHING = {
    "MAX_PIXELS": env.int("MAX_PIXELS", 60_000_000),
    # Enough pixels to hash a picture and to make its largest rendition from one decode.
    "DECODE": env.str("DECODE", "default"),
    "DECODE_LONG_SIDE": 1600,
    "HEIF": env.bool("HEIF", None),
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # one choice for each picture of a large cluster
DATA_UPLOAD_MAX_NUMBER_FILES = GALLERY["MAX_UPLOAD_FILES"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    # A rejected request (4xx) is an answer, not an incident.
    "loggers": {"django.request": {"level": "ERROR"}},
}
