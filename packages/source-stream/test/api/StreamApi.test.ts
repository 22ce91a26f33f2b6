import { Fingerprint } from "@chatferry/core/settings"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { json, makeApp, errorResponse } from "./app.ts"
import {
  type ApiSource,
  against,
  idsOf,
  notesOf,
  readAll,
  recordsOf,
  services,
  sourceOf,
  temporary
} from "./harness.ts"

const fingerprintOf = (source: ApiSource) =>
  Effect.map(SourceHarness.of(source).fingerprint.pipe(against(makeApp())), Fingerprint.digest)

it.layer(services, { excludeTestServices: true })("StreamSource.api", (it) => {
  it.effect("lists 260 channels, exports them in 11 batches and waits for all of them", () =>
    Effect.gen(function* () {
      const app = makeApp({ channels: 260, messages: 1, users: 60 })
      const source = sourceOf(yield* temporary)
      const batches = yield* readAll(source).pipe(against(app))
      const asked = app.tasks().map(({ ids, kind }) => [kind, ids.length])
      const of = (kind: string) =>
        asked
          .filter(([one]) => one === kind)
          .map(([, size]) => Number(size))
          .toSorted((a, b) => a - b)
      assert.deepStrictEqual(of("channels"), [10, ...Array.from({ length: 10 }, () => 25)])
      assert.deepStrictEqual(of("users"), [10, 25, 25])
      assert.strictEqual(idsOf(batches, "channel").size, 260)
      const lists = app.calls.filter(({ path }) => path === "/users")
      assert.strictEqual(lists.length, 2)
      for (const { query } of lists) assert.include(query.get("payload"), '"include_deactivated_users":true')
      assert.strictEqual(idsOf(batches, "message").size, 260)
      const users = idsOf(batches, "user")
      for (const id of app.userIds) assert.isTrue(users.has(id))
      assert.deepStrictEqual(
        batches.flatMap(({ rejected }) => rejected),
        []
      )
      assert.strictEqual((yield* SourceHarness.of(source).partitions.pipe(against(app))).length, 14)
    })
  )

  it.effect.each(["v1", "v2"] as const)(
    "reads the same from exports of %s as files reads from the downloads",
    (version) =>
      Effect.gen(function* () {
        const app = makeApp({ channels: 30 })
        const directory = yield* temporary
        const batches = yield* readAll(sourceOf(directory, { version })).pipe(against(app))
        const files = StreamSource.files({ inputs: [directory] })
        const found = yield* Effect.forEach(yield* SourceHarness.of(files).partitions, (part) =>
          Stream.runCollect(SourceHarness.of(files).read(part, Option.none()))
        )
        const sorted = (all: typeof batches) =>
          Array.from(new Set(recordsOf(all).map((record) => JSON.stringify(record)))).toSorted()
        assert.deepStrictEqual(sorted(found.flat()), sorted(batches))
        assert.strictEqual(idsOf(batches, "message").size, 120)
        assert.strictEqual(app.tasks().find(({ kind }) => kind === "channels")?.body["version"], version)
      })
  )

  it.effect("reads exports that come as gzip", () =>
    Effect.gen(function* () {
      const plain = yield* readAll(sourceOf(yield* temporary)).pipe(against(makeApp()))
      const gzip = yield* readAll(sourceOf(yield* temporary)).pipe(against(makeApp({ isGzip: true })))
      assert.deepStrictEqual(recordsOf(gzip), recordsOf(plain))
    })
  )

  it.effect("makes no request when all exports are already on disk", () =>
    Effect.gen(function* () {
      const app = makeApp({ channels: 40 })
      const directory = yield* temporary
      const first = recordsOf(yield* readAll(sourceOf(directory)).pipe(against(app)))
      const before = app.calls.length
      assert.deepStrictEqual(recordsOf(yield* readAll(sourceOf(directory)).pipe(against(app))), first)
      assert.strictEqual(app.calls.length, before)
    })
  )

  it.effect("requests exactly the given channels, times and options", () =>
    Effect.gen(function* () {
      const app = makeApp()
      const source = sourceOf(yield* temporary, {
        channels: [
          "messaging:room-0",
          { type: "messaging", id: "room-1", messagesUntil: "2021-01-02T00:00:00Z" },
          { cid: "messaging:room-2", messagesSince: "2020-06-01T00:00:00Z" }
        ],
        users: "none",
        messagesSince: "2020-01-01T00:00:00Z",
        includeTruncatedMessages: true,
        includeSoftDeletedChannels: true,
        clearDeletedMessageText: true,
        exportUsers: false,
        batchSize: 2
      })
      yield* readAll(source).pipe(against(app))
      const options = {
        version: "v2",
        include_truncated_messages: true,
        include_soft_deleted_channels: true,
        clear_deleted_message_text: true,
        export_users: false
      }
      const since = "2020-01-01T00:00:00.000Z"
      assert.sameDeepMembers(
        app.tasks().map(({ body }) => body),
        [
          {
            channels: [
              { type: "messaging", id: "room-0", messages_since: since },
              {
                type: "messaging",
                id: "room-1",
                messages_since: since,
                messages_until: "2021-01-02T00:00:00.000Z"
              }
            ],
            ...options
          },
          {
            channels: [{ type: "messaging", id: "room-2", messages_since: "2020-06-01T00:00:00.000Z" }],
            ...options
          }
        ]
      )
      assert.isTrue(app.calls.every(({ path }) => path !== "/channels" && path !== "/users"))
    })
  )

  it.effect("finds channels that were all created at the same time", () =>
    Effect.gen(function* () {
      const app = makeApp({ channels: 130, messages: 0, isAtOnce: true })
      const batches = yield* readAll(sourceOf(yield* temporary, { users: "none" })).pipe(against(app))
      assert.strictEqual(idsOf(batches, "channel").size, 130)
    })
  )

  it.effect("fails if more channels share a creation time than Stream lists", () =>
    Effect.gen(function* () {
      const app = makeApp({ channels: 1100, messages: 0, isAtOnce: true })
      const source = sourceOf(yield* temporary, { users: "none" })
      const error = yield* Effect.flip(readAll(source).pipe(against(app)))
      assert.include(error.message, "more than 1000 channels were created at the same time")
    })
  )

  it.effect("stops when a list does not continue", () =>
    Effect.gen(function* () {
      const page = { users: [{ id: "ann" }, { id: "bob" }] }
      const app = makeApp({ instead: ({ path }) => (path === "/users" ? json(page) : undefined) })
      const error = yield* Effect.flip(
        readAll(sourceOf(yield* temporary, { channels: "none" })).pipe(against(app))
      )
      assert.include(error.message, "does not continue from the requested position")
    })
  )

  it.effect(
    "stops when channels with the same creation time change their order, because some would be missing",
    () =>
      Effect.gen(function* () {
        const channel = { cid: "messaging:room-3", created_at: "2021-02-20T00:00:00Z" }
        const app = makeApp({
          channels: 50,
          isAtOnce: true,
          instead: ({ body, path }) =>
            path === "/channels" && (body as { readonly offset: number }).offset === 30
              ? json({ channels: [{ channel }] })
              : undefined
        })
        const source = sourceOf(yield* temporary, { users: "none" })
        const error = yield* Effect.flip(readAll(source).pipe(against(app)))
        assert.include(error.message, "does not continue from the requested position")
      })
  )

  it.effect("keeps the list, so that channels created later do not shift the batches", () =>
    Effect.gen(function* () {
      const directory = yield* temporary
      const small = makeApp({ channels: 30 })
      const source = sourceOf(directory, { users: "none" })
      const before = yield* SourceHarness.of(source).partitions.pipe(against(small))
      const later = sourceOf(directory, { users: "none" })
      const after = yield* SourceHarness.of(later).partitions.pipe(against(makeApp({ channels: 90 })))
      assert.deepStrictEqual(after, before)
      assert.strictEqual(before.length, 2)
    })
  )

  it.effect("leaves out excluded users without changing the other batches", () =>
    Effect.gen(function* () {
      const app = makeApp({ users: 60 })
      const directory = yield* temporary
      const users = { channels: "none" } as const
      const before = sourceOf(directory, users)
      yield* readAll(before).pipe(against(app))
      const count = app.tasks().length
      const after = sourceOf(directory, { ...users, excludeUserIds: ["user-0030"] })
      const batches = yield* readAll(after).pipe(against(app))
      assert.strictEqual(app.tasks().length, count + 1)
      assert.strictEqual(app.tasks().at(-1)?.ids.length, 24)
      assert.isFalse(idsOf(batches, "user").has("user-0030"))
      assert.strictEqual(yield* fingerprintOf(after), yield* fingerprintOf(before))
    })
  )

  it.effect("reports progress while Stream works", () =>
    Effect.gen(function* () {
      const app = makeApp({ channels: 1 })
      const batches = yield* readAll(sourceOf(yield* temporary, { users: "none" })).pipe(against(app))
      assert.deepStrictEqual(
        batches.filter(({ records }) => records.length === 0).map(({ location }) => location),
        [
          "channels 1: asking for the export",
          "channels 1: pending",
          "channels 1: running",
          "channels 1: downloading",
          "channels 1: done"
        ]
      )
    })
  )

  it.effect("leaves out and counts channels and users deleted since the listing", () =>
    Effect.gen(function* () {
      const app = makeApp({ channels: 60, gone: ["messaging:room-31", "user-0003"] })
      const batches = yield* readAll(sourceOf(yield* temporary)).pipe(against(app))
      assert.strictEqual(idsOf(batches, "channel").size, 59)
      assert.deepStrictEqual(notesOf(batches), { channel_missing: 1, user_missing: 1 })
    })
  )

  it.effect("stops at a named channel that does not exist, and names it in the error", () =>
    Effect.gen(function* () {
      const app = makeApp({ gone: ["messaging:room-1"] })
      const source = sourceOf(yield* temporary, { channels: [...app.cids], users: "none" })
      const error = yield* Effect.flip(readAll(source).pipe(against(app)))
      assert.strictEqual(error.reason._tag, "RequestRejected")
      assert.include(error.message, "channels 2 (messaging:room-1)")
      assert.include(error.message, "includeSoftDeletedChannels")
    })
  )

  it.effect.each(["at once", "as a task"] as const)(
    "names the user with more than 10,000 messages, rejected %s",
    (how) =>
      Effect.gen(function* () {
        const isOver = (ids: ReadonlyArray<string>) => ids.includes("user-0017")
        const words = "user has more than 10000 messages"
        const app = makeApp({
          failing: ({ ids }) =>
            how === "as a task" && isOver(ids) ? { type: "ExportFailed", description: words } : undefined,
          instead: ({ body, path }) =>
            how === "at once" &&
            path === "/export/users" &&
            isOver((body as { readonly user_ids: ReadonlyArray<string> }).user_ids)
              ? errorResponse(4, 400, words)
              : undefined
        })
        const directory = yield* temporary
        const error = yield* Effect.flip(
          readAll(sourceOf(directory, { channels: "none" })).pipe(against(app))
        )
        assert.include(error.message, "users 18 (user-0017)")
        assert.include(error.message, "usersOverLimit")
        const lenient = sourceOf(directory, { channels: "none", usersOverLimit: "leave out" })
        const batches = yield* readAll(lenient).pipe(against(app))
        assert.deepStrictEqual(notesOf(batches), { user_over_limit: 1 })
        assert.strictEqual(idsOf(batches, "user").size, 29)
        assert.strictEqual(
          yield* fingerprintOf(lenient),
          yield* fingerprintOf(sourceOf(directory, { channels: "none" }))
        )
        const sure = app.tasks().flatMap(({ ids }) => (isOver(ids) ? [] : ids))
        assert.strictEqual(new Set(sure).size, sure.length)
      })
  )
})
