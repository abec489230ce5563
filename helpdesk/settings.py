"""Every setting, in one file, each from the environment with a default that runs.

With nothing set, the product runs on its embedded PostgreSQL and Valkey below `DATA` (`make run`).
`DATABASE_URL` and `CELERY_BROKER_URL` replace them by real servers.
"""

from pathlib import Path

import environ
from django.templatetags.static import static

from helpdesk import connections
from helpdesk.local.instance import Instance

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# The folder that holds an instance's state: databases, sockets, attachments, ports.
DATA = Path(env("DATA", default=str(BASE_DIR / ".data"))).resolve()
INSTANCE = Instance(DATA)

DEBUG = env.bool("DEBUG", default=False)
# The demo: a seeded store, log-ins on the sign-in page, a mail box in the browser. Never on by itself.
DEMO = env.bool("DEMO", default=INSTANCE.demo)
SECRET_KEY = env("SECRET_KEY", default="") or INSTANCE.secret_key()
# Former keys: what they signed, sessions and reply addresses, stays good.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address that links in mails start with.
BASE_URL = env("BASE_URL", default=f"http://127.0.0.1:{INSTANCE.port}")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "helpdesk",
    "subscribers",
    "tickets",
    "success",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "helpdesk.content_security.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "helpdesk.middleware.own_time_zone",
    "helpdesk.languages.own_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
ASGI_APPLICATION = "helpdesk.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "helpdesk.context.shell",
            ],
        },
    },
]

# -- The database: PostgreSQL alone. `DATABASE_POOL` is for the web, whose views run in many threads; other
# processes keep a connection each.
DATABASES = {"default": env.db("DATABASE_URL") if env("DATABASE_URL", default="") else INSTANCE.database}
DATABASE_POOL = env.int("DATABASE_POOL", default=0)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a server that was restarted costs nobody an error
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASE_POOL:
    connections.share(DATABASES["default"], DATABASE_POOL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Celery ------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="") or INSTANCE.broker_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith(("redis", "unix", "socket", "valkey")):
    # Above the longest task; restored soon after a killed worker (the defaults took 100 s).
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        # Whoever saves something waits for this: with a broker that is down, 6 s by default.
        "max_retries": 0,
        "socket_connect_timeout": 2,
    }
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "helpdesk.heartbeats:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat-schedule")
# Sweeps: each finds rows that are due and does them; losing the broker loses nothing. In seconds.
CELERY_BEAT_SCHEDULE = {
    "pulse": {"task": "helpdesk.tasks.pulse", "schedule": 5.0, "options": {"expires": 10}},
    "inbound mail": {"task": "tickets.tasks.sweep_inbound_mail", "schedule": 5.0, "options": {"expires": 10}},
    "mail accounts": {"task": "tickets.tasks.sweep_mail_accounts", "schedule": 15.0, "options": {"expires": 15}},
    "outbound mail": {
        "task": "tickets.tasks.sweep_outbound_mail",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "answers": {"task": "tickets.tasks.let_answers_go", "schedule": 2.0, "options": {"expires": 5}},
    "snoozed tickets": {"task": "tickets.tasks.wake_snoozed", "schedule": 10.0, "options": {"expires": 10}},
    "bulk jobs": {"task": "tickets.tasks.sweep_bulk_jobs", "schedule": 15.0, "options": {"expires": 30}},
    "mail incidents": {
        "task": "tickets.tasks.sweep_mail_incidents",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "satisfaction": {"task": "tickets.tasks.ask_satisfaction", "schedule": 10.0, "options": {"expires": 10}},
    "given tickets": {"task": "tickets.tasks.give_tickets", "schedule": 10.0, "options": {"expires": 10}},
    "rules": {"task": "tickets.tasks.apply_rules", "schedule": 5.0, "options": {"expires": 10}},
    "who views": {"task": "tickets.tasks.sweep_viewings", "schedule": 10.0, "options": {"expires": 10}},
    "words": {"task": "tickets.tasks.read_words", "schedule": 3.0, "options": {"expires": 10}},
    "clocks": {"task": "tickets.tasks.sweep_clocks", "schedule": 30.0, "options": {"expires": 60}},
    "calendars": {"task": "tickets.tasks.refresh_calendars", "schedule": 3600.0, "options": {"expires": 3600}},
    "learned topics": {"task": "tickets.tasks.learn_topics", "schedule": 21600.0, "options": {"expires": 21600}},
    "recalculations": {
        "task": "tickets.tasks.sweep_recalculations",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "cancellations": {
        "task": "subscribers.cancellation.tasks.sweep_cancellations",
        "schedule": 15.0,
        "options": {"expires": 30},
    },
    "cancellations watched": {
        "task": "subscribers.cancellation.tasks.watch_cancellations",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "cancellations missed": {
        "task": "tickets.tasks.sweep_cancellations",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "webhooks": {"task": "subscribers.tasks.process_webhooks", "schedule": 2.0, "options": {"expires": 10}},
    "old webhooks": {"task": "subscribers.tasks.purge_webhooks", "schedule": 3600.0, "options": {"expires": 3600}},
    "cards": {"task": "subscribers.tasks.sweep_cards", "schedule": 3600.0, "options": {"expires": 3600}},
    "rereads": {"task": "subscribers.tasks.sweep_rereads", "schedule": 3.0, "options": {"expires": 10}},
    "imports": {"task": "subscribers.imports.tasks.sweep_imports", "schedule": 15.0, "options": {"expires": 30}},
    "privacy": {"task": "subscribers.privacy.tasks.sweep_privacy", "schedule": 30.0, "options": {"expires": 60}},
    "provider actions": {"task": "subscribers.tasks.sweep_actions", "schedule": 5.0, "options": {"expires": 10}},
    "billing": {"task": "subscribers.tasks.sweep_billing", "schedule": 15.0, "options": {"expires": 30}},
    "reconciliations": {
        "task": "subscribers.tasks.sweep_reconciliations",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "demo": {"task": "helpdesk.tasks.live_demo", "schedule": 60.0, "options": {"expires": 60}},
    "runs": {"task": "success.tasks.sweep_runs", "schedule": 2.0, "options": {"expires": 10}},
    "flows": {"task": "success.tasks.watch_flows", "schedule": 30.0, "options": {"expires": 60}},
    "flows' dates": {"task": "success.tasks.follow_dates", "schedule": 600.0, "options": {"expires": 600}},
    "enrolments": {"task": "success.tasks.sweep_enrolments", "schedule": 30.0, "options": {"expires": 60}},
    "flows' webhooks": {"task": "success.tasks.send_webhooks", "schedule": 5.0, "options": {"expires": 10}},
    "causes": {"task": "success.causes.tasks.look_for_causes", "schedule": 900.0, "options": {"expires": 900}},
    "answers of causes": {"task": "success.causes.tasks.send_answers", "schedule": 5.0, "options": {"expires": 10}},
    "studies": {"task": "success.evidence.tasks.study_stores", "schedule": 60.0, "options": {"expires": 60}},
    "figures": {"task": "success.insights.tasks.keep_figures", "schedule": 10.0, "options": {"expires": 10}},
    "health": {"task": "success.health.tasks.sweep_health", "schedule": 5.0, "options": {"expires": 10}},
    "health of the unknown": {
        "task": "success.health.tasks.find_unknown",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "offers": {"task": "success.tasks.sweep_offers", "schedule": 60.0, "options": {"expires": 60}},
    "dry_runs": {"task": "success.tasks.sweep_dry_runs", "schedule": 15.0, "options": {"expires": 30}},
    "alerts": {"task": "success.tasks.reconcile_alerts", "schedule": 30.0, "options": {"expires": 60}},
}

# -- People ------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "helpdesk.User"
AUTHENTICATION_BACKENDS = ["helpdesk.sign_in.WithPresence"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# -- REST --------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["helpdesk.api.parsing.BoundedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["helpdesk.api.filtering.FilterBackend"],
    "EXCEPTION_HANDLER": "helpdesk.api.errors.on_error",
    "DEFAULT_PAGINATION_CLASS": "helpdesk.api.pagination.Pagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# The largest body of a request; attachments travel in it as base64.
API_MAX_BYTES = env.int("API_MAX_BYTES", default=30 * 1024 * 1024)
SPECTACULAR_SETTINGS = {
    "TITLE": "Helpdesk",
    "DESCRIPTION": "Tickets, alerts, recovery runs and subscribers of subscription stores.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    # The pages' assets come from here, not from a delivery network.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "TicketStatus": "tickets.enums.TicketStatus",
        "AlertStatus": "success.enums.AlertStatus",
        "RunStatus": "success.enums.RunStatus",
        "SubscriptionStatus": "subscribers.enums.SubscriptionStatus",
        "Interval": "subscribers.enums.Interval",
        "ActionKind": "subscribers.enums.ActionKind",
        "ActionState": "subscribers.enums.ActionState",
        "BoxKind": "subscribers.enums.BoxKind",
        "BoxStatus": "subscribers.enums.BoxStatus",
        "CycleStatus": "subscribers.enums.CycleStatus",
        "Channel": "subscribers.enums.Channel",
        "SessionKind": "subscribers.cancellation.enums.SessionKind",
        "MessageKind": "tickets.enums.MessageKind",
        "FactKind": "success.enums.FactKind",
        "StepKind": "success.enums.StepKind",
        "CauseState": "success.causes.enums.CauseState",
        "MilestoneState": "success.milestones.enums.MilestoneState",
    },
}

# -- Mail --------------------------------------------------------------------------------------------
# Outgoing: EMAIL_URL, or the instance's own SMTP listener, which keeps what leaves in a local mail box.
vars().update(env.email("EMAIL_URL", default=f"smtp://127.0.0.1:{INSTANCE.smtp_port}"))
EMAIL_TIMEOUT = 20
# Or through a mail service, by its name in django-anymail (mailgun, postmark, amazon_ses, …); its keys are the
# variables that start with ANYMAIL_, such as ANYMAIL_MAILGUN_API_KEY.
MAIL_SERVICE = env("MAIL_SERVICE", default="")
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")}
ANYMAIL.setdefault("REQUESTS_TIMEOUT", EMAIL_TIMEOUT)
if MAIL_SERVICE:
    # Resend drops a mail that it was asked for before: by a backend of ours that names it.
    EMAIL_BACKEND = f"{'tickets.mail' if MAIL_SERVICE == 'resend' else 'anymail.backends'}.{MAIL_SERVICE}.EmailBackend"
# Seconds in which an agent can take an answer back; scheduled answers leave at their time.
METRICS_TOKEN = env("METRICS_TOKEN", default="")  # empty: /metrics answers this machine alone
UNDO_SEND_SECONDS = env.int("UNDO_SEND_SECONDS", default=10)
# Automatic mail to one address within 24 hours: as many in all, and as many before machines stop answering.
MAIL_AUTOMATIC_PER_DAY = env.int("MAIL_AUTOMATIC_PER_DAY", default=6)
MAIL_ANSWERS_PER_DAY = env.int("MAIL_ANSWERS_PER_DAY", default=3)
# The local SMTP listener: takes mail for our mailboxes in; the demo's keeps what leaves for others.
SMTP_HOST = env("SMTP_HOST", default="127.0.0.1")
SMTP_PORT = env.int("SMTP_PORT", default=INSTANCE.smtp_port)
LMTP_PORT = env.int("LMTP_PORT", default=0)  # besides, where it is set
# The names under which our own receiving servers write Authentication-Results; a mailbox may name others.
MAIL_AUTHSERV_IDS = env.list("MAIL_AUTHSERV_IDS", default=[])
MAIL_MAX_BYTES = env.int("MAIL_MAX_BYTES", default=40 * 1024 * 1024)
DEMO_MAILBOX = DATA / "mailbox"

# -- Files -------------------------------------------------------------------------------------------
STATIC_URL = "static/"
# Static files come from where they lie, or, where it is set, from the folder that `collectstatic` filled.
STATIC_ROOT = env("STATIC_ROOT", default=None)
STATICFILES_DIRS = [BASE_DIR / "helpdesk" / "static"]
MEDIA_ROOT = DATA / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT
WHITENOISE_AUTOREFRESH = DEBUG

# -- Language and time: stored in UTC, shown in the reader's zone --------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# -- Safety ------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_NAME = f"helpdesk_{INSTANCE.port}"  # two instances on one host keep their own sessions
CSRF_COOKIE_NAME = f"helpdesk_csrf_{INSTANCE.port}"
if env.bool("HTTPS", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked by load balancers, beside the proxy
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {  # `/readyz` says 503 until all parts work: an answer to who asked, not a failure
        "failures": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(getattr(record, "request", None), "path", "") != "/readyz",
        }
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"filters": ["failures"]},
        **{  # sweeps come every few seconds: only their failures are news
            name: {"level": "WARNING"}
            for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy", "mail.log", "flufl.bounce")
        },
    },
}

UNFOLD = {
    "SITE_TITLE": "Helpdesk admin",
    "SITE_HEADER": "Helpdesk",
    "SITE_SUBHEADER": "Configuration",
    "SITE_URL": "/",
    "SITE_SYMBOL": "support_agent",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SHOW_BACK_BUTTON": True,
    "SIDEBAR": {"show_search": False, "navigation": "helpdesk.admin_navigation.navigation"},
    "COLORS": {
        "primary": {
            "50": "oklch(0.97 0.015 270)",
            "100": "oklch(0.94 0.03 270)",
            "200": "oklch(0.88 0.06 270)",
            "300": "oklch(0.80 0.10 270)",
            "400": "oklch(0.70 0.14 270)",
            "500": "oklch(0.60 0.165 270)",
            "600": "oklch(0.505 0.178 270)",
            "700": "oklch(0.45 0.16 270)",
            "800": "oklch(0.38 0.13 270)",
            "900": "oklch(0.32 0.10 270)",
            "950": "oklch(0.24 0.07 270)",
        },
    },
}
