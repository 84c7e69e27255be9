"""Probe of the tools: what the settings allow the bot."""

from callbox.app.compose.tools import tool_config
from callbox.doctor.context import Context
from callbox.doctor.model.evaluate import tools as evaluate
from callbox.doctor.model.findings import Report


async def tools(context: Context) -> Report:
    """Functions that a bot is told of, and permissions that lead to nothing."""
    settings = context.require_settings().settings
    config = tool_config(settings)
    discovery = settings.mqtt.homeassistant.discovery_prefix if settings.mqtt and settings.mqtt.homeassistant else None
    topics = [tool.topic for tool in config.published]
    findings = evaluate.tools(
        next_bot=settings.tools.next_bot, bots=len(settings.all_bots), topics=topics, discovery_prefix=discovery
    )
    return Report({"allowed": [spec.name for spec in config.offered]}, tuple(findings))
