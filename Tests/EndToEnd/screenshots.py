"""Takes the pictures in docs/images from a running server: three widths, both themes, every page.

python Tests/EndToEnd/screenshots.py [FOLDER]
"""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from browser import first_page, profile, sign_in
from exeunt import ACCOUNT, DEVICES, LOGIN, SIGNED_OUT, Authority
from server import REPOSITORY, Server, add_client

WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
PAGES = {
    "login": LOGIN,
    "signed-out": SIGNED_OUT + "?reason=signed_out_everywhere",
    "sessions": DEVICES,
    "account": ACCOUNT,
}
DEVICES_TO_SHOW = [
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
        "Mobile/15E148 Safari/604.1",
        "198.51.100.23",
        "Ada's phone",
    ),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "203.0.113.80", ""),
    (
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile "
        "Safari/537.36",
        "2001:db8:42::7",
        "",
    ),
]
QUALITY = 82


def take(page: Page, file: Path) -> None:
    """One picture of what the window shows, as a small WebP file."""
    session = page.context.new_cdp_session(page)
    picture = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    file.write_bytes(base64.b64decode(picture["data"]))
    session.detach()


def take_all(folder: Path) -> list[Path]:
    """Every picture; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        server = Server(Path(scratch) / "data")
        with profile(playwright, Path(scratch) / "profile") as context:
            page = first_page(context)
            sign_in(page, server.url, server.accounts[0])
            subject = page.evaluate("fetch('/session').then((answer) => answer.json())")["subject"]
            authority = Authority(server.url, add_client(server.data, "sessions", name="photo album"))
            for agent, address, label in DEVICES_TO_SHOW:
                device = {"user_agent": agent, "address": address} | ({"label": label} if label else {})
                authority.open(subject, device=device, remember=bool(label))
            signed_in = context.cookies()
            for name, path in PAGES.items():
                context.clear_cookies()
                if path in (DEVICES, ACCOUNT):
                    context.add_cookies(signed_in)  # type: ignore[arg-type]
                for width in WIDTHS:
                    for scheme in SCHEMES:
                        page.set_viewport_size({"width": width, "height": 820 if width == 360 else 760})
                        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                        page.goto(server.url + path)
                        file = folder / f"{name}-{width}-{scheme}.webp"
                        take(page, file)
                        taken.append(file)
        server.stop()
    return taken


if __name__ == "__main__":
    for picture in take_all(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "docs" / "images"):
        print(f"{picture.stat().st_size:8,} {picture}")
