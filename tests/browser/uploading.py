"""Dropping and pasting files, as people do."""

import base64

from playwright.sync_api import Page

# A real DataTransfer with real files, as a browser makes it of a drag from the desktop.
DISPATCH = """([kind, files]) => {
    const transfer = new DataTransfer();
    for (const [name, data] of files) {
        const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
    }
    const options = { bubbles: true, cancelable: true };
    const event = kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: transfer })
        : new ClipboardEvent("paste", { ...options, clipboardData: transfer });
    document.body.dispatchEvent(event);
}"""


def dispatch(page: Page, kind: str, **files: bytes) -> None:
    """Drop or paste files on `page`; an underscore in their names is a dot."""
    named = [
        [name.replace("_", "."), base64.b64encode(data).decode()] for name, data in files.items()
    ]
    page.evaluate(DISPATCH, [kind, named])


def posts(page: Page) -> list[str]:
    """Return a list that grows by each request with which `page` sends something."""
    sent: list[str] = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    return sent
