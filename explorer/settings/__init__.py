"""Settings of plug-ins: declared once, checked, and read from and written to text."""

from explorer.settings.declared import (
    NoSettings,
    Setting,
    check,
    check_keys,
    check_settings,
    from_table,
    setting,
    settings_of,
    shown,
)
from explorer.settings.text import format_settings, parse_settings, plugin_from, plugin_text, renewed

__all__ = [
    "NoSettings",
    "Setting",
    "check",
    "check_keys",
    "check_settings",
    "format_settings",
    "from_table",
    "parse_settings",
    "plugin_from",
    "plugin_text",
    "renewed",
    "setting",
    "settings_of",
    "shown",
]
