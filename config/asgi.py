"""The ASGI entry point: `config.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from config.background import start_worker
from config.charset import utf8_only_async

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = utf8_only_async(get_asgi_application())
start_worker()
