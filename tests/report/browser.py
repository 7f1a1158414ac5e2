"""A headless Chromium for the tests that ask how the page behaves, and not what is written in it."""

import base64
import json
import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

DESK, PHONE = (1280, 900), (390, 844)
LONGEST_WAIT = 10  # seconds, for a file to be written


class Browser:
    """One Chromium with one page open in it; `logged` and `requests` give what happened since last asked."""

    def __init__(self, downloads: Path):
        chromium, driver = (
            shutil.which("chromium") or shutil.which("google-chrome"),
            shutil.which("chromedriver"),
        )
        if not (chromium and driver):
            pytest.skip("there is no Chromium with its driver here (Debian: chromium, chromium-driver)")
        self.downloads = downloads
        options = Options()
        options.binary_location = chromium
        for switch in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "force-device-scale-factor=1"):
            options.add_argument(f"--{switch}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options, Service(driver))
        self.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
        self.size(*DESK)

    def ask(self, command: str, **parameters):
        """A command of Chromium's own protocol."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def size(self, width: int, height: int) -> None:
        phone = width < 500
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                 mobile=phone)  # fmt: skip
        self.ask("Emulation.setTouchEmulationEnabled", enabled=phone)

    @contextmanager
    def as_on(self, size=DESK, scheme="light", media=""):
        """The page as it looks elsewhere, for as long as the block lasts."""
        self.size(*size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)
        yield self
        self.ask("Emulation.setEmulatedMedia", media="", features=[])
        self.size(*DESK)

    def load(self, size=DESK) -> None:
        """The page anew, on a screen of this size."""
        self.size(*size)
        self.driver.get(self.driver.current_url.partition("#")[0])

    def tap(self, x: float, y: float) -> None:
        """A finger at a place of the screen."""
        self.ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def press(self, key: str) -> None:
        """A key, wherever the focus is."""
        ActionChains(self.driver).send_keys(key).perform()

    def run(self, script: str, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def button(self, place: str, words: str):
        """The button of a place that says so."""
        return next(button for button in self.all(f"{place} button") if button.text == words)

    def saved_by(self, element, name: str) -> Path:
        """The file that a click on the element saves."""
        self.run("arguments[0].click()", element)
        file, until = self.downloads / name, time.monotonic() + LONGEST_WAIT
        while not file.exists():
            assert time.monotonic() < until, f"{name} was not saved, but {os.listdir(self.downloads)}"
            time.sleep(0.02)
        return file

    def printed(self, file: Path) -> Path:
        """The page as a PDF on A4."""
        made = self.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
        file.write_bytes(base64.b64decode(made["data"]))
        return file

    def logged(self) -> list:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list:
        """Addresses of everything that was asked for."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


@contextmanager
def opened(page: Path, downloads: Path):
    """A browser with this page in it, closed in the end."""
    browser = Browser(downloads)
    try:
        browser.driver.get(page.as_uri())
        yield browser
    finally:
        browser.driver.quit()
