"""The product's settings under the name of the cookie that `bench/peers.py`'s driver sends back."""

from helpdesk.settings import *  # noqa: F403

CSRF_COOKIE_NAME = "csrftoken"
