"""`packaging/bench --only ingest`: a first sync over HTTP, then the sqlite3
program importing the same rows from files.

The program gets the rows ready-made: incidents cut into their columns, words
numbered, ids hashed, texts stemmed. It builds the indexes after the rows, as pult
does. Its tables are not STRICT, because an empty field of CSV is no NULL, and its
text index cannot delete, because Debian's program is too old for that.
"""

import argparse
import re
import shlex
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

MIGRATIONS = Path("src/store/migrations")
INDEXES = "0002_indexes.sql"
# Filled by a migration, or by the server's cursor alone.
NOT_IMPORTED = ("meta", "event_gate", "search_queue", "seen", "fault")
MEMORY_LIMIT_MB = 400
SAMPLE_SECS = 0.02
# A plain table of FTS5, a row for every indexed incident: any program reads it.
# In the peer's one file `entry` is a register's record.
SEARCHABLE = "SELECT count(*) FROM {}_docsize"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pult", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--desk", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--stemmer", type=shlex.split, required=True)
    args = parser.parse_args()
    sync = [args.pult, "sync", "--once", "--server", args.server, "--data-dir", args.desk]

    first, anonymous, mapped = run(sync)
    ours = counts(args.desk / "pult.db")
    if query(args.desk / "search.db", SEARCHABLE.format("entry")) != [(ours[0],)]:
        sys.exit("ingest: pult ended before all was searchable")
    again, _, _ = run(sync)
    forget_cursor(args.desk / "pult.db")
    anew, _, _ = run(sync)
    if counts(args.desk / "pult.db") != ours:
        sys.exit("ingest: reading anew changed what is stored")

    tables = export(args.desk / "pult.db", args.work)
    subprocess.run([*args.stemmer, "--out", args.work], check=True)
    peer_db = args.work / "peer.db"
    script = args.work / "import.sql"
    script.write_text(import_script(args.work, tables))
    start = time.perf_counter()
    with script.open() as commands:
        done = subprocess.run(["sqlite3", peer_db], stdin=commands, capture_output=True, text=True)
    peer = time.perf_counter() - start
    if done.returncode or done.stderr:
        sys.exit(f"ingest: the sqlite3 program failed: {done.stderr[:500]}")
    if counts(peer_db) != ours or query(peer_db, SEARCHABLE.format("found")) != [(ours[0],)]:
        sys.exit(f"ingest: pult has {ours}, the peer {counts(peer_db)}")

    incidents, messages, events = ours
    size = f"{incidents / 1e6:g}m" if incidents >= 1_000_000 else f"{incidents // 1000}k"
    print(f"ingest-{size}: {incidents} incidents, {messages} messages, {events} events")
    line(f"ingest-{size}", first, peer, "s")
    line(f"ingest-{size}-again", again, first, "s")
    line(f"ingest-{size}-anew", anew, first, "s")
    line(f"ingest-{size}-memory", anonymous, MEMORY_LIMIT_MB, "MB")
    print(f"ingest-{size}-memory: beside it {mapped:.0f} MB of files were mapped")


def line(name, ours, theirs, unit):
    print(f"{name} pult {ours:.2f} {unit} peer {theirs:.2f} {unit} ratio {ours / theirs:.2f}")


def run(command):
    """Seconds, and the most of anonymous and of file-mapped memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = {"RssAnon": 0, "RssFile": 0}
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        for kind, kilobytes in re.findall(r"^(RssAnon|RssFile):\s*(\d+)", status, re.M):
            most[kind] = max(most[kind], int(kilobytes) / 1024)
        time.sleep(SAMPLE_SECS)
    if process.returncode:
        sys.exit(f"ingest: {command[1]} ended with {process.returncode}")
    return time.perf_counter() - start, most["RssAnon"], most["RssFile"]


def query(path, sql):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return database.execute(sql).fetchall()


def counts(path):
    return [query(path, f"SELECT count(*) FROM {kind}")[0][0]
            for kind in ("incident", "message", "event")]


def forget_cursor(path):
    """As if the server no longer knew our place in the changes."""
    with sqlite3.connect(path) as database:
        database.execute("UPDATE meta SET value = 'forgotten.d.1' WHERE key = 'cursor'")
    database.close()


def export(path, work):
    """Every filled table as CSV, and the texts of each incident in one."""
    names = [name for (name,) in query(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
    tables = [name for name in names
              if not name.startswith("sqlite_") and name not in NOT_IMPORTED
              and query(path, f"SELECT EXISTS (SELECT 1 FROM {name})") == [(1,)]]
    texts = """SELECT row, coalesce(summary, '') || ' ' || coalesce(address, '') || ' ' || coalesce(
        (SELECT group_concat(text, ' ') FROM message WHERE incident = id_hash), '')
        FROM incident ORDER BY row"""
    selects = [(work / "texts.csv", texts)]
    selects += [(work / f"{name}.csv", f"SELECT * FROM {name}") for name in tables]
    for file, sql in selects:
        with file.open("wb") as out:
            subprocess.run(["sqlite3", "-csv", f"file:{path}?mode=ro", sql], stdout=out, check=True)
    return tables


def import_script(work, tables):
    files = sorted((MIGRATIONS / "pult").glob("*.sql"))
    schema = "\n".join(file.read_text() for file in files if file.name != INDEXES)
    schema = schema.replace(") STRICT, WITHOUT", ") WITHOUT").replace(") STRICT;", ");")
    indexes = (MIGRATIONS / "pult" / INDEXES).read_text()
    search = (MIGRATIONS / "search/0001_initial.sql").read_text().split("CREATE TABLE")[0]
    search = re.sub(r"\s*contentless_delete = 1,", "", search).replace(" entry ", " found ")
    imports = [f".import --csv '{work / name}.csv' {name}" for name in tables]
    return "\n".join([
        "PRAGMA page_size = 8192; PRAGMA cache_size = -32768;",
        schema, *imports, indexes, search,
        f".import --csv '{work / 'stems.csv'}' found", "",
    ])


if __name__ == "__main__":
    main()
