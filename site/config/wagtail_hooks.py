"""The admin in the house style."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_css", order=100)
def house_style() -> SafeString:
    """Give the admin our colours; its shapes stay Wagtail's, which editors know."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))
