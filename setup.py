"""Finds the packages of ``clew``, whose folder is the repository's root.

pyproject.toml holds everything else; setuptools cannot prefix found packages there.
"""

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py


class BuildPackage(build_py):
    """Leaves this file, which lies in the package's folder, out of the wheel."""

    def find_package_modules(self, package, package_dir):
        modules = super().find_package_modules(package, package_dir)
        return [module for module in modules if module[1] != "setup"]


setup(
    packages=["clew", *(f"clew.{name}" for name in find_packages(exclude=["tests", "tests.*"]))],
    cmdclass={"build_py": BuildPackage},
)
