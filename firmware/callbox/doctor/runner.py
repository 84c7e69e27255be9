"""Runner of the checks, one after the other, each with a limit of time."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from callbox.doctor.checks import CHECKS, Check, Needs
from callbox.doctor.context import Context
from callbox.doctor.model.findings import CannotMeasure, Outcome, Report, Result, finding

log = logging.getLogger(__name__)


async def run_checks(context: Context, names: Sequence[str], on_result: Callable[[Result], None]) -> list[Result]:
    """Run the checks with these names, in their order; `on_result` hears of each as it ends.

    The settings are always read, and told if they are asked for, or bad. Cancelled, no lamp is lit and no session is
    open any more.
    """
    results: list[Result] = []
    for check in CHECKS:
        if check.name in names or check.name == "settings":
            result = _once(await run_check(check, context), results)
            if check.name in names or result.outcome is Outcome.FAILURE:
                results.append(result)
                on_result(result)
    return results


async def run_check(check: Check, context: Context) -> Result:
    """Run one check."""
    began_s = time.monotonic()
    report = await _report(check, context)
    return Result(check.name, report, (time.monotonic() - began_s) * 1000)


def _once(result: Result, before: Sequence[Result]) -> Result:
    """`result`, or that there is nothing new in it: one fault is told once, though several checks meet it."""
    findings = set(result.report.findings)
    for earlier in before:
        if findings and findings <= set(earlier.report.findings):
            return replace(result, report=Report(result.report.measured, skipped=f"as `{earlier.check}` says"))
    return result


async def _report(check: Check, context: Context) -> Report:
    if check.needs is Needs.PARTS and context.parts is None:
        return Report(skipped="the settings of board or sound are wrong")
    if check.needs in (Needs.SETTINGS, Needs.SECRETS) and context.loaded is None:
        return Report(skipped="the settings are wrong")
    if check.needs is Needs.SECRETS and context.composition is None:
        return Report(skipped="something that the settings refer to is missing")
    limit_s = _limit_s(check, context)
    patience = asyncio.timeout(limit_s)
    try:
        async with patience:
            return await check.probe()(context)
    except CannotMeasure as end:
        return end.report
    except Exception as error:
        if isinstance(error, TimeoutError) and patience.expired():
            return Report(findings=(finding("CHECK-HANGS", f"no end within {limit_s:g} s"),))
        log.debug("%s", check.name, exc_info=True)
        return Report(findings=(finding("CHECK-BROKE", f"{type(error).__name__}: {error}"),))


def _limit_s(check: Check, context: Context) -> float:
    limit_s = check.limit_s
    if check.name == "button":
        limit_s = (limit_s + context.press_s) * (len(context.parts.board.all_buttons) if context.parts else 1)
    if check.name == "telephone" and context.parts:
        board = context.parts.board
        number = sum(part is not None for part in (board.hook_switch, board.rotary_dial, board.volume_knob))
        limit_s += context.press_s * number
    if check.name == "bot" and context.loaded:
        limit_s = sum(
            (check.limit_s + bot.deadlines.start_s + bot.deadlines.connect_s) * (1 + len(bot.fallback_urls))
            for bot in context.loaded.settings.all_bots.values()
        )
    return limit_s
