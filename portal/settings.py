"""Every setting of the portal, read from the environment (or `.env`) through django-environ.

With an empty environment the portal runs embedded: SQLite, file broker, mails to files, this machine only.
Naming a database server (`DATABASE_URL`) makes it production: it refuses to start insecure (`PRODUCTION=0` for
rehearsals and tests).
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
EMBEDDED = DATABASES["default"]["ENGINE"].endswith("sqlite3")
PRODUCTION = env.bool("PRODUCTION", default=not EMBEDDED)
DEBUG = env.bool("DEBUG", default=False)

INSECURE_KEY = "embedded-only-key-never-used-in-production-0123456789abcdef"
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

PROVINCE_NAME = env.str("PROVINCE_NAME", default="Tỉnh Lạng Sơn")
PORTAL_NAME = env.str("PORTAL_NAME", default="Cổng Kênh Chính thống")
PROVINCE_OFFICE = env.str("PROVINCE_OFFICE", default="Sở Khoa học và Công nghệ")
PROVINCE_LOGO = env.str("PROVINCE_LOGO", default="")
HOTLINE = env.str("HOTLINE", default="")

INSTALLED_APPS = [
    "portal",
    "registry",
    "campaigns",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "simple_history",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.SignedLinkMiddleware",
    "portal.unsent.UnsentWordsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.OnlyByButtonMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "portal.forms.PortalFormRenderer"

# --- Database ------------------------------------------------------------------------------------------------------

if EMBEDDED:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "tcp_user_timeout": 10000,
        "options": "-c jit=off -c random_page_cost=1.1 -c statement_timeout=30000 -c lock_timeout=5000"
        " -c idle_in_transaction_session_timeout=60000",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache and broker ----------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CACHE_URL = env.str("CACHE_URL", default=REDIS_URL)
if CACHE_URL:
    CACHES = {
        "default": {
            "BACKEND": "portal.cache.OptionalRedisCache",
            "LOCATION": CACHE_URL,
            "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25, "retry": Retry(NoBackoff(), 0)},
        }
    }
elif EMBEDDED:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "cache",
        }
    }

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }
else:
    BROKER_DIR = VAR_DIR / "broker"
    CELERY_BROKER_TRANSPORT = "portal.file_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
    }
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite leaves out the further columns of an index: slower, not wrong
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 90, 120
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2, "interval_step": 0.2, "interval_max": 0.5}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 45
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
TICK_SECONDS = env.float("TICK_SECONDS", default=60)
SEND_SECONDS = env.float("SEND_SECONDS", default=30)
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "portal.tasks.tick", "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS * 0.9}},
    "send": {"task": "portal.tasks.send", "schedule": SEND_SECONDS, "options": {"expires": SEND_SECONDS * 0.9}},
    "imports": {"task": "portal.tasks.imports", "schedule": 15, "options": {"expires": 14}},
    "downloads": {"task": "portal.tasks.downloads", "schedule": 15, "options": {"expires": 14}},
}

# --- Mail ----------------------------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Cổng Kênh Chính thống <khong-tra-loi@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
AGENCY_STORAGE_MB = env.int("AGENCY_STORAGE_MB", default=2000)
"""Room for the files of one agency, in megabytes."""

SENDING_LEASE_SECONDS = env.int("SENDING_LEASE_SECONDS", default=180)
"""How long a worker may hold messages without a word; what it had begun is in doubt after that."""
SENDING_REST_SECONDS = env.int("SENDING_REST_SECONDS", default=600)
"""After this time a message in doubt goes once more, as itself."""
REVIEW_WITHIN_WORKING_DAYS = env.int("REVIEW_WITHIN_WORKING_DAYS", default=3)
QUIET_HOURS = (env.int("QUIET_FROM_HOUR", default=20), env.int("QUIET_TO_HOUR", default=7))

# --- Connectors: posting through the platforms' own interfaces -----------------------------------------------------

CONNECTOR_KEYS = env.list("CONNECTOR_KEY", default=[])
ZALO_API = env.str("ZALO_API", default="https://openapi.zalo.me")
ZALO_OAUTH = env.str("ZALO_OAUTH", default="https://oauth.zaloapp.com")
FACEBOOK_API = env.str("FACEBOOK_API", default="https://graph.facebook.com/v26.0")

# --- Messages by phone: off until the keys of a provider are here ---------------------------------------------------

ZBS_API = env.str("ZBS_API", default="https://business.openapi.zalo.me")
ZBS_APP_ID = env.str("ZBS_APP_ID", default="")
ZBS_APP_SECRET = env.str("ZBS_APP_SECRET", default="")
ZBS_REFRESH_TOKEN = env.str("ZBS_REFRESH_TOKEN", default="")
ZBS_TEMPLATE = env.str("ZBS_TEMPLATE", default="")
ZBS_MODE = env.str("ZBS_MODE", default="")
"""`development`: only administrators of the application and of the OA get the messages."""
ZBS_WEBHOOK_SECRET = env.str("ZBS_WEBHOOK_SECRET", default="")
ESMS_CALLBACK_SECRET = env.str("ESMS_CALLBACK_SECRET", default="")
"""With these the providers may report what became of a message (`/nhan-bao/…`); without them they are refused."""
ESMS_API = env.str("ESMS_API", default="https://rest.esms.vn")
ESMS_API_KEY = env.str("ESMS_API_KEY", default="")
ESMS_SECRET_KEY = env.str("ESMS_SECRET_KEY", default="")
ESMS_BRANDNAME = env.str("ESMS_BRANDNAME", default="")
SPEEDSMS_API = env.str("SPEEDSMS_API", default="https://api.speedsms.vn")
SPEEDSMS_TOKEN = env.str("SPEEDSMS_TOKEN", default="")
SPEEDSMS_SENDER = env.str("SPEEDSMS_SENDER", default="")
SMS_LONGEST = 160
"""Characters of one unaccented text message."""
MESSAGE_LIMITS = {
    name: {
        "per_second": max(env.float(f"{name.upper()}_PER_SECOND", default=speed), 0.1),
        "per_day": env.int(f"{name.upper()}_PER_DAY", default=0),
    }
    for name, speed in (("zbs", 10), ("esms", 10), ("speedsms", 5))
}
"""How fast and how much each provider may be asked to send; `per_day` 0 = no limit of ours."""

# --- Sign-in -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = PORTAL_NAME
MFA_ALLOW_UNVERIFIED_EMAIL = True
INVITATION_DAYS = 14
# Phones and e-mails of people who left are erased after so many days; history keeps the fact (Law 91/2025/QH15).
CONTACT_RETENTION_DAYS = env.int("CONTACT_RETENTION_DAYS", default=365)
PASSWORD_RESET_TIMEOUT = 2 * 3600
SIGNED_LINK_DAYS = 14

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"

# --- Language and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/khong-mo-truc-tiep/"
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "png", "webp", "gz", "woff2", "br"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Security headers ----------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "media-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

# --- History -------------------------------------------------------------------------------------------------------

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- Log -----------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)r"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django": {"handlers": [], "propagate": True}, "kombu": {"level": "WARNING"}},
}


def refuse_insecure_start():
    """Stop a production start whose secrets, hosts or services are still those of the demo."""
    faults = []
    if SECRET_KEY == INSECURE_KEY or len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
        faults.append("SECRET_KEY: đặt một chuỗi ngẫu nhiên dài từ 50 ký tự")
    if not env.list("ALLOWED_HOSTS", default=[]) or "*" in ALLOWED_HOSTS:
        faults.append("ALLOWED_HOSTS: ghi rõ tên miền, không dùng *")
    if DEBUG:
        faults.append("DEBUG: phải tắt")
    if not SITE_URL.startswith("https://"):
        faults.append("SITE_URL: phải bắt đầu bằng https://")
    if EMBEDDED:
        faults.append("DATABASE_URL: dùng PostgreSQL")
    if not REDIS_URL:
        faults.append("REDIS_URL: dùng Redis")
    if not EMAIL_URL:
        faults.append("EMAIL_URL: khai báo máy chủ gửi thư (SMTP)")
    if faults:
        raise ImproperlyConfigured("Chưa khởi động vì cấu hình chưa an toàn:\n- " + "\n- ".join(faults))


if PRODUCTION:
    refuse_insecure_start()
