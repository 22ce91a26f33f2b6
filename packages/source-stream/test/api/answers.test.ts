import { Telemetry } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { type Call, type Instead, json, makeApp, type Options, errorResponse, SECRET } from "./app.ts"
import { against, idsOf, notesOf, readAll, recordsOf, services, sourceOf, temporary } from "./harness.ts"

const isRegistration = ({ path }: Call) => path.startsWith("/export")
const isFile = ({ path }: Call) => path.startsWith("/task-")

/** Another response to every second call of each path that `of` selects. */
const everySecond = (of: (call: Call) => boolean, instead: () => Instead): Options => {
  const counts = new Map<string, number>()
  return {
    instead: (call) => {
      if (!of(call)) return undefined
      const count = counts.get(call.path) ?? 0
      counts.set(call.path, count + 1)
      return count % 2 === 0 ? instead() : undefined
    }
  }
}

const reset = () => String(Math.floor(Date.now() / 1000))

it.layer(services, { excludeTestServices: true })("StreamSource.api", (it) => {
  it.effect.each<{ readonly name: string; readonly options: () => Options; readonly again?: boolean }>([
    {
      name: "lost requests",
      options: () =>
        everySecond(
          (call) => !isRegistration(call),
          () => "lost request"
        )
    },
    {
      name: "lost responses",
      options: () =>
        everySecond(
          (call) => !isRegistration(call),
          () => "lost answer"
        )
    },
    {
      name: "server errors",
      options: () =>
        everySecond(
          (call) => !isRegistration(call) && !isFile(call),
          () => errorResponse(-1, 500)
        )
    },
    {
      name: "error pages that are not JSON",
      options: () =>
        everySecond(
          (call) => !isFile(call),
          () => new Response("<html>slow down</html>", { status: 429 })
        )
    },
    {
      name: "rate limits with a reset time",
      options: () =>
        everySecond(
          (call) => !isFile(call),
          () => json({ code: 9, message: "Too many requests" }, 429, { "x-ratelimit-reset": reset() })
        )
    },
    {
      name: "truncated responses",
      options: () =>
        everySecond(
          (call) => !isRegistration(call) && !isFile(call),
          () => new Response('{"status":"comp')
        )
    },
    {
      name: "rejected links",
      options: () => everySecond(isFile, () => new Response("", { status: 403 }))
    },
    { name: "files that are HTML", options: () => everySecond(isFile, () => new Response("<html></html>")) },
    {
      name: "truncated files of unknown length",
      options: () => everySecond(isFile, () => new Response('{"type":"channel","data":{"id"'))
    },
    {
      name: "files shorter than their declared length",
      options: () =>
        everySecond(isFile, () => new Response('{"a":1}\n', { headers: { "content-length": "900" } }))
    },
    {
      name: "a busy storage",
      options: () => everySecond(isFile, () => new Response("", { status: 503 }))
    },
    {
      name: "lost responses to requests for an export",
      options: () => everySecond(isRegistration, () => "lost answer"),
      again: true
    },
    {
      name: "lost requests for an export",
      options: () => everySecond(isRegistration, () => "lost request"),
      again: true
    }
  ])("gives the same records in spite of $name", ({ again = false, options }) =>
    Effect.gen(function* () {
      const size = { channels: 30, messages: 2 }
      const expected = recordsOf(yield* readAll(sourceOf(yield* temporary)).pipe(against(makeApp(size))))
      const app = makeApp({ ...size, ...options() })
      const batches = yield* readAll(
        sourceOf(yield* temporary, again ? { lostAnswers: "ask again" } : {})
      ).pipe(against(app))
      assert.deepStrictEqual(recordsOf(batches), expected)
      const registrations = app.calls.filter(isRegistration).length
      if (again) assert.deepStrictEqual(notesOf(batches), { export_asked_again: registrations - 4 })
      else assert.strictEqual(app.tasks().length, 4)
      assert.isTrue(app.calls.filter(isFile).every(({ headers }) => headers["authorization"] === undefined))
    })
  )

  it.effect("resumes an interrupted download with a fresh link", () =>
    Effect.gen(function* () {
      let cut = 0
      const app = makeApp({
        instead: (call) => {
          if (!isFile(call) || cut++ > 0) return undefined
          const half = Buffer.from('{"type":"channel","da')
          const body = new ReadableStream<Uint8Array>({
            pull: (controller) => {
              if (cut++ === 1) controller.enqueue(half)
              else controller.error(new Error("cut"))
            }
          })
          return new Response(body, { headers: { etag: '"task-1"', "content-length": "99999" } })
        }
      })
      const source = sourceOf(yield* temporary, { channels: [...app.cids], users: "none" })
      const batches = yield* readAll(source).pipe(against(app))
      assert.strictEqual(idsOf(batches, "message").size, 12)
      const files = app.calls.filter(isFile)
      assert.deepStrictEqual(
        files.map(({ headers }) => [headers["range"], headers["if-range"]]),
        [
          [undefined, undefined],
          ["bytes=21-", '"task-1"']
        ]
      )
      assert.notStrictEqual(files[0]?.query.get("Signature"), files[1]?.query.get("Signature"))
    })
  )

  it.effect("accepts a file that was compressed in transit, whatever its declared length", () =>
    Effect.gen(function* () {
      const content =
        '{"type":"channel","data":{"cid":"messaging:room-0","type":"messaging","id":"room-0"}}\n'
      let isCut = true
      const app = makeApp({
        instead: (call) => {
          if (!isFile(call)) return undefined
          const body = isCut ? content.slice(0, 40) : content
          isCut = false
          return new Response(body, {
            headers: { "content-encoding": "gzip", "content-length": "20", etag: '"a"' }
          })
        }
      })
      const source = sourceOf(yield* temporary, { channels: ["messaging:room-0"], users: "none" })
      assert.strictEqual(idsOf(yield* readAll(source).pipe(against(app)), "channel").size, 1)
      assert.isTrue(app.calls.filter(isFile).every(({ headers }) => headers["range"] === undefined))
    })
  )

  it.effect("requests an export again when its links are rejected repeatedly", () =>
    Effect.gen(function* () {
      const app = makeApp({
        instead: (call) => (isFile(call) ? new Response("", { status: 404 }) : undefined)
      })
      const source = sourceOf(yield* temporary, { users: "none", attempts: 3 })
      const error = yield* Effect.flip(readAll(source).pipe(against(app)))
      assert.include(error.message, "each of its exports is gone or could not be downloaded")
      assert.strictEqual(app.tasks().length, 4)
    })
  )

  it.effect("requests a failed export once more, then in halves, and reports Stream's error", () =>
    Effect.gen(function* () {
      const failing: Options["failing"] = ({ ids }) =>
        ids.includes("messaging:room-2")
          ? { type: "InternalError", description: `no luck at https://x.example/?key=${SECRET}` }
          : undefined
      const app = makeApp({ channels: 4, failing })
      const source = sourceOf(yield* temporary, { users: "none" })
      const error = yield* Effect.flip(readAll(source).pipe(against(app)))
      assert.strictEqual(error.reason._tag, "RequestFailed")
      assert.include(error.message, "channels 3 (messaging:room-2)")
      assert.include(error.message, "(InternalError: no luck at (address))")
      assert.deepStrictEqual(
        app.tasks().map(({ ids }) => ids.length),
        [4, 4, 2, 2, 2, 1, 1]
      )
      const once = makeApp({
        channels: 4,
        failing: ({ id }) => (id === "task-1" ? "out of luck" : undefined)
      })
      const batches = yield* readAll(sourceOf(yield* temporary, { users: "none" })).pipe(against(once))
      assert.strictEqual(idsOf(batches, "channel").size, 4)
      assert.strictEqual(once.tasks().length, 2)
    })
  )

  it.effect(
    "waits for a task with an undocumented status, up to the deadline and again in the next run",
    () =>
      Effect.gen(function* () {
        let isDone = false
        const app = makeApp({
          instead: ({ path }) =>
            path.startsWith("/tasks/") && !isDone
              ? json({ task_id: "task-1", status: "dreaming" })
              : undefined
        })
        const directory = yield* temporary
        const one = { channels: ["messaging:room-0"], users: "none" } as const
        const error = yield* Effect.flip(
          readAll(sourceOf(directory, { ...one, exportDeadline: "20 millis" })).pipe(against(app))
        )
        assert.include(error.message, "raise exportDeadline")
        isDone = true
        const batches = yield* readAll(sourceOf(directory, one)).pipe(against(app))
        assert.strictEqual(idsOf(batches, "channel").size, 1)
        assert.strictEqual(app.tasks().length, 1)
      })
  )

  it.effect.each([
    { code: 17, status: 403, problem: "not allowed", hint: "plan includes exports" },
    { code: 22, status: 413, problem: "too large", hint: "Lower batchSize" },
    { code: 70, status: 403, problem: "may not do this", hint: "plan includes exports" },
    { code: 99, status: 403, problem: "suspended", hint: "active" },
    { code: 4, status: 400, problem: "not accepted", hint: "batchSize" }
  ])("explains $code and which settings to check", ({ code, hint, problem, status }) =>
    Effect.gen(function* () {
      const app = makeApp({
        instead: (call) => (isRegistration(call) ? errorResponse(code, status) : undefined)
      })
      const source = sourceOf(yield* temporary, { channels: [...app.cids], users: "none" })
      const error = yield* Effect.flip(readAll(source).pipe(against(app)))
      assert.strictEqual(error.reason._tag, "RequestRejected")
      assert.include(error.message, `HTTP ${status}, code ${code}`)
      assert.include(error.message, "asking for the export of channels 1 to 3")
      assert.include(error.message, problem)
      assert.include(error.message, hint)
      assert.strictEqual(app.calls.length, 1)
    })
  )

  it.effect("counts channels and users that were requested but are not in their export", () =>
    Effect.gen(function* () {
      const app = makeApp({ channels: 4, withheld: ["messaging:room-2", "user-0003", "user-0004"] })
      const batches = yield* readAll(sourceOf(yield* temporary)).pipe(against(app))
      assert.strictEqual(idsOf(batches, "channel").size, 3)
      assert.deepStrictEqual(notesOf(batches), { channel_not_in_export: 1, user_not_in_export: 2 })
    })
  )

  it.effect("does not retry an unrecoverable error, and gives up after the configured attempts", () =>
    Effect.gen(function* () {
      for (const [code, status] of [
        [9, 429],
        [-1, 500]
      ] as const) {
        const final = makeApp({ instead: () => errorResponse(code, status, "no", { unrecoverable: true }) })
        const error = yield* Effect.flip(readAll(sourceOf(yield* temporary)).pipe(against(final)))
        assert.strictEqual(error.reason._tag, "RequestRejected")
        assert.strictEqual(final.calls.length, 1)
      }
      const broken = makeApp({ instead: () => new Response("<html></html>", { status: 502 }) })
      const gaveUp = yield* Effect.flip(
        readAll(sourceOf(yield* temporary, { attempts: 3 })).pipe(against(broken))
      )
      assert.include(gaveUp.message, "listing channels failed after 3 attempts: HTTP 502")
    })
  )

  it.effect("never writes secrets or signatures to files, errors, logs or spans", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const telemetry = Telemetry.make()
      const run = (instead: NonNullable<Options["instead"]>) =>
        telemetry.listen(readAll(sourceOf(directory, { attempts: 3 })).pipe(against(makeApp({ instead }))))
      yield* run((call) => (isFile(call) ? "lost request" : undefined))
      yield* run((call) => (isFile(call) ? new Response("", { status: 403 }) : undefined))
      yield* run(() => errorResponse(5, 401))
      yield* run((call) => (isFile(call) ? new Response("<html>") : undefined))
      yield* run(() => undefined)
      assert.isAbove(telemetry.count(), 10)
      const text = telemetry.text()
      assert.include(text, "asking for the export")
      const token = /eyJ/u
      assert.notInclude(text, SECRET)
      assert.notMatch(text, token)
      const names = yield* fs.readDirectory(directory, { recursive: true })
      for (const name of names.filter((one) => /\.(?:json|ndjson)$/u.test(one))) {
        const content = yield* fs.readFileString(`${directory}/${name}`)
        assert.notInclude(content, SECRET)
        assert.notMatch(content, token)
      }
      assert.isAbove(names.length, 5)
    })
  )
})
