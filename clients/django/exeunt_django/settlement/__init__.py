"""The settlement protocol as a follower sees it: values that are told what time it is and what has arrived, and do
nothing else.
"""
