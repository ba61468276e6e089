"""Software that others wrote, in its usual configuration, for the audit to be tried on."""
