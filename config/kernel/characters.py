"""Characters that need watching wherever people type."""

# Between them, these turn the reading order of a line around (Unicode's explicit directional formatting): a name could
# show as another one.
DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
