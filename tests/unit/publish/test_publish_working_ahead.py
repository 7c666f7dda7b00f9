"""Things done two at a time come out as if done one after the other."""

from __future__ import annotations

import time
from functools import partial

import pytest

from pipeline.publish.working_ahead import AT_ONCE, done_together, worked_ahead


def test_results_keep_the_order_of_the_parts():
    def work(number: int) -> int:
        time.sleep(0.02 if number % 2 == 0 else 0)
        return number * 10

    assert list(worked_ahead(work, range(6))) == [0, 10, 20, 30, 40, 50]


def test_no_part_is_taken_long_before_its_turn():
    """A directory that is read to its end before the first block is written is in memory as a whole."""
    taken = []

    def parts():
        for number in range(20):
            taken.append(number)
            yield number

    results = worked_ahead(lambda number: number, parts())
    assert next(results) == 0
    assert len(taken) <= AT_ONCE + 1


def test_tasks_give_their_results_by_name_in_order():
    names = ("c", "a", "b")
    assert list(done_together({name: partial(str.upper, name) for name in names}).items()) == [
        ("c", "C"),
        ("a", "A"),
        ("b", "B"),
    ]


def test_fault_of_one_task_is_told():
    def fail(part: int = 0) -> int:
        raise ValueError(f"broken {part}")

    with pytest.raises(ValueError, match="broken"):
        done_together({"good": lambda: 1, "bad": fail})
    with pytest.raises(ValueError, match="broken"):
        list(worked_ahead(fail, [1]))
