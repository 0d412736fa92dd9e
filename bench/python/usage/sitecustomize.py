"""Python imports this at its start if the folder is on PYTHONPATH. At the end of a process, it
writes CPU time and peak memory into the folder BENCH_USAGES, as measure-each.js does.
"""

import atexit
import json
import os
import resource


def leave():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    figures = {"cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}
    with open(os.path.join(os.environ["BENCH_USAGES"], f"{os.getpid()}.json"), "w") as file:
        json.dump(figures, file)


atexit.register(leave)
