"""The settings of the tests with static files as in production: one stylesheet, one script, hashed and compressed."""

import os
from pathlib import Path

from config import settings as product
from tests.settings import *  # noqa: F403

STORAGES = product.STORAGES
STATIC_ROOT = Path(os.environ["STATIC_FOLDER"]) / "static"
BUNDLES_ROOT = Path(os.environ["STATIC_FOLDER"]) / "bundles"
