"""What `exeunt audit` says about applications of which the truth is known."""
