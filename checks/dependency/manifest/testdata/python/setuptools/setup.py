"""Packaging of the shop."""
import os
from setuptools import find_packages, setup

REQUIRED = [
    "h11==0.14.0",  # the wire
    'HTTPcore[socks]>=1.0,<2',
]
TESTS = ["pytest"]

with open(os.path.join("requirements", "extra.txt")) as f:
    EXTRA = f.read().splitlines()

setup(
    name="Acme_Shop",
    packages=find_packages(),
    install_requires=REQUIRED + ["acme-tool @ git+https://git.example/acme/acme-tool@v0.3.0"] + EXTRA,
    setup_requires=["wheel"],
    tests_require=TESTS,
    extras_require={
        "fast": ["orjson==3.10.7; python_version >= '3.9'"],
        "docs": """
            mistune~=3.0
            # not yet: sphinx
            idna
        """,
    },
)
