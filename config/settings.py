"""One settings file for every environment; what differs is read from the environment (see .env.example)."""

from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config.brand import BRAND
from config.env import BASE_DIR, celery_broker_url, database, encryption_keys, env, mailer_options, required

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY", "a long random text; it signs cookies and access links.")
FIELD_ENCRYPTION_KEYS = encryption_keys(
    required(
        "FIELD_ENCRYPTION_KEYS",
        "one Fernet key, or several with commas between (the first encrypts, all decrypt). "
        "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'.",
    )
)
SITE_URL = required("SITE_URL", "the public address, such as https://book.example.org (no slash at the end).").rstrip(
    "/"
)
_site = urlsplit(SITE_URL)
if not _site.hostname or SITE_URL not in {f"http://{_site.netloc}", f"https://{_site.netloc}"}:
    raise ImproperlyConfigured("SITE_URL must look like https://book.example.org, with nothing after the name.")
SITE_IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = [_site.hostname, *env.list("EXTRA_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Applications, from the ground up (docs/decisions/0001).
INSTALLED_APPS = [
    "config.apps.StaffAdminConfig",
    "config.apps.KernelConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "anymail",
    "customers",
    "bookings",
    "payments",
    "invoicing",
    "communications",
]

MIDDLEWARE = [
    "config.kernel.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Static files come compressed already. Pages get random padding, against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "config.maintenance.MaintenanceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.kernel.actor.ActorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "config.brand.brand",
                "config.legal.legal",
            ],
        },
    },
]

# Data. The web server pools its connections (config/wsgi.py sets the size). Anything else keeps one for a minute and
# looks before each use whether it still works.
DATABASES = {
    "default": database(
        required("DATABASE_URL", "the PostgreSQL database, such as postgres://user:password@127.0.0.1:5432/coursebook.")
    )
}
_pool_size = env.int("DATABASE_POOL_SIZE", default=0)
DATABASES["default"] |= {"CONN_MAX_AGE": 0 if _pool_size else 60, "CONN_HEALTH_CHECKS": not _pool_size}
# Asked a few times, a statement is planned once and kept by its connection. It takes parameters bound by the server.
_options = DATABASES["default"].setdefault("OPTIONS", {})
_options |= {"server_side_binding": True, "prepare_threshold": 5}
# Whom the change history names where nobody else is named (config/history); the web server says "customer".
DATABASE_ACTOR = env.str("DATABASE_ACTOR", default="system")
_options["options"] = f"{_options.get('options', '')} -c coursebook.actor_kind={DATABASE_ACTOR}".strip()
if _pool_size:
    _options["pool"] = {"min_size": 1, "max_size": _pool_size, "timeout": 20}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People. Customers have no password; staff do.
AUTH_USER_MODEL = "customers.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Whoever has a second factor is always asked for it. Where it is required, who has none sets it up before they are in.
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=True)
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Background work. Rows in PostgreSQL are the truth; Redis only carries ids (docs/decisions/0003).
REDIS_URL = required("REDIS_URL", "the Redis server that carries background work, such as redis://127.0.0.1:6379/0.")
CELERY_BROKER_URL = celery_broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"invoicing.tasks.render_*": {"queue": "pdf"}}
# Nothing waits for longer than SWEEP_SECONDS, so the scheduler need not remember anything. Celery's usual one keeps a
# file and dies with it: SQLite's "locking protocol" error has ended all sweeping.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 0.5, "socket_timeout": 5}
# Celery would open a connection to the database for every task; how long one is kept is CONN_MAX_AGE's to say.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# How long something may be in hand before a sweeper believes that its worker died (seconds), and how often it looks.
CLAIM_SECONDS = env.int("CLAIM_SECONDS", default=120)
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=30)

# Money. STRIPE_API_BASE points at the stand-in on a development machine and is unset elsewhere.
STRIPE_SECRET_KEY = required(
    "STRIPE_SECRET_KEY", "Stripe's secret key (`make run` starts a stand-in when it is unset)."
)
STRIPE_PUBLISHABLE_KEY = required("STRIPE_PUBLISHABLE_KEY", "Stripe's publishable key.")
STRIPE_WEBHOOK_SECRET = required("STRIPE_WEBHOOK_SECRET", "the signing secret of the webhook endpoint in Stripe.")
_stand_in = env.str("STRIPE_API_BASE", default="")
STRIPE_API_BASE = _stand_in or "https://api.stripe.com"
STRIPE_TIMEOUT_SECONDS = env.float("STRIPE_TIMEOUT_SECONDS", default=10.0)
# Browsers apply form-action to the redirect that follows a POST, so "Continue to Stripe to pay" must name its page.
STRIPE_CHECKOUT_ORIGIN = _stand_in or "https://checkout.stripe.com"
# The script behind the form on our own page. Its release is that of the library's API version, and of the types in
# package.json that our script is checked against.
STRIPE_JS_URL = env.str("STRIPE_JS_URL", default="") or (
    f"{_stand_in}/js/stripe.js" if _stand_in else "https://js.stripe.com/endive/stripe.js"
)

# Letters.
MAILERS = {"default": mailer_options()}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or formataddr((BRAND.name, BRAND.sender))
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Documents live outside the web root and are served by permission or access link.
STORAGE_PATH = Path(env.str("STORAGE_PATH", default=str(BASE_DIR / "var" / "storage")))

# While this file exists, people see a page that says so (config/maintenance.py).
MAINTENANCE_FILE = Path(env.str("MAINTENANCE_FILE", default=str(BASE_DIR / "var" / "maintenance")))

# Static files: hashed names, compressed, served by WhiteNoise.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["config.bundles.BundleFinder", "django.contrib.staticfiles.finders.AppDirectoriesFinder"]
# One stylesheet and one script for the site, and for the office; each put together from a folder (config/bundles.py).
STATIC_BUNDLES = {
    "css/site.css": "css/site",
    "js/site.js": "js/site",
    "css/office.css": "css/office",
    "js/office.js": "js/office",
}
BUNDLES_ROOT = BASE_DIR / "var" / "bundles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Time and language.
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = False
USE_TZ = True

# Security. A strict policy from the first page: no inline script or style anywhere.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "img-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
}
# The payment page alone lets in Stripe's script and what that needs, by Stripe's own list
# (https://docs.stripe.com/security/guide#content-security-policy), or a stand-in's.
_js = urlsplit(STRIPE_JS_URL)
_js_origin = f"{_js.scheme}://{_js.netloc}"
_is_stripes = _js_origin == "https://js.stripe.com"
_js_origins = [_js_origin, "https://*.js.stripe.com"] if _is_stripes else [_js_origin]
PAYMENT_CSP = SECURE_CSP | {
    "connect-src": [CSP.SELF, "https://api.stripe.com" if _is_stripes else _js_origin],
    "form-action": [CSP.SELF, STRIPE_CHECKOUT_ORIGIN],
    "frame-src": [*_js_origins, "https://hooks.stripe.com"] if _is_stripes else _js_origins,
    "script-src": [CSP.SELF, *_js_origins],
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SITE_IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SITE_IS_HTTPS
SECURE_HSTS_PRELOAD = SITE_IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = SITE_IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.error_views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask_personal_data": {"()": "config.kernel.logs.MaskPersonalData"}},
    "formatters": {"json": {"()": "config.kernel.logs.JsonFormatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["mask_personal_data"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own handlers go: what they print is neither masked nor JSON.
        "django": {"handlers": []},
        # Each request is one line of our own (RequestIdMiddleware); Django's would print addresses with secrets.
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # Scanners call the site by other names all day; the request's line says 400, and no alarm is due.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "stripe": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
