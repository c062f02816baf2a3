"""PostgreSQL and Redis on this machine, for a first run and for the tests. No Django here, and no product code.

Production uses real servers: whatever `DATABASE_URL` and `REDIS_URL` name always wins, and then nothing is started.

    python -m config.embedded exec -- COMMAND...    runs COMMAND beside throw-away servers and passes its exit code on
    python -m config.embedded forget                removes the data that `make run` keeps for this checkout

Three promises. Servers speak Unix sockets only, in folders nobody else may enter. They run in sessions of their own,
so that Ctrl-C reaches them last. And the kernel ends them when the process that started them dies, even by SIGKILL
(`setpriv --pdeathsig`): nothing is ever left running.
"""
