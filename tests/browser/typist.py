"""A person at the keyboard: reaches everything with Tab, types, and is counted while doing so."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Frame, Page, expect

FURTHEST = 300
"""Steps with Tab after which something counts as not reachable."""

LABEL_OF_FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const words = [...(at.labels ?? [])].map((label) => label.textContent).join(" ");
  const named = at.getAttribute("aria-label") || words || at.textContent || at.value || "";
  return named.replace(/\\s+/g, " ").replace(" *", "").trim();
}"""

CHOSEN = """() => {
  const at = document.activeElement;
  return at.selectedOptions ? at.selectedOptions[0].textContent.trim() : "";
}"""


@dataclass
class Effort:
    """What a task costs: keys pressed, inputs filled or ticked, buttons and links, page loads."""

    keys: int = 0
    inputs: int = 0
    buttons: int = 0
    loads: int = 0


class Typist:
    """Drives a page by keyboard only."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.effort = Effort()
        page.on("framenavigated", self._count_load)

    def _count_load(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.effort.loads += 1

    def reset(self) -> Effort:
        """Begin to count anew; gives what was counted so far."""
        counted, self.effort = self.effort, Effort()
        return counted

    def key(self, name: str) -> None:
        """Press one key or chord."""
        self.page.keyboard.press(name)
        self.effort.keys += 1

    def focused(self) -> str:
        """Label of what has the focus."""
        return str(self.page.evaluate(LABEL_OF_FOCUS))

    def to(self, label: str, *, back: bool = False) -> None:
        """Go on with Tab until the focus is at what has this label (or begins with it and "…").

        Raises:
            AssertionError: it cannot be reached by going on.
        """
        seen = []
        for _ in range(FURTHEST):
            self.key("Shift+Tab" if back else "Tab")
            here = self.focused()
            seen.append(here)
            if here == label or (label.endswith("…") and here.startswith(label[:-1])):
                return
        raise AssertionError(
            f"“{label}” is not reached with Tab; passed: {list(dict.fromkeys(seen))}"
        )

    def type(self, label: str, text: str) -> None:
        """Type into the field of this label."""
        self.to(label)
        self.type_here(text)

    def type_here(self, text: str) -> None:
        """Type into the field that has the focus, in place of what it holds."""
        self.page.keyboard.type(text)
        self.effort.keys += len(text)
        self.effort.inputs += 1

    def choose(self, label: str, option: str) -> None:
        """Choose in the list of this label by typing the beginning of the option."""
        self.to(label)
        self.choose_here(option)

    def choose_here(self, option: str) -> None:
        """Choose in the list that has the focus, by as many letters as it takes."""
        for letter in option:
            self.page.keyboard.type(letter)
            self.effort.keys += 1
            if str(self.page.evaluate(CHOSEN)) == option:
                break
        chosen = str(self.page.evaluate(CHOSEN))
        assert chosen == option, f"chose “{chosen}” for “{option}”"
        self.effort.inputs += 1

    def tick(self, label: str) -> None:
        """Tick the box of this label."""
        self.to(label)
        self.key("Space")
        self.effort.inputs += 1

    def press(self, label: str) -> None:
        """Press the button, or follow the link, of this label, and wait for what comes."""
        self.to(label)
        self.effort.buttons += 1
        with self.page.expect_navigation():
            self.key("Enter")

    def press_in_place(self, label: str, focused: str) -> None:
        """Press a button that adds a row in place; the focus comes to the row's first input."""
        self.to(label)
        self.effort.buttons += 1
        self.key("Enter")
        first = self.page.locator(f"[name='{focused}']")
        first.wait_for()
        # The browser sets the focus when the row comes in, htmx once more when it has settled.
        expect(self.page.locator(".htmx-added, .htmx-settling")).to_have_count(0)
        expect(first).to_be_focused()

    def save(self) -> None:
        """Save the form from wherever the focus is."""
        self.effort.buttons += 1
        with self.page.expect_navigation():
            self.key("Control+Enter")
