"""Whether a token is still good, by its claims; its signature and its times have been checked before.

    check.py unix:///run/redis.sock <claims.json

Exit status: 0 it is, 1 it has been ended, 2 that cannot be known now (answer 503).
"""

import json
import os
import sys
from typing import Any

from redis import Redis, RedisError


def is_over(redis: Redis, claims: dict[str, Any], prefix: str = "exeunt") -> bool:
    """Whether it has been ended; raises where nobody can know, which is a 503."""
    names = ["live", "all", f"subject:{claims['sub']}", f"session:{claims['sid']}", f"token:{claims['jti']}"]
    asked = redis.pipeline(transaction=False)
    asked.mget([f"{{{prefix}:1}}:{name}" for name in names])
    asked.info("server")
    (live, epoch, subject, session, token), server = asked.execute()
    if live is None or live != server["run_id"]:
        raise RedisError("nobody vouches for this Redis")
    version, _, spared = (subject or "0").partition(" ")
    ended = session is not None or token is not None or claims["gen"] < int(epoch or 0)
    return ended or (claims["ver"] < int(version) and claims["sid"] != spared)


if __name__ == "__main__":
    try:
        client = Redis.from_url(sys.argv[1], decode_responses=True, socket_timeout=0.5, socket_connect_timeout=0.5)
        sys.exit(is_over(client, json.load(sys.stdin), os.environ.get("REDIS_PREFIX", "exeunt")))
    except RedisError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
