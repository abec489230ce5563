"""The product's settings on a folder of the tests' own: nothing of the checkout's `.data` is touched.

The first process of a run makes the folder; xdist's workers inherit it with the environment.
"""

import atexit
import os
import shutil
import tempfile

if "TESTS_FOLDER" not in os.environ:
    os.environ["TESTS_FOLDER"] = tempfile.mkdtemp(prefix="helpdesk-tests-")
    atexit.register(shutil.rmtree, os.environ["TESTS_FOLDER"], ignore_errors=True)
os.environ["DATA"] = os.environ["TESTS_FOLDER"]
OTHERS = "DEMO DEBUG BASE_URL EMAIL_URL HTTPS ALLOWED_HOSTS SMTP_PORT LMTP_PORT STATIC_ROOT DATABASE_POOL"
for name in OTHERS.split():
    os.environ.pop(name, None)
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
# Tests call services and tasks themselves, so what `delay` sends goes to a queue that nobody reads. A test
# that needs the real thing takes the fixture `broker_url`.
os.environ["CELERY_BROKER_URL"] = "memory://"

from helpdesk.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, not safe
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True  # no list of all files for every client of every test
UNDO_SEND_SECONDS = 0  # what is answered leaves at once; tests of the undo set it
