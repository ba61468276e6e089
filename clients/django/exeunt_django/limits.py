"""Every cap and every wait, with its unit and its reason."""

from __future__ import annotations

# Tokens

TOKEN_BYTES = 4096
"""An access token worth reading: the authority's are below 1,000, and it reads no more than these either."""
SHORTEST_TOKEN_BYTES = 96
"""A signature alone has 86 characters."""
REFRESH_TOKEN_BYTES = 512
"""A refresh token worth trying: the authority's are below 100."""
CACHED_TOKENS = 16_384
"""Verified tokens that a process remembers: about two kilobytes each."""
JSON_MEMBERS = 64
"""Members of one JSON object: no object of ours has more than a dozen."""
JSON_DEPTH = 8
"""Objects and arrays in one another: none of ours has more than three."""
CLOCK_SKEW_SECONDS = 30
"""The allowed difference between clocks at the most: half of what a revocation is kept beyond its tokens."""

# Following

SHORTEST_LEASE_MILLISECONDS = 100
"""The shortest lease that can be kept up over a network."""
LONGEST_LEASE_MILLISECONDS = 3_600_000
"""The longest lease worth asking for; the authority grants no more than its operator allows."""
FEED_ANSWER_BYTES = 32 << 20
"""One answer of the feed: ten thousand records of the longest subjects."""
ANSWER_BYTES = 1 << 20
"""Any other answer of the authority."""
KEYS = 64
"""Public keys in one set: the one that signs, and those of the last quarter of an hour."""
WATCHERS = 10_000
"""Streams of one process that wait to hear of the end of their session."""
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
"""The first and the longest pause after a poll that failed; at random, between half of it and all."""
LONGEST_RETRY_AFTER_SECONDS = 5
"""The longest pause that the authority can ask for, because a server that waits is a server that refuses."""
LONGEST_POLL_SECONDS = 20
"""For how long a poll asks to be held at the most: the authority holds none for longer."""
POLL_GRACE_SECONDS = 0.25
"""How long a poll may take beyond the time for which it asks to be held, at the least."""
KEY_MISS_SECONDS = 1.0
"""How often a key that is not known has the keys fetched: anybody can name a key that there is not."""
FIRST_LEASE_SECONDS = 5.0
"""How long requests wait for the first lease of a process, counted from its start; then they are told to come back."""

# Asking

QUESTION_SECONDS = 5.0
"""How long any other question to the authority may take."""
CONNECT_SECONDS = 2.0
"""How long making a connection may take."""
FAREWELL_SECONDS = 2.0
"""How long giving the lease back may take; without it the authority waits the lease out."""
SETTLING_SECONDS = 5
"""How long a person who signs out waits until that is settled; a server that is cut off can take longer."""
RETRY_AFTER_SECONDS = 1
"""What a request that cannot be judged is told to wait for."""
IDLE_CONNECTIONS = 16
"""Connections to the authority that a process keeps open for the next question."""
REFRESHES = 1024
"""Refreshes of browsers' tokens under way at once in one process."""
DEVICE_PAGES = 10
"""Pages of a hundred sessions each that the list of devices fetches."""

# Streams

HEARTBEAT_SECONDS = 15.0
"""How often a stream says something, so that nobody on the way takes it for dead."""
STREAM_SECONDS = 300.0
"""The life of a stream: the page opens the next one, and one whose page is gone unnoticed is not kept for long."""

# Form

RETURN_TO_CHARACTERS = 2048
"""A path to go to afterwards."""
