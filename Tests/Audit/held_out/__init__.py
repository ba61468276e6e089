"""Applications that the auditor's probes were not written against, to measure what the auditor is worth."""
