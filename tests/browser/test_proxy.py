"""The page behind `deploy/nginx.conf` in a real browser: its headers forbid nothing that the page needs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error

from tests.browser.conftest import Visitor
from tests.browser.viewing import SMALL, pictures
from tests.support.browsing import change
from tests.support.proxy import PASSWORD, USER, nginx


def test_the_page_works_behind_the_login(
    visit: Visitor, glance: Visitor, address: str, tmp_path: Path
) -> None:
    plain = glance(SMALL)
    with nginx(urlsplit(address).netloc, tmp_path) as proxy:
        login = {"username": USER, "password": PASSWORD}
        seen = visit(f"https://{proxy.host}{SMALL}", http_credentials=login, ignore_https_errors=True)
        assert pictures(seen.page) == pictures(plain.page)
        before = pictures(seen.page)
        change(seen.page, "Strength", "ArrowRight")
        assert pictures(seen.page) != before
        assert seen.errors == []
        assert seen.hosts <= {"127.0.0.1", ""}


def test_nothing_is_shown_without_the_login(browser: Browser, address: str, tmp_path: Path) -> None:
    with nginx(urlsplit(address).netloc, tmp_path) as proxy:
        page = browser.new_page(ignore_https_errors=True)
        with pytest.raises(Error, match="ERR_INVALID_AUTH_CREDENTIALS"):
            page.goto(f"https://{proxy.host}/")
        assert page.locator("[data-testid=stApp]").count() == 0
        page.close()
