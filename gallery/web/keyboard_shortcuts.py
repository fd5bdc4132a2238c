"""Keyboard shortcuts: one table, from which pages show the help and the script binds the keys."""

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Shortcut:
    """
    A key and what it does: follow `href`, focus what `focus` selects, or only be told of.

    `press` selects what is pressed: in the current cluster, or with # anywhere on the page. `act`
    names what the script of the page does.
    """

    key: str
    does: str
    href: str = ""
    focus: str = ""
    press: str = ""
    act: str = ""

    @property
    def is_bound(self) -> bool:
        return bool(self.href or self.focus or self.press or self.act)


def shortcuts() -> list[Shortcut]:
    return [
        Shortcut("/", "Search titles and tags", focus="#q"),
        Shortcut("g", "Go to the gallery", href=reverse("gallery:index")),
        Shortcut("u", "Upload pictures", href=reverse("gallery:upload")),
        Shortcut("s", "Search by picture", href=reverse("gallery:search")),
        Shortcut("← →", "Move between pictures, or to the picture before and after"),
        Shortcut("↑ ↓", "Move between rows of pictures"),
        Shortcut("Enter", "Open the picture"),
        Shortcut("?", "Show this help"),
    ]


def grid_shortcuts() -> list[Shortcut]:
    """Return the keys of rows of pictures."""
    similar = "Search by picture; on a picture, show what looks like it"
    ours = Shortcut("s", similar, href=reverse("gallery:search"), act="similar")
    return [
        *(ours if one.key == ours.key else one for one in shortcuts()[:-1]),
        Shortcut("Home End", "First and last picture"),
        Shortcut("x", "Select the picture, or not; with Shift, all from the last", act="select"),
        Shortcut("Esc", "Leave the selection"),
        *shortcuts()[-1:],
    ]


def compare_shortcuts() -> list[Shortcut]:
    """Return the keys of the page that compares two pictures; the last closes the list."""
    current = ".view-links > [aria-current]"
    next_view = f"{current} + a, .view-links:has(> [aria-current]:last-child) > :first-child"
    return [
        *shortcuts()[:-1],
        Shortcut("v", "Next view", press=next_view),
        Shortcut("+", "Zoom in", press="[data-zoom=in]"),
        Shortcut("-", "Zoom out", press="[data-zoom=out]"),
        Shortcut("0", "Whole picture", press="[data-zoom=fit]"),
        Shortcut("Shift ← ↑ → ↓", "Move what is zoomed"),
        Shortcut("Space", "Hold: B in place of A"),
        Shortcut("Esc", "Stop blinking"),
        Shortcut("[", "Compare A with the previous picture", press=".filmstrip [rel=prev]"),
        Shortcut("]", "Compare A with the next picture", press=".filmstrip [rel=next]"),
        Shortcut("1", "Keep A, trash B", press=".deciding [name=accept]"),
        Shortcut("2", "Keep B, trash A", press=".deciding [name=accept] + [name=accept]"),
        Shortcut("n", "Not duplicates", press=".deciding [value=not_a_duplicate]"),
        Shortcut("r", "Related", press=".deciding [value=related]"),
        *shortcuts()[-1:],
    ]


def review_shortcuts() -> list[Shortcut]:
    """Return the keys of the page of duplicates."""
    apply = "Apply what you chose; if you chose nothing, accept the suggestion"
    return [
        Shortcut("Enter", apply, act="decide"),
        Shortcut("1 – 9", "Keep that picture, and again: trash it", act="choose"),
        Shortcut("x", "Swap what is kept; of more than two, keep the next", act="swap"),
        Shortcut("b", "Keep both, or all", act="keepAll"),
        Shortcut("n", "Keep all: not duplicates", press="button[value=not_a_duplicate]"),
        Shortcut("r", "Keep all: related", press="button[value=related]"),
        Shortcut("m", "Merge what is said of the trashed, or not", press="[name=merge]"),
        Shortcut("p", "Show what would happen", press="[name=preview][value='1']"),
        Shortcut("v", "Compare the pictures; there, the next view", press="a.compare"),
        Shortcut("j", "Next cluster", act="next"),
        Shortcut("s", "Skip: next cluster", act="next"),
        Shortcut("k", "Previous cluster", act="previous"),
        Shortcut("u", "Undo the last decision", press="#undo-last [name=undo]"),
        Shortcut("l", "Look over the last decisions", press="#look-over"),
        Shortcut("h", "All decisions", press="#undo-last a"),
        Shortcut("?", "Show this help", act="help"),
    ]
