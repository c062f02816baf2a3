"""`make run`: the whole site on one machine, from one command, until Ctrl-C.

    python -m config.runner

starts what the environment does not name (PostgreSQL, Redis, a stand-in for Stripe), brings the database up to date,
fills an empty one with demo data, and runs the web server and one worker with its scheduler. Everything is tied to this
one process: when it ends, in whatever way, everything ends. Production starts its parts one by one instead.
"""
