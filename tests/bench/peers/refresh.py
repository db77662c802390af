"""DuckDB's side of `packaging/bench --only refresh`.

Loads what pult wrote into an in-memory table, checks that both give the same
seven answers, then measures DuckDB with the same number of threads.

Over a span DuckDB is timed on the easier question (everything restricted to
what was received in the span), while pult also counts what was received
before and closed or stands overdue now, and the days of the whole history;
equality is checked on pult's question.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import duckdb

TOP = 50
OPEN = "closed is null and status not in (8, 9)"
SHOWN = "status not in (8, 9)"


def seven(received, closed, states, days, now):
    """The queries, by name, with the conditions that differ by question."""
    overdue = f"{OPEN} and due < {now} and {states}"
    return {
        "by_status": f"select status, count(*) from incident where {received} group by 1",
        "by_municipality": f"""select municipality, count(*) filter ({received}),
            count(*) filter ({overdue}) from incident
            where {SHOWN} and ({received} or {states}) group by 1""",
        "by_topic": f"select topic, count(*) from incident where {SHOWN} and {received} group by 1",
        "by_day": f"select day, count(*) from incident where {SHOWN} and {days} group by 1",
        "matrix": f"""select block, municipality, count(*) from incident
            where {SHOWN} and {received} group by 1, 2""",
        "durations": f"""select municipality, bucket, count(*) from incident
            where {SHOWN} and closed is not null and {closed} group by 1, 2""",
        "top_overdue": f"""select position, due from incident where {overdue}
            order by due, position limit {TOP}""",
    }


def median_secs(call):
    begun, times = time.perf_counter(), []
    while len(times) < 5 or (time.perf_counter() - begun < 3 and len(times) < 100):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main(folder):
    pult = json.loads((folder / "pult.json").read_text())
    connection = duckdb.connect()
    connection.execute(f"set threads = {pult['threads']}")
    connection.execute(
        f"""create table incident as from read_csv('{folder / "incidents.csv"}', columns = {{
            position: 'UINTEGER', received: 'UINTEGER', due: 'UINTEGER', closed: 'UINTEGER',
            day: 'USMALLINT', bucket: 'UTINYINT', topic: 'USMALLINT', municipality: 'UTINYINT',
            block: 'UTINYINT', status: 'UTINYINT'}})"""
    )
    for name in ("all", "year"):
        ours = pult[name]
        received = f"received >= {ours['from']} and received < {ours['to']}"
        closed = f"closed >= {ours['from']} and closed < {ours['to']}"
        if name == "all":
            received = closed = "true"
        same = seven(received, closed, "true", "true", pult["now"])
        for query, sql in same.items():
            rows = [list(row) for row in connection.execute(sql).fetchall()]
            if query != "top_overdue":
                rows.sort()
            if rows != ours["seven"][query]:
                sys.exit(f"refresh: {query} ({name}) differs: {ours['seven'][query][:5]} {rows[:5]}")
        easier = seven(received, received, received, received, pult["now"]).values()
        peer = median_secs(lambda: [connection.execute(sql).fetchall() for sql in easier])
        label = f"refresh-{pult['rows'] // 1_000_000 or pult['rows'] / 1e6:g}m-{name}"
        for what, secs, against in (
            (label, ours["core_secs"], peer),
            (f"{label}-everything", ours["everything_secs"], peer),
            (f"{label}-plain-scan", ours["core_secs"], ours["plain_secs"]),
        ):
            print(
                f"{what} pult {secs * 1e3:.2f} ms peer {against * 1e3:.2f} ms"
                f" ratio {secs / against:.2f}"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
