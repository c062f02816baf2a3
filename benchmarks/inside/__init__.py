"""What benchmarks do inside the site's own process and on its database, each module started with `python -m`."""

import django

django.setup()
