"""Small web applications with one fault each, which an auditor must find, and some with none."""
