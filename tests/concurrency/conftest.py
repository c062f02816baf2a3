from tests.system.site import site

__all__ = ["site"]
