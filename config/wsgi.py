"""The web server's entry.

Set before settings are read: only this process pools its database connections, and here it is a customer who acts
unless somebody is named.
"""

import os

from django.core.wsgi import get_wsgi_application

from config.kernel.charset import only_utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_POOL_SIZE", "4")
os.environ.setdefault("DATABASE_ACTOR", "customer")

application = only_utf8(get_wsgi_application())
