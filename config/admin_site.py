"""The staff site: Django's own admin under our name."""

from django.contrib import admin

from config.brand import BRAND


class StaffAdminSite(admin.AdminSite):
    site_header = BRAND.name
    site_title = f"{BRAND.name} office"
    index_title = "Office"
    # A model registered without a thought shows nothing by accident: there are no bulk deletions anywhere.
    actions_on_top = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")
