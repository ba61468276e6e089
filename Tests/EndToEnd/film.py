"""What really reached the screen: Chromium's own screencast, searched for a colour that only private pages have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Page

from exeunt import ACCOUNT

PAINT = f"""
(() => {{
  if (!location.pathname.startsWith("{ACCOUNT}")) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("[data-private] {{ background: #f0f !important; color: #f0f !important }}");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  addEventListener("DOMContentLoaded", () => {{
    for (const one of document.querySelectorAll("body *")) one.setAttribute("data-private", "");
  }});
}})();
"""
"""Paints pink whatever the server sent on the pages behind the sign-in; what a script puts up later stays as it is."""

COUNT_PINK = """
async (frames) => {
  const counts = [];
  for (const frame of frames) {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${frame}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, image.width, image.height).data;
    let pink = 0;
    for (let i = 0; i < pixels.length; i += 4)
      if (pixels[i] > 180 && pixels[i + 1] < 90 && pixels[i + 2] > 180) pink++;
    counts.push(pink);
  }
  return counts;
}
"""


def paint_private_pages(context: BrowserContext) -> None:
    """Makes whatever is private unmistakable on the film; to be called before a page is opened."""
    context.add_init_script(PAINT)


class Film:
    """The frames that were shown, in order."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    def pink_pixels(self, context: BrowserContext) -> list[int]:
        """For each frame, how much of it was private; counted in a tab of its own."""
        page = context.new_page()
        try:
            return list(page.evaluate(COUNT_PINK, self.frames))
        finally:
            page.close()


@contextmanager
def filming(page: Page) -> Iterator[Film]:
    """Records every frame that the compositor shows of a tab, at a quarter of its size."""
    film = Film()
    session = page.context.new_cdp_session(page)

    def keep(event: dict[str, Any]) -> None:
        film.frames.append(event["data"])
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", keep)
    size = {"maxWidth": 320, "maxHeight": 240}
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1, **size})
    yield film
    session.send("Page.stopScreencast")
    session.detach()
