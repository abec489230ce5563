"""The ASGI entry point that uvicorn serves."""

import os
import warnings

from django.conf import settings
from django.core.asgi import get_asgi_application

from helpdesk import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

# Files are read in a thread, a block at a time; that is meant, and no news to whoever reads the log.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

pages = get_asgi_application()
if "DATABASE_POOL" not in os.environ:  # views run in threads, which share connections
    connections.share(settings.DATABASES["default"], 16)

from subscribers.webhooks.door import Door  # noqa: E402  models are there once Django is set up

application = Door(pages)
