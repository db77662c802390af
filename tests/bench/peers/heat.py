"""datashader's side of `packaging/bench --only heat`: the same points in the
same view, counted and coloured on a log scale; compiled beforehand. Pult also
smooths its picture."""

import json
import statistics
import sys
import time
from pathlib import Path

import datashader
import datashader.transfer_functions as shading
import numba
import numpy
import pandas


def main(folder):
    pult = json.loads((folder / "pult.json").read_text())
    numba.set_num_threads(pult["threads"])
    x, y = (numpy.fromfile(folder / name, dtype="<u4") for name in ("x.u32", "y.u32"))
    points = pandas.DataFrame({"x": x.astype("f8"), "y": y.astype("f8")})
    canvas = datashader.Canvas(
        pult["width"], pult["height"], x_range=pult["x_range"], y_range=pult["y_range"]
    )

    def draw():
        return shading.shade(canvas.points(points, "x", "y"), how="log")

    counted = int(canvas.points(points, "x", "y").sum())
    if counted != pult["points"]:
        sys.exit(f"heat: pult counted {pult['points']} points, datashader {counted}")
    times = []
    for _ in range(7):
        start = time.perf_counter()
        draw()
        times.append(time.perf_counter() - start)
    peer = statistics.median(times[1:])
    size = f"{pult['width'] // 960}k"
    name = f"heat-{pult['rows'] // 1_000_000}m-{size}"
    print(
        f"{name} pult {pult['secs'] * 1e3:.1f} ms peer {peer * 1e3:.1f} ms"
        f" ratio {pult['secs'] / peer:.2f}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
