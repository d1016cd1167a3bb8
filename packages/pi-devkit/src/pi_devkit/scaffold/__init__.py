"""Makes new extensions from the template that this distribution carries."""

from pi_devkit.scaffold._member import member
from pi_devkit.scaffold._render import ANSWERS_FILE, Made, standalone
from pi_devkit.scaffold._template import SOURCE, Question, questions, tag, template

__all__ = ["ANSWERS_FILE", "SOURCE", "Made", "Question", "member", "questions", "standalone", "tag", "template"]
