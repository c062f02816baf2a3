#!/usr/bin/env python
"""Django's command line for this site."""

import os
import sys
from pathlib import Path

import environ
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # While `make run` runs in this checkout, commands typed beside it work on the same database.
    environ.Env.read_env(Path(__file__).resolve().parent / "var" / "run.env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
