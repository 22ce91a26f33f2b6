import { Ledger, Progress } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Sink, Stdio, Stream } from "effect"
import { TestClock } from "effect/testing"

const value = (done: number): Progress.Progress => ({
  migration: "m",
  step: Progress.READING,
  done,
  total: 1000,
  resumedAt: 0,
  location: "export.zip!messages.json",
  ledger: Ledger.empty,
  records: done * 10,
  elapsed: Duration.seconds(10)
})

/** Standard error that keeps what is written to it. */
const recording = (lines: Array<string>, isTerminal: boolean) =>
  Stdio.layerTest({
    stderrIsTerminal: Effect.succeed(isTerminal),
    stderr: () => Sink.forEach((line) => Effect.sync(() => lines.push(String(line))))
  })

const wide = (columns: number) => Effect.provideService(Progress.Columns, Effect.succeed(columns))

const shown = (renderer: Progress.Renderer<Stdio.Stdio>, isTerminal: boolean) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const values = Stream.fromIterable([100, 200, 300]).pipe(
      Stream.rechunk(1),
      Stream.mapEffect((done) => Effect.as(TestClock.adjust("6 seconds"), value(done)))
    )
    yield* Effect.provide(renderer(values), recording(lines, isTerminal))
    return lines
  })

describe("Progress", () => {
  it("shows amount, speed, remaining time and location", () => {
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
    "escapes names from archives and sinks for the terminal ($isTerminal)",
    ({ isTerminal }) =>
      Effect.gen(function* () {
        const evil = "\u001B]0;x\u0007\r\n\u202E.zip\u009B2J"
        const lines: Array<string> = []
        const values = Stream.make({ ...value(100), step: evil, location: evil })
        yield* Effect.provide(wide(200)(Progress.auto(values)), recording(lines, isTerminal))
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

  it.effect.each(
    [1, 5, 8, 20, 40, 60, 80, 120].flatMap((columns) => [
      { columns, name: "terminal", renderer: Progress.terminal },
      { columns, name: "plain", renderer: Progress.plain }
    ])
  )("never fills the last of $columns columns of a terminal ($name)", ({ columns, renderer }) =>
    Effect.gen(function* () {
      for (const one of [
        value(250),
        { ...value(250), records: 123_456_789, step: "stream: write messages", location: "part 1 of 2" },
        { ...value(250), step: "a sink with a very long name: and a very long name of a step" }
      ]) {
        const lines: Array<string> = []
        yield* Effect.provide(wide(columns)(renderer(Stream.make(one))), recording(lines, true))
        for (const line of lines) {
          assert.isAtMost(line.replace("\r\u001B[K", "").trimEnd().length, Math.max(1, columns - 1))
        }
        assert.isAbove(lines[0]?.length ?? 0, 0)
      }
    })
  )

  it.effect("shows the most important words if there is little space, and the bar if there is more", () =>
    Effect.gen(function* () {
      const at = (columns: number) =>
        Effect.gen(function* () {
          const lines: Array<string> = []
          yield* Effect.provide(
            wide(columns)(Progress.terminal(Stream.make(value(250)))),
            recording(lines, true)
          )
          return lines[0]?.replace("\r\u001B[K", "")
        })
      assert.strictEqual(yield* at(10), "reading")
      assert.strictEqual(yield* at(40), "reading, 25 %, 2500 records, 30 s left")
      assert.strictEqual(yield* at(60), "[###--------] reading, 25 %, 2500 records, 250/s, 30 s left")
      // A terminal that does not report its width.
      assert.strictEqual(
        yield* at(0),
        "[######------------------] reading, 25 %, 2500 records, 250/s, 30 s left"
      )
    })
  )

  it.effect("measures the terminal for each line, because users resize windows", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      let columns = 100
      const values = Stream.fromIterable([100, 200]).pipe(
        Stream.rechunk(1),
        Stream.mapEffect((done) => Effect.as(TestClock.adjust("1 second"), value(done)))
      )
      yield* Progress.terminal(values).pipe(
        Effect.provideService(
          Progress.Columns,
          Effect.sync(() => {
            columns -= 60
            return columns + 60
          })
        ),
        Effect.provide(recording(lines, true))
      )
      assert.include(lines[0], "[##")
      assert.notInclude(lines[1], "[--")
      assert.isBelow(lines[1]?.length ?? 0, 44)
    })
  )

  it.effect("clears the line when it is interrupted", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const values = Stream.concat(Stream.make(value(100)), Stream.never)
      const fiber = yield* Effect.forkChild(Effect.provide(Progress.terminal(values), recording(lines, true)))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(lines.length, 2)
      assert.strictEqual(lines.at(-1), "\r\u001B[K")
    })
  )

  it.effect("shows a value that came too soon after the previous one later", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const values = Stream.concat(Stream.make(value(100), value(200)).pipe(Stream.rechunk(1)), Stream.never)
      const fiber = yield* Effect.forkChild(Effect.provide(Progress.plain(values), recording(lines, false)))
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual(lines.length, 1)
      for (let i = 0; i < 5; i++) yield* TestClock.adjust("1 second")
      assert.include(lines[1], "20 %")
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("writes a log line at most every ten seconds, and always the last value", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const values = Stream.fromIterable([100, 200, 300, 1000]).pipe(
        Stream.rechunk(1),
        Stream.mapEffect((done) => Effect.as(TestClock.adjust("4 seconds"), value(done)))
      )
      yield* Effect.provide(Progress.auto(values), recording(lines, false))
      assert.deepStrictEqual(
        lines.map((line) => /\d+ %/u.exec(line)?.[0]),
        ["10 %", "30 %", "100 %"]
      )
      assert.isTrue(lines.every((line) => line.endsWith("\n")))
    })
  )
})
