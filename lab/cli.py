"""`trunkline lab`: a switch to try things on, real or simulated, and callers for it."""

import asyncio
import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from lab import begin, daemon, state
from lab.errors import LabError
from lab.operators import operator
from lab.plans import DEMO_CALLERS, MAX_RATE, CallPlan, Outcome, make_plan, tally
from lab.sim.control import SimControl, state_file
from lab.simulation import Plan, Stream, people, simulate
from routing.queuerows import Queue

DEFAULT = "default"

lab_app = typer.Typer(no_args_is_help=True, help="A real or simulated switch to try things on.")
console = Console(highlight=False)


class Switch(StrEnum):
    """Which switch a command is for."""

    auto = "auto"
    asterisk = "asterisk"
    sim = "sim"


SwitchOption = Annotated[
    Switch, typer.Option(help="The switch: a real Asterisk, the simulated one, or whichever runs.")
]
NameOption = Annotated[str, typer.Option(help="Name of the lab, when several run side by side.")]


def _say(text: str) -> None:
    console.print(f"[bold cyan]•[/] {text}", soft_wrap=True)


@lab_app.command()
def up(
    switch: SwitchOption = Switch.asterisk,
    name: NameOption = DEFAULT,
    phones: Annotated[int, typer.Option(min=1, max=200, help="How many phones the pool has.")] = 8,
    plain_phones: Annotated[int, typer.Option(min=0, max=200, help="So many of them, the last, are SIP phones.")] = 0,
) -> None:
    """Start a switch in the background; the first real one takes about a minute to be made, later ones a second."""
    if plain_phones > phones:
        raise LabError("there are more plain phones than phones", "lower --plain-phones or raise --phones")
    if switch is Switch.sim:
        started = begin.sim(name, phones, _say)
    else:
        started = asyncio.run(begin.asterisk(name, phones, plain_phones, _say))
    _say(f"to run the platform on it: set -a; . {started.env}; set +a; trunkline run")


@lab_app.command()
def down(switch: SwitchOption = Switch.auto, name: NameOption = "") -> None:
    """Stop a switch that `up` started, and delete what it kept."""
    stopped = False
    if switch is not Switch.sim:
        labs = [state.find(name)] if name or switch is Switch.asterisk else state.running()
        for lab in labs:
            daemon.end(lab.pid, lab.name)
            daemon.clear(Path(lab.home))
            state.forget(lab.name)
            (state.state_dir() / f"{lab.name}.env").unlink(missing_ok=True)
            _say(f"lab {lab.name} is down")
            stopped = True
    if switch is Switch.sim or (switch is Switch.auto and state_file().is_file()):
        asyncio.run(_sim_down())
        stopped = True
    if not stopped:
        raise state.NO_SWITCH


async def _sim_down() -> None:
    async with SimControl.found() as sim:
        await sim.down()
    _say("the simulated switch is down")


@lab_app.command()
def call(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    number: Annotated[str, typer.Option("--from", help="The caller's number.")] = "+34600111222",
    caller_name: Annotated[
        str | None, typer.Option("--name", help="The caller's name; of the demo's customers their own.")
    ] = None,
    to: Annotated[str, typer.Option(help="The number that is called.")] = "5551234",
    seconds: Annotated[float, typer.Option(min=0.5, max=3600, help="How long the caller stays.")] = 20.0,
    switch: SwitchOption = Switch.auto,
    lab: Annotated[str, typer.Option(help="Name of the lab, when several run side by side.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Place one call and print what became of it. Exit code 1 when it was not answered."""
    plan = CallPlan(number, DEMO_CALLERS.get(number, "") if caller_name is None else caller_name, to, seconds)
    outcome = asyncio.run(operator(switch, lab).call(plan))
    if as_json:
        print(json.dumps(asdict(outcome), ensure_ascii=False))
    else:
        _print_outcome(outcome)
    if not outcome.answered:
        raise typer.Exit(1)


def _print_outcome(outcome: Outcome) -> None:
    plan = outcome.plan
    console.print(f"{plan.name} <{plan.number}> called {plan.to}" if plan.name else f"{plan.number} called {plan.to}")
    if outcome.answered:
        console.print(f"  answered; ended by the {outcome.ended_by} after {outcome.seconds:.1f} s  ({outcome.detail})")
    else:
        console.print(f"  not answered: {outcome.ended_by}  ({outcome.detail})")
    if outcome.heard:
        console.print(
            "  the caller heard " + ", ".join(f"{length} s of {kind}" for kind, length in outcome.heard.items())
        )


@lab_app.command()
def traffic(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    calls: Annotated[int, typer.Option(min=1, help="How many calls.")] = 20,
    rate: Annotated[float, typer.Option(min=0.1, max=MAX_RATE, help="Calls a second.")] = 1.0,
    seconds: Annotated[
        float, typer.Option(min=1, max=3600, help="Mean length; each is half to one and a half of it.")
    ] = 20.0,
    to: Annotated[str, typer.Option(help="The number that is called.")] = "5551234",
    seed: Annotated[int, typer.Option(help="The same seed makes the same callers.")] = 1,
    switch: SwitchOption = Switch.auto,
    lab: Annotated[str, typer.Option(help="Name of the lab, when several run side by side.")] = "",
) -> None:
    """Make a bounded load of calls and print how they ended. Exit code 1 when calls were lost or refused."""
    try:
        plans = make_plan(calls, seconds, to, seed)
    except ValueError as error:
        raise LabError(str(error), "lower --calls") from error
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("calls ended", total=calls)
        chosen = operator(switch, lab)
        outcomes = asyncio.run(chosen.traffic(plans, rate, lambda done: bar.update(task, completed=done)))
    for what, count in tally(outcomes).items():
        console.print(f"{what}: {count}")
    if any(not one.answered for one in outcomes):
        raise typer.Exit(1)


@lab_app.command()
def day(
    agents: Annotated[int, typer.Option(min=1, max=2000, help="Agents at work.")] = 200,
    callers: Annotated[float, typer.Option(min=1, help="Callers an hour.")] = 2400,
    hours: Annotated[float, typer.Option(min=0.1, max=24)] = 8,
    talk: Annotated[float, typer.Option(min=1, help="Mean seconds of talk.")] = 240,
    wrap: Annotated[float, typer.Option(min=0, help="Mean seconds of wrap-up.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed is the same day.")] = 1,
) -> None:
    """Play a day on the engine with a virtual clock and no switch, and say how long callers waited. They give up after
    two minutes in the mean."""
    stream = Stream(Queue("main", "Main"), (callers,))
    found = simulate(Plan(people(agents), (stream,), hours, talk=talk, wrap=wrap, patience=120), seed)
    served = [one for one in found.fates if one.agent_id is not None]
    waits = sorted(one.waited for one in served) or [0.0]
    total = len(found.fates) or 1
    _say(f"{len(found.fates)} callers, {found.messages} messages to the engine")
    _say(f"{len(served) / total:.1%} served, {sum(wait <= 20 for wait in waits) / total:.1%} of all within 20 s")
    _say(f"wait of who was served: half within {waits[len(waits) // 2]:.1f} s, at most {waits[-1]:.0f} s")
