"""Working on several things two at a time: the parts of something large, in order, without having all of them in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

#: Parts worked on side by side; polars alone keeps little more than one core busy with texts.
AT_ONCE = 2

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")
_Name = TypeVar("_Name", bound=Hashable)


def worked_ahead(work: Callable[[_Part], _Made], parts: Iterable[_Part]) -> Iterator[_Made]:
    """Work on parts side by side and return the results in order; no part is begun before there is room for it.

    Args:
        work: What is done with a part.
        parts: The parts; taken one by one as room comes.
    """
    waiting: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def done_together(tasks: Mapping[_Name, Callable[[], _Made]]) -> dict[_Name, _Made]:
    """Do tasks that do not wait for each other, two at a time, and return the results by name in the order of the tasks."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        begun = {name: pool.submit(task) for name, task in tasks.items()}
        return {name: made.result() for name, made in begun.items()}
