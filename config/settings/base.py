"""What is the same in the embedded default, in the tests and in production."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.contrib.messages.constants import INFO
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent

INSTALLED_APPS = [
    "registry",
    "followup",
    "analytics",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_celery_beat",
    "django_celery_results",
    "django_htmx",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "registry.api.problem_middleware.ProblemMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "registry.headers.OwnSiteMiddleware",
    "registry.page_methods.PageMethodsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before all that asks who is there: whose session has lasted too long is a stranger.
    "registry.accounts.session_limits.SessionLimitsMiddleware",
    # Under /api/ a token says who asks.
    "registry.api.token_middleware.TokenMiddleware",
    # A page is closed unless its view says that it is open (login_not_required).
    "registry.views.sign_in.SignInMiddleware",
    "registry.accounts.second_factor.SecondFactorMiddleware",
    "registry.middleware.RequestScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # The last: it answers in place of a view whose sign-in met a lockout.
    "axes.middleware.AxesMiddleware",
]

# Whether this is the embedded default: pages say so, and mail is read on the mailbox page.
DEMO = False

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Users, sessions

AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = [
    # The first, as its documentation says: it refuses before a password is looked at.
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "registry:home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: one working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# Signing in: by user name; accounts come by invitation or the single sign-on, never by themselves.

ACCOUNT_ADAPTER = "registry.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
# Wrong passwords are counted in the database (below), not in the cache as here.
ACCOUNT_RATE_LIMITS: dict[str, str | None] | bool = {"login": "120/m/ip", "login_failed": None}
ACCOUNT_FORMS = {
    "login": "registry.accounts.forms.SignInForm",
    "reset_password": "registry.accounts.forms.AskPasswordLinkForm",
    "reset_password_from_key": "registry.accounts.forms.NewPasswordForm",
    "change_password": "registry.accounts.forms.ChangePasswordForm",
    "reauthenticate": "registry.accounts.forms.PasswordAgainForm",
}
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds that a link for a new password holds

# Second factors. Whether roles that show identities need one, each deployment says.
MFA_REQUIRED = False
MFA_ADAPTER = "registry.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are not proved here: people are invited by them
MFA_FORMS = {
    "authenticate": "registry.accounts.forms.CodeForm",
    "reauthenticate": "registry.accounts.forms.CodeAgainForm",
    "activate_totp": "registry.accounts.forms.AddAppForm",
    "add_webauthn": "registry.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "registry.accounts.forms.RenamePasskeyForm",
}

# Single sign-on: none unless the deployment names one.
OIDC_NAME = ""
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
SOCIALACCOUNT_ADAPTER = "registry.accounts.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True

# Lockout after wrong passwords and codes, by user name and address, kept in the database.

AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "registry.accounts.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "registry.accounts.lockout.lockout_answer"
AXES_USERNAME_CALLABLE = "registry.accounts.lockout.name_for_counting"
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "code",
    "credential",
    "kept",
    "oldpassword",
    "csrfmiddlewaretoken",
]
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

# Roles, tokens and temporary access are confirmed or revoked at least so often.

ACCESS_REVIEW_DAYS = 180

# Messages are shown as notices, which have their own word for information.
MESSAGE_TAGS = {INFO: "information"}

# Language and time: times are stored and swept in UTC, dates of patients are days. Pages are in
# English: the other languages are those of reports, whose catalogue holds nothing else. So no
# LocaleMiddleware asks a browser for its language.

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files and browser headers: own files only, no inline script or style.

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Passkeys are made and asked for by our own pages; nothing else of the device is needed.
PERMISSIONS_POLICY: dict[str, str | list[str]] = {
    "publickey-credentials-create": "self",
    "publickey-credentials-get": "self",
    **{
        feature: []
        for feature in (
            "accelerometer",
            "autoplay",
            "camera",
            "display-capture",
            "encrypted-media",
            "geolocation",
            "gyroscope",
            "hid",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "serial",
            "usb",
        )
    },
}

# Programming interface: closed by default, JSON only (no browsable pages).

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "registry.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["registry.api.authentication.MayUseApi"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["registry.api.parsing.StrictJSONParser"],
    "EXCEPTION_HANDLER": "registry.api.problems.answer",
    "DEFAULT_THROTTLE_CLASSES": ["registry.api.limits.TokenRateThrottle"],
    "DEFAULT_SCHEMA_CLASS": "registry.api.schema.ApiSchema",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# Requests of one token; counted in the cache, which in production all web processes share.
API_REQUESTS_PER_MINUTE = 600

# Calls to hospitals' own systems: to public addresses by HTTPS, unless the installation says more.
WEBHOOK_ALLOWED_NETWORKS: list[str] = []
WEBHOOK_ALLOW_HTTP = False
WEBHOOK_CONNECT_SECONDS: float = 5
WEBHOOK_TOTAL_SECONDS: float = 10

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Sarcoma RT Registry",
    "DESCRIPTION": "Patients' facts, follow-up visits and curves. See docs/users/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    # What is sent holds no member that is only read.
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PERMISSIONS": ["registry.api.authentication.MayUseApi"],
    # Code lists stay at the fields that hold them: many share a name, such as "kind".
    "POSTPROCESSING_HOOKS": [],
    # Scripts and styles come inside a package, from this site.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# The token itself is the person's only; the registry keeps a digest, a name and an end.
KNOX_TOKEN_MODEL = "registry.ApiToken"

# Uploads: small files stay in memory, larger ones are encrypted on their way into UPLOAD_DIR.

FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "registry.upload_handler.SealedUploadHandler",
]

# The entry form of a visit asks the room of the duties what the protocol expects of it.

EXPECTED_VISIT = "followup.selectors.visit_entry.asked_visit"

# Digests go out from this hour of the person's day on; the embedded default does not wait.

FOLLOWUP_SEND_FROM_HOUR = 0

# The log of a mail relay on this machine, which is asked about mails in doubt; "" for none.

RELAY_LOG = ""
RELAY_LOG_TIME_ZONE = "UTC"

# A drop-down for each column of the files of an import, and more than the thousand of the default.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Celery: JSON only, results in the database, schedule in the database.

CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_RESULT_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = "django-db"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = 30 * 60  # seconds


def beat_schedule(tick_seconds: int) -> dict[str, dict[str, Any]]:
    """Schedule of beat: ticks that ask what is due and not done.

    A tick that waited longer than its interval is dropped, so that ticks do not pile up while no
    worker runs; nothing is lost by it, since what is due lives in the database.
    """
    return {
        "followup-tick": {
            "task": "followup.tasks.tick",
            "schedule": tick_seconds,
            "options": {"expires": tick_seconds},
        },
        "send-webhooks": {
            "task": "followup.tasks.send_webhooks",
            "schedule": tick_seconds,
            "options": {"expires": tick_seconds},
        },
        "tend-imports": {
            "task": "registry.tasks.tend_imports",
            "schedule": 60,
            "options": {"expires": 60},
        },
        "refresh-curves": {
            "task": "analytics.tasks.tick",
            "schedule": 60,
            "options": {"expires": 60},
        },
        "make-reports": {
            "task": "analytics.tasks.make_reports",
            "schedule": 60,
            "options": {"expires": 60},
        },
    }
