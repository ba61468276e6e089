"""Reading access tokens: what they say, and who has signed it."""
