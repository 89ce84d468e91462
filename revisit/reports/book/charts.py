"""The charts of a workbook: native ones, over the cells beside them, so that they follow when a cell is changed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

from revisit.sheets import column_letter
from revisit.sheets.writing import FONT

if TYPE_CHECKING:
    from openpyxl.chart import BarChart, LineChart, Reference
    from openpyxl.chart.series import Series
    from openpyxl.chart.text import RichText

COLOURS = ("2F6DB5", "E08A1E", "8FA3B8", "3C9D5B", "C8402F", "7A5BA8")
SHADES = {"in_time": "3C9D5B", "late": "E0B31E", "missed": "C8402F", "overdue": "E0701E", "open": "8FA3B8"}
"""The colours of the states of a follow-up."""
CHART_CM = 17.0
_LABEL = "404040"


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells that a chart shows: labels in column 1, values in columns `first` to `last`, titles in the row `header`."""

    sheet: Any
    header: int
    top: int
    bottom: int
    first: int = 2
    last: int = 2

    def labels(self) -> Reference:
        """What each value is called."""
        return self._column(1)

    def series(self, column: int) -> Series:
        """The values of a column under their title, which need not stand right above them."""
        from openpyxl.chart.data_source import StrRef
        from openpyxl.chart.series import SeriesLabel
        from openpyxl.chart.series_factory import SeriesFactory
        from openpyxl.utils import quote_sheetname

        made: Series = SeriesFactory(self._column(column))
        at = f"{quote_sheetname(self.sheet.title)}!${column_letter(column - 1)}${self.header}"
        made.tx = SeriesLabel(strRef=StrRef(f=at))
        return made

    def _column(self, column: int) -> Reference:
        from openpyxl.chart import Reference

        return Reference(self.sheet, min_col=column, max_col=column, min_row=self.top, max_row=self.bottom)


def bars(cells: Cells, title: str, shades: tuple[str, ...] = ()) -> BarChart:
    """Horizontal bars, the first row on top, with their numbers; `shades`: the colour of each."""
    from openpyxl.chart.marker import DataPoint

    chart = _columns(cells, title)
    chart.type = "bar"
    chart.gapWidth = 40
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.delete = True
    chart.y_axis.majorGridlines = None
    chart.legend = None
    _numbered(chart)
    for place, colour in enumerate(shades):
        point = DataPoint(idx=place)
        point.graphicalProperties.solidFill = colour
        chart.series[0].dPt.append(point)
    return chart


def columns(cells: Cells, title: str) -> BarChart:
    """Upright bars side by side, one colour for each column of the table."""
    chart = _columns(cells, title)
    chart.gapWidth = 60
    _legend(chart, shown=cells.last > cells.first)
    _numbered(chart)
    return chart


def pareto(cells: Cells, title: str, together: int) -> BarChart:
    """Upright bars, and above them the line of what they make up together (column `together`) on an axis of its own."""
    from openpyxl.chart import LineChart

    chart = _columns(cells, title)
    chart.gapWidth = 40
    line = LineChart()
    line.series.append(cells.series(together))
    series = line.series[0]
    series.graphicalProperties.line.solidFill = COLOURS[1]
    series.graphicalProperties.line.width = 22_000
    series.marker.symbol, series.marker.size = "circle", 5
    series.marker.graphicalProperties.solidFill = series.marker.graphicalProperties.line.solidFill = COLOURS[1]
    series.smooth = False
    line.y_axis.axId = 200
    line.y_axis.number_format = "0%"
    line.y_axis.scaling.min, line.y_axis.scaling.max = 0, 1
    line.y_axis.majorUnit = 0.25
    line.y_axis.crosses = "max"
    line.y_axis.majorGridlines = None
    _axis(line.y_axis)
    _legend(chart, shown=True)
    chart += line
    return chart


def lines(cells: Cells, title: str, *, dated: bool = False, shares: bool = False) -> LineChart:
    """A line along the periods for each column of the table; `dated`: along days; `shares`: of 1, not numbers."""
    from openpyxl.chart import LineChart
    from openpyxl.chart.axis import DateAxis

    chart = LineChart()
    chart.series.extend(cells.series(column) for column in range(cells.first, cells.last + 1))
    chart.set_categories(cells.labels())
    if dated:
        chart.x_axis = DateAxis(crossAx=100)
        chart.x_axis.number_format = "mm\\-dd"
        chart.x_axis.majorTimeUnit = "days"
        chart.y_axis.crossAx = 500
    _dressed(chart, title)
    if shares:
        chart.y_axis.number_format, chart.y_axis.scaling.max = "0%", 1
    for series, colour in zip(chart.series, cycle(COLOURS), strict=False):
        series.graphicalProperties.line.solidFill = colour
        series.graphicalProperties.line.width = 22_000
        series.marker.symbol = "none"
        series.smooth = False
    _legend(chart, shown=cells.last > cells.first)
    return chart


def _columns(cells: Cells, title: str) -> BarChart:
    from openpyxl.chart import BarChart

    chart = BarChart()
    chart.type = "col"
    chart.series.extend(cells.series(column) for column in range(cells.first, cells.last + 1))
    chart.set_categories(cells.labels())
    _dressed(chart, title)
    for series, colour in zip(chart.series, cycle(COLOURS), strict=False):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = colour
        series.invertIfNegative = False
    return chart


def _dressed(chart: Any, title: str) -> None:
    """Title and axes; what a program would otherwise choose for itself is said."""
    chart.roundedCorners = False
    chart.title = title
    chart.title.overlay = False
    for paragraph in chart.title.tx.rich.p:
        paragraph.pPr = _letters(1100, bold=True)
        for run in paragraph.r or ():
            run.rPr = paragraph.pPr.defRPr
    for axis in (chart.x_axis, chart.y_axis):
        _axis(axis)
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.scaling.min = 0


def _axis(axis: Any) -> None:
    from openpyxl.chart.shapes import GraphicalProperties

    axis.delete = False
    axis.title = None
    axis.txPr = _text(900)
    axis.majorTickMark = "none"
    if axis.majorGridlines is not None:
        axis.majorGridlines.spPr = GraphicalProperties(ln=_thin())


def _thin() -> Any:
    from openpyxl.drawing.line import LineProperties

    return LineProperties(solidFill="E3E3E3", w=6_350)


def _legend(chart: Any, *, shown: bool) -> None:
    if not shown:
        chart.legend = None
        return
    chart.legend.position = "b"
    chart.legend.overlay = False
    chart.legend.txPr = _text(900)


def _numbered(chart: Any) -> None:
    """Each bar says how much it is."""
    from openpyxl.chart.label import DataLabelList

    labels = DataLabelList()
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    labels.txPr = _text(800)
    chart.dataLabels = labels


def _letters(size: int, *, bold: bool = False) -> Any:
    from openpyxl.drawing.text import CharacterProperties, Font, ParagraphProperties

    font = Font(typeface=FONT)
    return ParagraphProperties(defRPr=CharacterProperties(sz=size, b=bold, latin=font, ea=font, solidFill=_LABEL))


def _text(size: int) -> RichText:
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import Paragraph, RichTextProperties

    return RichText(bodyPr=RichTextProperties(), p=[Paragraph(pPr=_letters(size), endParaRPr=None)])
