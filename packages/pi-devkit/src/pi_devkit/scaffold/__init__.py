"""Makes new extensions from the template that this distribution carries."""

from pi_devkit.scaffold._member import check_member, member
from pi_devkit.scaffold._render import ANSWERS_FILE, Made, answered, check_vacant, standalone
from pi_devkit.scaffold._template import SOURCE, TAKEN, Question, questions, tag, template

__all__ = [
    "ANSWERS_FILE",
    "SOURCE",
    "TAKEN",
    "Made",
    "Question",
    "answered",
    "check_member",
    "check_vacant",
    "member",
    "questions",
    "standalone",
    "tag",
    "template",
]
