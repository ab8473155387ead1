"""List the packages: all below generate/, and the two folders beside it that they need.

templates/ and content/ stay where people look for them; a wheel carries both inside the package.
"""

from setuptools import find_packages, setup

BESIDE = {"generate.templates": "templates", "generate.content": "content"}

setup(
    packages=[*find_packages(include=["generate", "generate.*"]), *BESIDE],
    package_dir=BESIDE,
)
