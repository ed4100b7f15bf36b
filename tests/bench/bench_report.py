"""What a run found, as a table, as JSON, and as Markdown between the markers of a page."""
import json
import os
import re

# row -> (comparison, bound of the ratio): what this project has set itself.
TARGETS = {
    "spine_end_to_end_plain": (">=", 0.45),
    "spine_end_to_end_64_plain": (">=", 0.30),
    "spine_produce_64_plain": (">=", 0.75),
    "spine_end_to_end": (">=", 0.32),
    "spine_produce_64": (">=", 0.60),
    "spine_produce_64x1": (">=", 0.20),
    "product_end_to_end_2_workers": (">=", 0.06),
    "receipts_64": (">=", 0.15),
    "audit_append": (">=", 0.50),
    "audit_replay": (">=", 2.00),
    "spine_latency_p50": ("<=", 8.0),
    "spine_latency_p99": ("<=", 25.0),
    "product_latency_p50": ("<=", 8.0),
    "product_latency_p99": ("<=", 25.0),
}
OTHERS_MAX = 0.1  # of a core
YARDSTICK_UNITS = {"sqlite_64": "rows/s", "zeromq_curve": "messages/s", "sha256_1k": "digests/s",
                   "append_p50": "ms", "append_p99": "ms", "append_p999": "ms"}


def number(value):
    """With as many digits as say something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def target_of(summary):
    """("≥ 0.45", "met") or ("", "")."""
    if summary.name not in TARGETS:
        return "", ""
    comparison, bound = TARGETS[summary.name]
    is_met = summary.ratio >= bound if comparison == ">=" else summary.ratio <= bound
    return f"{comparison} {bound:g}", "met" if is_met else "not met"


def yardstick_lines(results):
    """[name, median, unit, range] of each yardstick."""
    return [[name, number(median), YARDSTICK_UNITS[name], f"{number(low)} to {number(high)}"]
            for name, (median, low, high) in results.yardsticks().items()]


def row_lines(summaries):
    """[name, median, unit, ratio, yardstick, range, target, verdict] of each row."""
    lines = []
    for row in summaries:
        has_ratio = row.ratio is not None
        lines.append([row.name, number(row.value), row.unit,
                      f"{row.ratio:.2f}" if has_ratio else "", row.yardstick or "",
                      f"{row.range[0]:.2f} to {row.range[1]:.2f}" if has_ratio else "",
                      *target_of(row)])
    return lines


def aligned(lines):
    """Columns of text, the second and fourth to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return ["  ".join(cell.rjust(width) if i in (1, 3) else cell.ljust(width)
                      for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
            for line in lines]


def report(results):
    """The tables as text."""
    lines = aligned([["yardstick", "median", "", "lowest to highest"], *yardstick_lines(results)])
    lines += ["", *aligned([["", "median", "", "ratio", "to", "lowest to highest", "target", ""],
                            *row_lines(results.rows())])]
    lines += ["", "CPU per event, us"]
    for name, parts in results.cpu_us().items():
        lines.append(f"{name:30} " + ", ".join(
            f"{plain_name(part)} {value:.0f}" for part, value in parts.items() if value >= 0.5))
    median, most = results.others()
    lines.append(f"\nother processes had {median:.0%} of a core (at most {most:.0%}); "
                 f"{os.cpu_count()} cores")
    if median > OTHERS_MAX:
        lines.append("The machine was not ours: neither ratios nor verdicts mean much.")
    return "\n".join(lines)


def plain_name(process):
    return {"ended": "client", "bench-source": "source", "bench-relay": "relay"}.get(process,
                                                                                     process)


def content(results):
    """What --json writes."""
    cpu = {name: {plain_name(part): round(value, 2) for part, value in parts.items()}
           for name, parts in results.cpu_us().items()}
    median, most = results.others()
    rows = []
    for row in results.rows():
        is_to_sqlite = row.yardstick == "sqlite_64"
        rows.append({"name": row.name, "value": round(row.value, 4), "unit": row.unit,
                     "ratio_to_sqlite_64": round(row.ratio, 4) if is_to_sqlite else None})
        if row.ratio is not None:
            rows[-1]["ratio_range"] = [round(bound, 4) for bound in row.range]
        if row.ratio is not None and not is_to_sqlite:
            rows[-1][f"ratio_to_{row.yardstick}"] = round(row.ratio, 4)
        if row.name in cpu:
            rows[-1]["cpu_us"] = cpu[row.name]
    return {"yardsticks": {name: round(median, 4) for name, (median, _, _) in
                           results.yardsticks().items()},
            "results": rows, "cores": os.cpu_count(),
            "others": {"median": round(median, 4), "most": round(most, 4)}}


def write_json(path, what):
    with open(path, "w", encoding="ascii") as file:
        json.dump(what, file, indent=2)
        file.write("\n")


def markdown_table(head, lines):
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def markdown_blocks(results):
    """{marker: text} of docs/performance.md."""
    median, most = results.others()
    pairs = max(len(one) for one in results.pairs.values())
    sizes = [row for row in results.rows() if row.yardstick is None]
    rates = [row for row in results.rows() if row.yardstick == "sqlite_64"]
    latencies = [row for row in results.rows() if row.yardstick == "append_p50"]
    head = ["row", "median", "unit", "ratio", "to", "lowest to highest", "target", ""]
    blocks = {"yardsticks": markdown_table(["yardstick", "median", "unit", "lowest to highest"],
                                           yardstick_lines(results))
              + f"\n\nMedians of {pairs} pairs on {os.cpu_count()} cores; other processes had "
              f"{median:.0%} of a core (at most {most:.0%})."}
    for name, rows in (("rates", rates), ("latencies", latencies)):
        if rows:
            blocks[name] = markdown_table(head, row_lines(rows))
    lines = []
    for name, parts in results.cpu_us().items():
        ours = {part: value for part, value in parts.items()
                if value >= 0.5 and plain_name(part) != "client"}
        busiest = max(ours, key=ours.get)
        lines.append([name, ", ".join(f"{plain_name(part)} {value:.0f}"
                                      for part, value in ours.items()),
                      plain_name(busiest), number(1e6 / ours[busiest])])
    blocks["cpu"] = markdown_table(["", "CPU per event, us", "busiest", "its limit, events/s"],
                                   lines)
    if sizes:
        blocks["sizes"] = markdown_table(["row", "median", "unit"],
                                         [line[:3] for line in row_lines(sizes)])
    return blocks


def fill_markdown(path, blocks):
    """Puts each text between `<!-- bench: NAME -->` and `<!-- end -->`; every name must be there.
    """
    with open(path, encoding="utf-8") as file:
        page = file.read()
    for name, text in blocks.items():
        begin = f"<!-- bench: {name} -->"
        if begin not in page:
            raise AssertionError(f"{path}: there is no {begin}")
        page = re.sub(re.escape(begin) + ".*?<!-- end -->",
                      lambda _, b=begin, t=text: f"{b}\n\n{t}\n\n<!-- end -->", page, count=1,
                      flags=re.DOTALL)
    with open(path, "w", encoding="utf-8") as file:
        file.write(page)
