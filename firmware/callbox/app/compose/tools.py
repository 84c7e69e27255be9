"""Permissions of the bot's tools, from the settings."""

from callbox.app.bot_tools import ToolConfig
from callbox.config import Loaded, Settings
from callbox.config.schema import PublishTool, ToolArgument
from callbox.control.tool_arguments import Argument, ArgumentType
from callbox.control.tools import SPECS, PublishedTool, published_tool

_PUBLISH = "publish"


def tool_config(settings: Settings) -> ToolConfig:
    """Permissions, and the messages that the bot may publish."""
    permissions = settings.tools.model_dump(exclude={_PUBLISH})
    return ToolConfig(permissions, tuple(_published(name, tool) for name, tool in settings.tools.publish.items()))


def check_tools(loaded: Loaded) -> None:
    """Raise `SettingsError` if the owner's tool has the name of one of the box's own."""
    taken = {spec.name for spec in SPECS}
    for name in loaded.settings.tools.publish:
        if name in taken:
            raise loaded.error(f"is the name of a tool of every box; there are {', '.join(sorted(taken))}",
                               "tools", _PUBLISH, name)  # fmt: skip


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
