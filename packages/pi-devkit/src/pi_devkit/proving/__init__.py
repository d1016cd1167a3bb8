"""What is proved, and where: artifacts that are built once, and clean environments to install them into."""

from pi_devkit.proving._build import SUMS, Artifacts, build, given, tree_wheel
from pi_devkit.proving._contents import sdist_files, wheel_files
from pi_devkit.proving._python import find_python
from pi_devkit.proving._venv import Venv

__all__ = ["SUMS", "Artifacts", "Venv", "build", "find_python", "given", "sdist_files", "tree_wheel", "wheel_files"]
