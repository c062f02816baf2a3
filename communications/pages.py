"""What the plain pages say, from a staff's text to HTML."""

from django.utils.safestring import SafeString

from config.brand import BRAND
from config.kernel.markdown import as_html

# What staff may write instead of facts that are kept elsewhere, and what stands there then.
PLACEHOLDERS = {
    "{name}": BRAND.name,
    "{phone}": f"[{BRAND.phone}]({BRAND.phone_link})",
    "{hours}": BRAND.hours,
    "{email}": f"[{BRAND.email}](mailto:{BRAND.email})",
}


def page_html(body: str) -> SafeString:
    """The text with name, telephone, hours and address of the business filled in."""
    for placeholder, fact in PLACEHOLDERS.items():
        body = body.replace(placeholder, fact)
    return as_html(body)
