"""The authority as an application's server calls it."""
