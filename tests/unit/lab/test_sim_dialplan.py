"""The simulated switch's reading of a dialplan: expressions, patterns, labels, and the kit itself."""

import pytest

from cti.dialplan.kit import KitSettings, Phone, render
from lab.sim.apps import APPS
from lab.sim.dialplan import Dialplan
from lab.sim.exchange import Exchange
from lab.sim.expr import DialplanError, compile_text, evaluate, functions
from lab.sim.runner import Runner

pytestmark = pytest.mark.unit

PLAN = """
[general]
static=yes
[here]                       ; a comment
exten => _X.,1,Set(DID=${EXTEN})
 same => n(again),Wait(1)    ; and another
 same => n,GotoIf($["${A}" = "b"]?again)
exten => 42,1,Hangup()
exten => _+X,1,NoOp
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"5" = "5"', "1"),
        ('"5" = "4"', "0"),
        ('"" = ""', "1"),
        ('"" != "x"', "1"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("7 / 2", "3"),
        ("10 >= 9", "1"),
        ('"b" > "a"', "1"),
        ("1 & 0", "0"),
        ("0 | 7", "7"),
        ("-3 + 1", "-2"),
        ("1", "1"),
    ],
)
def test_expressions(text: str, value: str) -> None:
    assert evaluate(text) == value


def test_numbers_are_compared_as_numbers_and_words_as_words() -> None:
    assert (evaluate("10 > 9"), evaluate('"10a" > "9"')) == ("1", "0")


def test_variables_functions_and_expressions_nest() -> None:
    def look_up(name: str, arguments: str | None) -> str:
        return f"<{name}>" if arguments is None else f"{name}({arguments})"

    text = compile_text("a ${X} ${F(${Y},$[1 + 1])} ${NAME-${X}} $5")
    assert text.fill(look_up) == "a <X> F(<Y>,2) <NAME-<X>> $5"


@pytest.mark.parametrize("text", ["${X", "$[1 + 1", "${F(${X)}"])
def test_what_is_never_closed_is_refused(text: str) -> None:
    with pytest.raises(DialplanError, match="unclosed"):
        compile_text(text)


@pytest.mark.parametrize(
    ("exten", "app"), [("42", "Hangup"), ("43", "Set"), ("423", "Set"), ("+4", "NoOp"), ("4", None), ("x1", None)]
)
def test_an_exact_extension_goes_before_a_pattern(exten: str, app: str | None) -> None:
    step = Dialplan(PLAN).step("here", exten, 1)
    assert (step.app if step else None) == app


def test_labels_and_numbers_are_priorities() -> None:
    plan = Dialplan(PLAN)
    assert plan.priority("here", "99", "again") == 2
    assert plan.priority("here", "99", "3") == 3
    assert plan.priority("here", "99", "nowhere") is None
    assert plan.step("here", "99", 4) is None
    assert plan.step("elsewhere", "99", 1) is None


def test_an_included_context_is_looked_into_after_the_context_itself() -> None:
    plan = Dialplan("[a]\ninclude => b\nexten => 1,1,NoOp(a)\n[b]\nexten => 1,1,NoOp(b)\nexten => h,1,NoOp(b)")

    (one, end) = plan.step("a", "1", 1), plan.step("a", "h", 1)
    assert (one and one.arguments.parts, end and end.arguments.parts) == (("a",), ("b",))
    assert plan.step("b", "2", 1) is None


@pytest.mark.parametrize("text", ["[a]\n same => n,Wait(1)", "[a]\nexten => 1,1,What is this"])
def test_an_unreadable_line_is_named(text: str) -> None:
    with pytest.raises(DialplanError, match="line 2"):
        Dialplan(text)


def test_functions_inside_others_are_found() -> None:
    text = compile_text("${IF($[${LEN(${A})} > 1]?${FILTER(a-z,${B})}:no)} ${EXTEN}")
    assert set(functions(text)) == {"if", "len", "filter"}


def test_the_kit_uses_nothing_that_is_not_played() -> None:
    kit = render(KitSettings(phones=(Phone("cti-phone-01", "x"),), manager_secret="y"))
    plan = Dialplan(kit["cti_extensions.conf"])
    assert Runner(Exchange(), plan, APPS).dialplan is plan
    assert {"Bridge", "Queue", "UserEvent"} <= {step.app for step in plan.steps()}
