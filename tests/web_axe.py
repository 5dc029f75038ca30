"""What axe-core finds on a page, and what is wider than the screen."""

from playwright.sync_api import Page

_AXE = """() => axe.run().then(({ violations }) => violations
  .filter(({ impact }) => ["serious", "critical"].includes(impact))
  .map(({ id, nodes }) => `${id}: ${nodes[0].html}`))"""
SCREENS = ((1920, "light"), (1920, "dark"), (360, "dark"), (360, "light"))


def faults(page: Page, address: str, axe: str) -> dict[str, list[str]]:
    """What axe finds serious, and what is wider than the screen, in colours and sizes."""
    if address:
        page.goto(address)
    page.evaluate(axe)
    found = {}
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        serious = page.evaluate(_AXE)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            serious.append("wider than the screen")
        if serious:
            found[f"{address} {width} {scheme}"] = serious
    return found
