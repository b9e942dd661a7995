"""Asked: a page's tree, asked for elements and their texts as long as there is an allowance for it.

A selector may look at every element for every element, and a text is walked
anew for each element around it, so neither the length of a page nor the
number of its rules bounds what they take together.
"""

import re
from collections.abc import Iterable, Iterator

from resiliparse.parse.html import ElementNode, HTMLTree

NODES_CAP = 20_000
"""Elements that are given out of one page, all questions together."""
_STEPS_CAP = 20_000_000
"""Elements that are looked at in one page, all questions together: about half a second."""
_DEPTHS = (32, 128, 512)
_CLIMBS = 4
"""How many steps to another element take as long as to look at one by its name and class."""
_COUNTED = 16
_COUNTING = 20
"""How many steps it takes to count one element."""
_BESIDE = re.compile(r"~|:nth|:last|:only|:has|-of-type|:is|:where|:not\([^)]*[\s>+~]")
_UPWARD = re.compile(r"[^\s,>+][\s>+]+[^\s,>+]")
# Others may end within a string, a bracket or an escape, which would take in what follows.
_JOINABLE = re.compile(r"[\w.#>*, -]+")


class Asked:
    """``cut`` tells that there were questions without an answer; those have none from then on."""

    def __init__(self, tree: HTMLTree) -> None:
        self._document = tree.document
        self._size = 0 if self._document is None else len(self._document.query_selector_all("*"))
        self._nodes = NODES_CAP
        self._steps = _STEPS_CAP
        self._climb = 0
        self.cut = False

    def chosen(self, selector: str) -> list[ElementNode]:
        """Return the elements that a CSS selector chooses; none if they are more than are given out."""
        if self._document is None or self.cut or not self._spend(self._size * self._reach(selector)):
            return []
        found = self._document.query_selector_all(selector)
        # The library makes them all before it gives out the first.
        self._nodes -= len(found)
        if self._nodes < 0:
            self.cut = True
            return []
        return list(found[: len(found)])

    def chosen_by_any(self, selectors: Iterable[str]) -> Iterator[ElementNode]:
        """Yield what the selectors choose, asked together where they can be."""
        plain: list[str] = []
        for selector in selectors:
            if _JOINABLE.fullmatch(selector):
                plain.append(selector)
            else:
                yield from self.chosen(selector)
        if plain:
            yield from self.chosen(", ".join(plain))

    def text(self, node: ElementNode) -> str:
        """Return the text in an element, "" where there is no allowance left for it."""
        return (node.text or "") if self._spend(self._weight(node)) else ""

    def _weight(self, node: ElementNode) -> int:
        """How long it may take to walk an element: a few are counted, more may be the whole page."""
        pending, count = [node], 0
        while pending:
            count += 1
            if count > _COUNTED:
                return 3 * self._size
            around = pending.pop()
            pending += filter(
                None, (around.first_element_child, around.next_element_sibling if count > 1 else None)
            )
        return _COUNTING * count

    def _spend(self, steps: int) -> bool:
        self._steps -= steps
        self.cut = self.cut or self._steps < 0
        return self._steps >= 0

    def _reach(self, selector: str) -> int:
        """How many elements each element may be compared with, at most."""
        reach = 1 + selector.count(",") // _CLIMBS
        if _BESIDE.search(selector):
            return reach * (1 + self._size // _CLIMBS)
        return reach * (1 + self._depth() // _CLIMBS) if _UPWARD.search(selector) else reach

    def _depth(self) -> int:
        """How deep the page is, in steps; as many elements as it has where it is deeper than any mail."""
        if not self._climb:
            deeper = (most for most in _DEPTHS if not self._is_deeper(most))
            self._climb = next(deeper, self._size)
        return self._climb

    def _is_deeper(self, most: int) -> bool:
        if self._size * most > _CLIMBS * _STEPS_CAP:
            return True
        path = " > ".join("*" * (most + 1))
        return self._document is not None and self._document.query_selector(path) is not None
