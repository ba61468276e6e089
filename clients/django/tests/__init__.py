"""Tests of the Django client, against the real authority and real servers."""
