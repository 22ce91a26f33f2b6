import { Ledger, Progress } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Sink, Stdio, Stream } from "effect"
import { TestClock } from "effect/testing"

const value = (done: number): Progress.Progress => ({
  migration: "m",
  step: Progress.READING,
  done,
  total: 1000,
  resumedAt: 0,
  place: "export.zip!messages.json",
  ledger: Ledger.empty,
  records: done * 10,
  elapsed: Duration.seconds(10)
})

const shown = (renderer: Progress.Renderer<Stdio.Stdio>, isTerminal: boolean) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const stdio = Stdio.layerTest({
      stderrIsTerminal: Effect.succeed(isTerminal),
      stderr: () => Sink.forEach((line) => Effect.sync(() => lines.push(String(line))))
    })
    const values = Stream.fromIterable([100, 200, 300]).pipe(
      Stream.rechunk(1),
      Stream.mapEffect((done) => Effect.as(TestClock.adjust("6 seconds"), value(done)))
    )
    yield* Effect.provide(renderer(values), stdio)
    return lines
  })

describe("Progress", () => {
  it("says how much, how fast, how long still and where", () => {
    assert.strictEqual(
      Progress.line(value(250)),
      "reading, 25 %, 2500 records, 250/s, 30 s left, export.zip!messages.json"
    )
    const book = Ledger.open()
    book.add("message", "rejected", "x", 7)
    assert.include(Progress.line({ ...value(250), ledger: book.snapshot() }), "7 rejected")
    assert.notInclude(Progress.line({ ...value(250), total: 0 }), "%")
    assert.include(Progress.line({ ...value(950), resumedAt: 900 }), "10 s left")
  })

  it.effect.each([{ isTerminal: true }, { isTerminal: false }])(
    "lets no name from an archive or a sink act on the terminal ($isTerminal)",
    ({ isTerminal }) =>
      Effect.gen(function* () {
        const evil = "\u001B]0;x\u0007\r\n\u202E.zip\u009B2J"
        const lines: Array<string> = []
        const stdio = Stdio.layerTest({
          stderrIsTerminal: Effect.succeed(isTerminal),
          stderr: () => Sink.forEach((line) => Effect.sync(() => lines.push(String(line))))
        })
        const values = Stream.make({ ...value(100), step: evil, place: evil })
        yield* Effect.provide(Progress.auto(values), stdio)
        const theirs = lines.map((line) => line.replaceAll("\r\u001B[K", "").replace(/\n$/u, ""))
        assert.notMatch(theirs.join(""), /[\p{Cc}\p{Cf}]/u)
        assert.include(lines.join(""), String.raw`\u001b]0;x\u0007`)
      })
  )

  it.effect("rewrites one line of a terminal and clears it at the end", () =>
    Effect.gen(function* () {
      const lines = yield* shown(Progress.auto, true)
      assert.strictEqual(lines.length, 4)
      assert.isTrue(lines.every((line) => line.startsWith("\r\u001B[K") && !line.includes("\n")))
      assert.include(lines[0], "[##----")
      assert.strictEqual(lines.at(-1), "\r\u001B[K")
    })
  )

  it.effect("writes a line for a log every ten seconds at most", () =>
    Effect.gen(function* () {
      const lines = yield* shown(Progress.auto, false)
      assert.deepStrictEqual(
        lines.map((line) => line.slice(0, 14)),
        ["reading, 10 %,", "reading, 30 %,"]
      )
      assert.isTrue(lines.every((line) => line.endsWith("\n")))
    })
  )
})
