"""The tree of a session with the heads of its lanes: as text, as a web page, as an SVG picture."""

from pi_lane.graph._html import draw_html
from pi_lane.graph._picture import Mark, Picture
from pi_lane.graph._plain import as_data
from pi_lane.graph._safe import many_lines, one_line
from pi_lane.graph._svg import draw_svg
from pi_lane.graph._text import draw_text, lane_style

__all__ = ["Mark", "Picture", "as_data", "draw_html", "draw_svg", "draw_text", "lane_style", "many_lines", "one_line"]
