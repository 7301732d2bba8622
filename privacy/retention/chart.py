"""The chart of one rule: geometry for the template that draws it as SVG on the server.

Widths are percentages and heights pixels, so that the chart fills a phone and a wide screen alike and its words keep their
size. What stays is hatched and stands on top of what goes: no colour is needed to tell them apart.
"""

from dataclasses import dataclass

from .plan import Month, RulePlan

#: Heights in pixels: of the highest bar, for people and for rows, and of the room for words above and below.
_BARS, _LOW, _ABOVE, _BELOW = 130, 60, 22, 40

#: The part of a month's width that its bar takes.
_FILLED = 0.7

#: The months whose name stands below on a narrow screen too; with the first of them stands the year.
_NAMED = (1, 7)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One month. Horizontal measures are percentages of the width, vertical ones pixels from the top.

    Args:
        month: its figures.
        left: left side of the month's column.
        x: left side of the bar.
        middle: middle of both.
        goes_y: top of what goes.
        goes_height: its height.
        stays_y: top of what stays.
        stays_height: its height.
        is_named: whether its name is shown on a narrow screen too.
        has_year: whether the year stands below its name.
    """

    month: Month
    left: float
    x: float
    middle: float
    goes_y: float
    goes_height: float
    stays_y: float
    stays_height: float
    is_named: bool
    has_year: bool

    @property
    def number_y(self) -> float:
        """Where the number stands, just above the bar."""
        return self.stays_y - 6


@dataclass(frozen=True, kw_only=True)
class Chart:
    """All bars of a rule.

    Args:
        bars: one a month.
        column: width of a month.
        width: width of a bar.
        base: where the bars stand; the names of the months stand below it, and the years below those.
        height: height of the whole.
    """

    bars: list[Bar]
    column: float
    width: float
    base: int
    height: int

    @property
    def name_y(self) -> int:
        """Where the names of the months stand."""
        return self.base + 18

    @property
    def year_y(self) -> int:
        """Where the years stand."""
        return self.base + 34


def chart(rule: RulePlan) -> Chart:
    """Return where everything comes.

    Args:
        rule: the rule with its months.
    """
    column = 100 / len(rule.months)
    tall = _BARS if rule.is_of_people else _LOW
    base = _ABOVE + tall
    scale = tall / max(rule.highest, 1)
    bars = []
    for number, month in enumerate(rule.months):
        goes, stays = month.goes * scale, month.stays * scale
        bars.append(
            Bar(
                month=month,
                left=column * number,
                x=column * (number + (1 - _FILLED) / 2),
                middle=column * (number + 0.5),
                goes_y=base - goes,
                goes_height=goes,
                stays_y=base - goes - stays,
                stays_height=stays,
                is_named=month.begin.month in _NAMED,
                has_year=month.begin.month == _NAMED[0],
            )
        )
    return Chart(bars=bars, column=column, width=column * _FILLED, base=base, height=base + _BELOW)
