"""How every benchmark measures: in interleaved rounds, each figure beside its goal, with its raw samples.

Sides of a comparison take turns within each round, so that a busy minute of the machine falls on all of them. A figure
is missed when it is above its goal, or when what was computed is wrong. The self-test plants a delay in what is timed
and spoils what was computed, and then every figure must be missed: a benchmark that can't fail says nothing.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Side(Generic[Result]):
    """One thing that is timed. `work` may make itself ready first, in `ready`, outside of the time."""

    work: Callable[[], Result]
    is_right: Callable[[Result], bool]
    spoil: Callable[[Result], Result]  # makes a result wrong, for the self-test
    ready: Callable[[], object] = lambda: None
    delay: float = 0.0  # what the self-test adds, in seconds of work: as much as a goal allows


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one side, in seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Figure:
    """What came out, beside what was promised. Without a goal it is only told."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    samples: tuple[float, ...] = ()

    @property
    def is_met(self) -> bool:
        """Whether the promise is kept."""
        return self.goal is None or self.value <= self.goal

    def plain(self) -> dict[str, Any]:
        """The figure as JSON has it."""
        return {**asdict(self), "met": self.is_met}


@dataclass(slots=True)
class Run:
    """One run of a benchmark: what it measured so far."""

    say: Callable[[str], None]
    self_test: bool = False
    figures: list[Figure] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # whose results were not right

    @property
    def is_met(self) -> bool:
        """Whether every promise is kept."""
        return not self.wrong and all(figure.is_met for figure in self.figures)

    def size(self, number: int) -> int:
        """How many of something: a fiftieth in the self-test, which only has to fail."""
        return max(number // 50, 20) if self.self_test else number

    def rounds(self, number: int) -> int:
        """How many rounds: two in the self-test."""
        return 2 if self.self_test else number

    def interleaved(self, sides: Mapping[str, Side[Any]], *, rounds: int) -> dict[str, list[Sample]]:
        """Time all sides, one after the other in each round, every second round backwards."""
        samples: dict[str, list[Sample]] = {name: [] for name in sides}
        for number in range(self.rounds(rounds)):
            order = list(sides.items())
            for name, side in order if number % 2 == 0 else reversed(order):
                self.say(f"round {number + 1}: {name}")
                side.ready()
                wall, cpu = time.perf_counter(), time.process_time()
                result = side.work()
                if self.self_test:
                    _dawdle(side.delay)
                    result = side.spoil(result)
                samples[name].append(Sample(time.perf_counter() - wall, time.process_time() - cpu))
                if not side.is_right(result) and name not in self.wrong:
                    self.wrong.append(name)
        return samples

    def tell(
        self, name: str, value: float, unit: str, *, goal: float | None = None, samples: tuple[float, ...] = ()
    ) -> None:
        """Note a figure."""
        self.figures.append(Figure(name, value, unit, goal, samples))


def median(samples: list[float]) -> float:
    """The one in the middle."""
    return statistics.median(samples)


def _dawdle(seconds: float) -> None:
    """Work for nothing, so that the clock and the processor's time both show it."""
    end, spent = time.perf_counter() + seconds, time.process_time() + seconds
    while time.perf_counter() < end or time.process_time() < spent:
        sum(range(1_000))
