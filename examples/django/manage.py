#!/usr/bin/env python3
"""Django's own commands for this application."""

import sys

import serve
from django.core.management import execute_from_command_line

serve.prepare()
execute_from_command_line(sys.argv)
