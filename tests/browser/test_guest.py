"""A slice of an own scan on its way to the Explore page, and its end."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.test_scans import upload
from tests.support.browsing import WATCH, settle
from tests.support.phantoms import head, nifti_bytes, ras_affine


def test_a_slice_opens_in_explore_and_is_deleted_with_the_scan(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(WATCH)
    page.goto(f"{address}/scans")
    page.get_by_text("Upload", exact=True).first.click()
    upload(page, "head_flair.nii", nifti_bytes(head(ras_affine()), ras_affine()))
    page.get_by_role("button", name="Score the scan").click()
    page.get_by_text("All maps of this slice").first.click()
    page.get_by_role("button", name="Open this slice in Explore").click()
    page.get_by_text("no anomalous pixels").first.wait_for()
    settle(page)
    title = page.get_by_text(re.compile(r"head_flair\.nii, slice \d+ · none"))
    expect(title.first).to_be_visible()
    assert "anomaly=none" in page.url and "head_flair" not in page.url
    expect(page.locator("figure[data-key=input] canvas.data")).to_be_visible()
    page.get_by_role("link", name="Own scans").click()
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_text("Load a scan in the sidebar").first.wait_for()
    page.get_by_role("link", name="Explore").click()
    page.get_by_text("test subject 0, slice 32").first.wait_for()
    assert title.count() == 0
    context.close()
