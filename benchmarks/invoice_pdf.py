"""Making the PDF of an invoice, from its row to the stored file, in one process.

python -m benchmarks.invoice_pdf
"""

from benchmarks.harness import median, p95, running_site, say

INVOICES = 40


def main() -> None:
    with running_site(worker=False) as site:
        made = [line.split() for line in site.inside("invoices", str(INVOICES)).splitlines()]
        first, *others = [float(milliseconds) for milliseconds, _ in made]
        sizes = [float(size) for _, size in made]
        say(
            f"{len(made)} invoices: the first {first:.0f} ms, then median {median(others):.0f} ms, 95 % within "
            f"{p95(others):.0f} ms; median {median(sizes) / 1024:.0f} KiB a file"
        )


if __name__ == "__main__":
    main()
