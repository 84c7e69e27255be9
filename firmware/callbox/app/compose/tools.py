"""Permissions of the bot's tools, from the settings."""

import msgspec

from callbox.app.bot_tools import ToolConfig
from callbox.config import Settings
from callbox.config.schema import PublishTool, ToolArgument
from callbox.control.tool_arguments import Argument, ArgumentType
from callbox.control.tools import PublishedTool, published_tool


def tool_config(settings: Settings) -> ToolConfig:
    """Permissions, and the messages that the bot may publish."""
    permissions = msgspec.structs.asdict(settings.tools)
    publish = permissions.pop("publish")
    return ToolConfig(permissions, tuple(_published(name, tool) for name, tool in publish.items()))


def _published(name: str, tool: PublishTool) -> PublishedTool:
    arguments = {key: _argument(argument) for key, argument in tool.arguments.items()}
    return published_tool(name, tool.description, tool.topic, tool.payload, arguments)


def _argument(argument: ToolArgument) -> Argument:
    return Argument(
        ArgumentType(argument.type),
        argument.description,
        tuple(argument.enum),
        argument.minimum,
        argument.maximum,
        argument.max_length,
        argument.required,
    )
