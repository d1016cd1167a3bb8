"""A tool for the model: a weather forecast that is made up, always the same for a city, and says so.

What the model is told comes from the signature and the docstring: names, types, bounds, defaults and descriptions.

Install it: ``cp weather_tool.py ~/.pi/agent/python/``
"""

import asyncio
from typing import Annotated, Literal
from zlib import crc32

from msgspec import Meta

from pi_host import ToolContext, ToolError, ToolResult, tool

SKIES = ("sunny", "cloudy", "rainy", "stormy")


@tool(snippet="weather: forecast for a city, made up for demonstration")
async def weather(
    city: str,
    days: Annotated[int, Meta(ge=1, le=7)] = 1,
    unit: Literal["celsius", "fahrenheit"] = "celsius",
    *,
    ctx: ToolContext,
) -> ToolResult:
    """Weather forecast for a city. It is made up: never rely on it.

    Args:
        city: name of the city.
        days: how many days to look ahead.
        unit: unit of the temperatures.
        ctx: what pi offers a tool; the model knows nothing of it.
    """
    if not city.strip():
        raise ToolError("which city?")  # this is what the model reads
    forecast = []
    for day in range(1, days + 1):
        ctx.progress(f"asking nobody about day {day} of {days}")
        await asyncio.sleep(0.05)  # a real forecast takes time; when the user aborts, it ends here
        forecast.append(made_up(city, day, unit))
    lines = [f"day {day}: {sky}, {degrees}° {unit}" for day, (sky, degrees) in enumerate(forecast, start=1)]
    # The model reads the content; the details are kept in the session for programs.
    return ToolResult(content="\n".join([f"{city} (made up)", *lines]), details=forecast)


def made_up(city: str, day: int, unit: str) -> tuple[str, int]:
    """Return a sky and a temperature that depend on nothing but the arguments."""
    number = crc32(f"{city.casefold()} {day}".encode())
    celsius = number // len(SKIES) % 35
    return SKIES[number % len(SKIES)], celsius if unit == "celsius" else celsius * 9 // 5 + 32
