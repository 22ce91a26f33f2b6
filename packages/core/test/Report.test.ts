import { Consequence, Ledger, Report } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const { make } = Consequence

const declared = [
  make("no_id", { effect: "lost", says: "records without an id", action: "Correct them." }),
  make("no_channel", { effect: "lost", says: "records without a channel", action: "Correct them." }),
  make("reply_detached", {
    effect: "changed",
    says: "replies whose parent is not in the export, which is why they stand on their own from now on",
    action: "Give the export that holds their parents."
  }),
  make("deleted", { effect: "left_out_on_purpose", says: "deleted messages" }),
  make("field_dropped.{field}", { effect: "left_out_on_purpose", says: "values that follow from others" }),
  make("same_id", { effect: "information", says: "further records" }),
  make("expiring", { effect: "information", says: "addresses that end", action: "Import soon." })
]

const sinkOf = (
  name: string,
  fill: (book: Ledger.Book) => void,
  files: Report.SinkReport["files"] = []
): Report.SinkReport => {
  const book = Ledger.open()
  fill(book)
  const ledger = book.snapshot()
  return { sink: name, directory: "out", files, ledger, consequences: Consequence.occurred(declared, ledger) }
}

const reportOf = (...sinks: ReadonlyArray<Report.SinkReport>): Report.Report => ({
  migration: "m",
  source: "s",
  fingerprint: "f",
  status: "completed",
  rejected: 0,
  rejects: "state/rejects.ndjson",
  sinks
})

const busy = (book: Ledger.Book) => {
  book.read("message", 2_000_010)
  book.written("message", 1_999_994)
  book.add("message", "merged", "same_id", 10)
  book.add("message", "dropped", "deleted", 2)
  book.add("message", "rejected", "no_id", 3)
  book.add("message", "rejected", "no_channel", 1)
  book.read("user", 1)
  book.written("user", 2)
  book.add("user", "synthesised", "same_id", 1)
  book.read("unknown", 1)
  book.add("unknown", "rejected", "no_id", 1)
  book.note("reply_detached", 1234)
  book.note("field_dropped.a", 1)
  book.note("field_dropped.b", 2)
  book.note("expiring", 4)
}

const linesOf = (report: Report.Report, options?: Report.FormatOptions) =>
  Report.format(report, options).split("\n")

describe("Report.format", () => {
  it("gives totals first, then what was lost, changed and left out with number, sentence and action, then files", () => {
    const file = { path: "lines.ndjson", bytes: 1_234_567, sha256: "", records: 1 }
    assert.deepStrictEqual(linesOf({ ...reportOf(sinkOf("lines", busy, [file])), rejected: 5 }), [
      "lines -> out",
      "          2 of         2 users written; 1 placeholder",
      "  1,999,994 of 2,000,000 messages written; 10 merged with another, 2 dropped, 4 rejected",
      "          0 of         1 record of an unknown kind written; 1 rejected",
      "  Lost",
      "    4  records without an id (no_id: 3 messages, 1 record of an unknown kind)",
      "       -> Correct them.",
      "    1  records without a channel (no_channel: 1 message)",
      "  Changed",
      "    1,234  replies whose parent is not in the export, which is why they stand on",
      "           their own from now on (reply_detached)",
      "           -> Give the export that holds their parents.",
      "  Left out on purpose",
      "    3  values that follow from others (field_dropped.b and 1 more code)",
      "    2  deleted messages (deleted: 2 messages)",
      "  For information: 2 codes, 1 of them with advice, in report.json",
      "  Files",
      "    lines.ndjson  1 record, 1.2 MB",
      "",
      "5 records were rejected; they are in state/rejects.ndjson"
    ])
  })

  it.each([{ verbose: false }, { verbose: true }])("lists the first ten of many files: %o", (options) => {
    const files = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ path: `${i + 1}.json`, bytes: 10, sha256: "", records: 1 }))
    const shown = (count: number) => {
      const lines = linesOf(reportOf(sinkOf("lines", busy, files(count))), options)
      return lines.slice(lines.indexOf("  Files") + 1, -2)
    }
    assert.deepStrictEqual(
      shown(10),
      files(10).map(({ path }) => `    ${path}  1 record, 10 B`)
    )
    assert.deepStrictEqual(shown(11), [...shown(10), "    … and 1 more file, listed in manifest.json"])
    assert.deepStrictEqual(shown(1600), [...shown(10), "    … and 1,590 more files, listed in manifest.json"])
  })

  it("lists every code if it is verbose", () => {
    const lines = linesOf(reportOf(sinkOf("lines", busy)), { verbose: true })
    assert.includeMembers(lines, [
      "    3  values that follow from others (field_dropped.b: 2; field_dropped.a: 1)",
      "  For information",
      "    11  further records (same_id: 10 messages, 1 user)",
      "     4  addresses that end (expiring)",
      "        -> Import soon."
    ])
  })

  it("shows an undeclared code with its count under lost", () => {
    const lines = linesOf(reportOf(sinkOf("lines", (book) => book.note("who_knows", 7))))
    const [title, first = "", second = ""] = lines.slice(lines.indexOf("  Lost"))
    assert.strictEqual(title, "  Lost")
    assert.match(`${first.trim()} ${second.trim()}`, /^7 {2}not explained: .* \(who_knows\)$/u)
  })

  it("reports that nothing was lost, or that nothing was read", () => {
    const empty = sinkOf("lines", () => undefined)
    assert.deepStrictEqual(linesOf(reportOf(empty)), [
      "lines -> out",
      "  Nothing was read.",
      "",
      "No record was rejected."
    ])
    const whole = sinkOf("lines", (book) => {
      book.read("user", 1)
      book.written("user", 1)
    })
    assert.deepStrictEqual(linesOf(reportOf(whole)).slice(1, 3), [
      "  1 of 1 user written",
      "  Nothing was lost."
    ])
  })

  it("lists what several sinks share once, after them", () => {
    const own = (name: string) =>
      sinkOf(name, (book) => {
        book.note("reply_detached", 3)
        if (name === "second") book.note("no_id", 4)
      })
    const lines = linesOf(reportOf(own("first"), own("second")))
    assert.deepStrictEqual(
      lines.filter((line) => /no_id|detached|->.out|sink/u.test(line)).map((line) => line.trim()),
      [
        "first -> out",
        "second -> out",
        "4  records without an id (no_id)",
        "For every sink",
        "their own from now on (reply_detached)"
      ]
    )
  })

  it("needs nothing but the report's JSON", () => {
    const report = reportOf(sinkOf("lines", busy))
    const read = Schema.decodeUnknownSync(Report.Report)(JSON.parse(JSON.stringify(report)))
    assert.strictEqual(Report.format(read), Report.format(report))
  })
})
