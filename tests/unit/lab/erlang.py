"""The closed formulas of the two queues that everybody staffs by: what the simulation is held to."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Load:
    """`agents` serve callers who come at `rate` a second; calls take `talk` seconds in the mean, and who waits gives up
    after `patience` in the mean (None: never)."""

    agents: int
    rate: float
    talk: float
    patience: float | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """Shares of all callers who wait at all and who give up, and the mean wait of all of them in seconds."""

    waits: float
    gives_up: float
    mean_wait: float
    within_20: float | None = None


def erlang_c(load: Load) -> Expected:
    """M/M/c: Poisson arrivals, exponential talks, nobody gives up.

    A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
    exchanges", Elektroteknikeren 13 (1917); as in D. Gross, J. F. Shortle, J. M. Thompson and C. M. Harris,
    "Fundamentals of Queueing Theory", 4th ed. (Wiley 2008), section 2.3: with a = rate x talk, the share that waits is
    C = B / (1 - a/c (1 - B)), B being Erlang's loss formula by its recursion B(k) = a B(k-1) / (k + a B(k-1)); the mean
    wait is C / (c/talk - rate), and a wait is longer than t with probability C exp(-(c/talk - rate) t).
    """
    offered, lost = load.rate * load.talk, 1.0
    for servers in range(1, load.agents + 1):
        lost = offered * lost / (servers + offered * lost)
    busy = offered / load.agents
    waits = lost / (1 - busy * (1 - lost))
    spare = load.agents / load.talk - load.rate
    return Expected(waits, 0.0, waits / spare, 1 - waits * exp(-spare * 20))


def erlang_a(load: Load) -> Expected:
    """M/M/c+M: as Erlang C, and who waits gives up after an exponential time (Palm's model).

    C. Palm, "Research on telephone traffic carried by full availability groups", Tele 1 (1957); as in O. Garnett,
    A. Mandelbaum and M. Reiman, "Designing a call center with impatient customers", Manufacturing & Service Operations
    Management 4 (2002) 208-227, and A. Mandelbaum and S. Zeltyn, "Service engineering in action: the Palm/Erlang-A
    queue", in "Advances in Services Innovations" (Springer 2007). The number of callers is a birth and death process:
    born at `rate`, dying at min(n, c)/talk + max(0, n - c)/patience. Callers see its stationary distribution (PASTA):
    who finds c or more waits; the mean queue Q gives the mean wait Q/rate (Little) and the share that gives up
    Q/(patience rate).
    """
    assert load.patience is not None
    weights, n = [1.0], 0
    while n < load.agents or weights[-1] > 1e-15 * max(weights):
        n += 1
        dying = min(n, load.agents) / load.talk + max(0, n - load.agents) / load.patience
        weights.append(weights[-1] * load.rate / dying)
    total = sum(weights)
    queue = sum((n - load.agents) * one for n, one in enumerate(weights) if n > load.agents) / total
    return Expected(sum(weights[load.agents :]) / total, queue / (load.patience * load.rate), queue / load.rate)
