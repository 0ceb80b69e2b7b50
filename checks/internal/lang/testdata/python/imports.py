import os, pickle as p, a.b.c
import a.b.c as short
from . import sibling
from ..a.b import (c as d, e)
from m import *
from __future__ import annotations
