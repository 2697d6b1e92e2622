"""The report in a real browser: opens without errors or requests, its controls work, it fits narrow windows."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fespin

pytest.importorskip("matplotlib").use("Agg")
webdriver = pytest.importorskip("selenium.webdriver")

from report_cases import EVIL, MESHES, evil_wire  # noqa: E402  after the backend is chosen
from selenium.webdriver.common.by import By  # noqa: E402  not there without selenium
from selenium.webdriver.support.ui import Select  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no Chromium here; on Debian install chromium chromium-driver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    fespin.write_report(MESHES / "fn_wire_2d.toml", folder / "wire.html")
    fespin.write_report(evil_wire(), folder / "evil.html", refine=False)
    return {"wire": folder / "wire.html", "evil": folder / "evil.html"}


def opened(browser: Any, page: Path, width: int = 1200) -> Any:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(page.as_uri())
    return browser


def table(browser: Any) -> tuple[list[str], list[str], np.ndarray]:
    rows = browser.execute_script(
        "return [...document.querySelectorAll('#matrix-table tr')].map(r => [...r.cells].map(c => c.textContent))"
    )
    return rows[0], [row[0] for row in rows[1:]], np.array([[float(v) for v in row[1:]] for row in rows[1:]])


def choose(browser: Any, name: str, label: str) -> None:
    Select(browser.find_element(By.ID, f"matrix-{name}")).select_by_visible_text(label)


@pytest.mark.parametrize("name", ["wire", "evil"])
def test_opens_without_errors_or_requests(browser: Any, pages: dict[str, Path], name: str) -> None:
    """The page asks for itself and its own pictures, nothing else; markup in names runs nothing."""
    opened(browser, pages[name])
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}
    assert {url for url in asked if not url.startswith("data:")} == {pages[name].as_uri()}
    broken = "return [...document.images].filter(i => !i.complete || !i.naturalWidth).length"
    assert browser.execute_script(broken) == 0
    assert len(browser.find_elements(By.TAG_NAME, "section")) == 8
    if name == "evil":
        assert browser.title.startswith(f"</title>{EVIL}")
        assert browser.find_element(By.TAG_NAME, "h1").text == f"</title>{EVIL}"


def test_policy_stops_code_that_gets_in(browser: Any, pages: dict[str, Path]) -> None:
    """Even markup put into the page later runs nothing and loads nothing."""
    opened(browser, pages["wire"])
    picture = '<img src="https://example.org/x.png" onerror="window.ran=1">'
    browser.execute_script("document.body.insertAdjacentHTML('beforeend', arguments[0])", picture)
    assert browser.execute_script("return new Promise(r => setTimeout(() => r(window.ran), 200))") is None
    assert any("Content Security Policy" in entry["message"] for entry in browser.get_log("browser"))


def test_blocks_units_and_signs(browser: Any, pages: dict[str, Path]) -> None:
    """Every choice shows that part of the matrix, in that unit and sign."""
    G = fespin.conductance(fespin.load(MESHES / "fn_wire_2d.toml"))
    opened(browser, pages["wire"])
    head, names, values = table(browser)
    assert head[0] == "G in mS"
    assert names == head[1:] == [f"{t}:{c}" for t in G.terminals for c in "exyz"]
    np.testing.assert_allclose(values, 1e3 * G.values, rtol=6e-4, atol=1e-9)
    choose(browser, "rows", "right")
    choose(browser, "row-parts", "spin only")
    choose(browser, "columns", "left")
    choose(browser, "column-parts", "charge only")
    choose(browser, "unit", "e²/h")
    head, names, values = table(browser)
    assert (head[1:], names) == (["left:e"], ["right:x", "right:y", "right:z"])
    quantum = 3.874045865e-5  # e^2/h in S
    np.testing.assert_allclose(values[:, 0], G["right", "left"][1:, 0] / quantum, rtol=6e-4, atol=1e-9)
    choose(browser, "sign", "into the device")
    np.testing.assert_allclose(table(browser)[2], -values)
    shades = browser.execute_script(
        "return [...document.querySelectorAll('#matrix-table tbody td')].map(c => c.className)"
    )
    assert shades[0] == "n"
    assert shades[2].startswith("n n")
    assert browser.get_log("browser") == []


def test_without_choices_the_table_of_the_file_stays(browser: Any, pages: dict[str, Path]) -> None:
    """The script draws what was written: same numbers, same colours; without script the page is complete."""
    opened(browser, pages["wire"])
    rows = "[...document.querySelectorAll('#matrix-table tr')]"
    cells = f"return {rows}.map(r => [...r.cells].map(c => [c.textContent, c.className]))"
    drawn = browser.execute_script(cells)
    assert browser.find_element(By.ID, "matrix-controls").is_displayed()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, pages["wire"])
        assert not browser.find_element(By.ID, "matrix-controls").is_displayed()
        rows = browser.find_elements(By.CSS_SELECTOR, "#matrix-table tr")
        plain = [[(c.text, c.get_attribute("class") or "") for c in row.find_elements(By.CSS_SELECTOR, "th, td")]
                 for row in rows]  # fmt: skip
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert [[kind for _, kind in row] for row in plain] == [[kind for _, kind in row] for row in drawn]
    for row, other in zip(plain[1:], drawn[1:], strict=True):
        assert [float(v) for v, _ in row[1:]] == [float(v) for v, _ in other[1:]]


@pytest.mark.parametrize("allowed", [True, False])
def test_copy_as_csv(browser: Any, pages: dict[str, Path], allowed: bool) -> None:
    """What is shown, in full precision; where the clipboard is refused a selection is copied."""
    device = evil_wire()
    G = fespin.conductance(device)
    opened(browser, pages["evil"])
    if not allowed:
        browser.execute_script("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    choose(browser, "unit", "mS")
    choose(browser, "row-parts", "charge only")
    browser.find_element(By.ID, "matrix-copy").click()
    status = browser.find_element(By.ID, "matrix-status")
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 5).until(lambda _: status.text)
    assert status.text == "Copied 2 rows as CSV."
    assert browser.switch_to.active_element.get_attribute("id") == "matrix-copy"
    permission = {"permissions": ["clipboardReadWrite"], "origin": pages["evil"].as_uri()}
    browser.execute_cdp_cmd("Browser.grantPermissions", permission)
    rows = list(csv.reader(io.StringIO(browser.execute_script("return navigator.clipboard.readText()"))))
    assert rows[0][0] == "G in mS; rows: currents out of the device"
    assert rows[0][1:] == [f"{t}:{c}" for t in device.terminals for c in "exyz"]
    found = np.array([[float(v) for v in row[1:]] for row in rows[1:]])
    np.testing.assert_allclose(found, 1e3 * G.values[[0, 4]], rtol=1e-15)


@pytest.mark.parametrize("name", ["wire", "evil"])
@pytest.mark.parametrize("width", [320, 400, 1200])
def test_fits_the_window(browser: Any, pages: dict[str, Path], name: str, width: int) -> None:
    """Nothing but the boxes of tables scrolls sideways."""
    opened(browser, pages[name], width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable(browser: Any, pages: dict[str, Path], scheme: str) -> None:
    """WCAG AA: every piece of text has a contrast of 4.5 to 1 with what is behind it."""
    opened(browser, pages["wire"])
    feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
    try:
        pairs = browser.execute_script("""
            const back = (e) => { for (; e; e = e.parentElement) {
                const c = getComputedStyle(e).backgroundColor;
                if (c !== "rgba(0, 0, 0, 0)") return c;
            } return "rgb(255, 255, 255)"; };
            return [...document.querySelectorAll("body *")]
                .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.offsetParent)
                .map((e) => [e.tagName + "." + e.className, getComputedStyle(e).color, back(e)]);
        """)
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def luminance(colour: str) -> float:
        rgb = np.array([float(v) for v in colour[4:-1].split(",")]) / 255
        return float(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))

    assert len(pairs) > 100
    for what, ink, paper in {tuple(pair) for pair in pairs}:
        low, high = sorted((luminance(ink), luminance(paper)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (what, ink, paper)


def test_prints_without_controls(browser: Any, pages: dict[str, Path]) -> None:
    opened(browser, pages["wire"])
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not browser.find_element(By.ID, "matrix-controls").is_displayed()
        assert browser.find_element(By.ID, "matrix-table").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert len(browser.print_page()) > 10_000
