"""The parts of the bench, in the order of their turns."""

from tests.bench.control.delay import Delay
from tests.bench.control.idle import Idle
from tests.bench.control.part import Part
from tests.bench.control.passes import Passes
from tests.bench.control.throughput import Throughput

PARTS: dict[str, type[Part]] = {
    "throughput": Throughput,
    "passes": Passes,
    "delay": Delay,
    "idle": Idle,
}
