"""The web process answers for invoices without ever loading what makes PDFs (ARCHITECTURE section 4)."""

import subprocess
import sys

PROGRAM = """
import django, sys
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
sys.exit("weasyprint" in sys.modules)
"""


def test_pages_and_admin_load_no_weasyprint() -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True, timeout=60)
    assert result.stderr == ""
    assert result.returncode == 0
