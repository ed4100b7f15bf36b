"""A plot of the growth run as SVG: panels one below the other over the number of cases."""
from xml.sax.saxutils import escape

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 900, 230, 80, 190, 40, 60
COLOURS = ("#1b6ca8", "#c8553d", "#588157", "#8e6c8a", "#b08900")
TICKS = 4


def nice_ceiling(value):
    """The next 1, 2 or 5 times a power of ten that is not below it."""
    power = 1.0
    while power < value:
        power *= 10
    while power / 10 >= value > 0:
        power /= 10
    return next(power * part for part in (0.1, 0.2, 0.25, 0.5, 1.0) if power * part >= value)


def short(value):
    """A tick's number."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:g} M"
    return f"{value / 1000:g} k" if value >= 10_000 else f"{value:g}"


def text(x, y, words, anchor="start", size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">'
            f"{escape(words)}</text>")


def line(x1, y1, x2, y2, colour="#d0d0d0"):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}" stroke-width="1"/>')


def panel(top, title, curves, most_x):
    """One panel's elements: grid, ticks, curves, legend."""
    most_y = nice_ceiling(max((y for _, points in curves for _, y in points), default=1) or 1)
    right, bottom = WIDTH - RIGHT, top + PANEL

    def place(x, y):
        return LEFT + (right - LEFT) * x / most_x, bottom - PANEL * y / most_y

    parts = [text(LEFT, top - 10, title, size=14)]
    for tick in range(TICKS + 1):
        share = tick / TICKS
        _, y = place(0, most_y * share)
        x, _ = place(most_x * share, 0)
        parts += [line(LEFT, y, right, y), text(LEFT - 8, y + 4, short(most_y * share), "end"),
                  text(x, bottom + 18, short(most_x * share), "middle")]
    for number, (name, points) in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in points)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" '
                     f'points="{path}"/>')
        y = top + 16 + 20 * number
        parts += [line(right + 14, y - 4, right + 34, y - 4, colour), text(right + 40, y, name)]
    return parts


def draw(path, panels):
    """`panels`: [(title, curves)]; a curve is (name, [(cases, value), …])."""
    most_x = max(x for _, curves in panels for _, points in curves for x, _ in points)
    height = TOP + len(panels) * (PANEL + GAP)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
             'font-family="sans-serif" fill="#202020">',
             f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']
    for number, (title, curves) in enumerate(panels):
        parts += panel(TOP + number * (PANEL + GAP), title, curves, most_x)
    parts += [text((LEFT + WIDTH - RIGHT) / 2, height - 22, "cases", "middle"), "</svg>"]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts) + "\n")
