import { StreamImportApi } from "@chatferry/sink-stream-import"
import { Emulator } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { configOf, folderOf, services, start, twoFiles, user } from "./harness.ts"

interface Task {
  readonly id: string
  readonly path: string
  readonly mode: string
  readonly state: string
}

const taskOf = (number: number): Task => ({
  id: `import-${number}`,
  path: `s3://imports/${number}`,
  mode: "upsert",
  state: "completed"
})

/** How a server lists its imports: `asked` counts requests from 0, `offset` is `null` if there is none. */
type Listing = (
  imports: ReadonlyArray<Task>,
  asked: number,
  offset: number | null
) => ReadonlyArray<Task> | "rejected"

const newest = (imports: ReadonlyArray<Task>) => imports.toReversed()

const listings: Readonly<Record<string, Listing>> = {
  "in pages, the newest first": (imports, _, offset) =>
    newest(imports).slice(offset ?? 0, (offset ?? 0) + 10),
  "in pages, the oldest first": (imports, _, offset) => imports.slice(offset ?? 0, (offset ?? 0) + 10),
  "as a whole, ignoring the offset": newest,
  "as a whole, in another order each time": (imports, asked) => [
    ...imports.slice(asked % imports.length),
    ...imports.slice(0, asked % imports.length)
  ],
  "as a whole, and rejects an offset": (imports, _, offset) =>
    offset === null ? newest(imports) : "rejected",
  "in pages that overlap": (imports, _, offset) =>
    imports.slice(Math.max(0, (offset ?? 0) - 5), Math.max(10, (offset ?? 0) + 5)),
  "in pages, repeating the last one": (imports, _, offset) => {
    const from = Math.min(offset ?? 0, Math.floor((imports.length - 1) / 10) * 10)
    return imports.slice(from, from + 10)
  },
  "in pages that move by a new import with each request": (imports, asked, offset) =>
    [...Array.from({ length: asked }, (_, i) => taskOf(900 - i)), ...newest(imports)].slice(
      offset ?? 0,
      (offset ?? 0) + 10
    ),
  "as a whole that grows with each request": (imports, asked) => [
    ...imports,
    ...Array.from({ length: asked }, (_, i) => taskOf(900 + i))
  ],
  "in a single page": (imports, _, offset) => imports.slice(offset ?? 0)
}

/** A server with 34 imports. The response to the request for another one is lost, whether it was created or not. */
const served = (listed: Listing, isMade: boolean, { before = 34, lost = 1 } = {}) =>
  Effect.gen(function* () {
    const imports = Array.from({ length: before }, (_, i) => taskOf(i))
    let posts = 0
    let asked = 0
    let urls = 0
    const emulator: Emulator.Emulator = yield* Emulator.make({
      routes: {
        "POST /import_urls": () => ({
          status: 201,
          body: { path: `s3://imports/new-${++urls}`, upload_url: `${emulator.baseUrl}/upload` }
        }),
        "PUT /upload": () => ({ status: 200, body: "" }),
        "POST /imports": ({ body }) => {
          const isLost = ++posts === lost
          const { path } = JSON.parse(body) as { readonly path: string }
          const made = { ...taskOf(posts + 100), path }
          if (!isLost || isMade) imports.push(made)
          return isLost ? { status: 500, body: { code: -1 } } : { status: 201, body: { import_task: made } }
        },
        "GET /imports": ({ query }) => {
          const given = query.get("offset")
          const tasks = listed(imports, asked++, given === null ? null : Number(given))
          return tasks === "rejected"
            ? { status: 400, body: { code: 4 } }
            : { body: { import_tasks: tasks, duration: "1ms" } }
        },
        "GET /imports/{id}": ({ parameters: { id } }) => ({
          body: { import_task: imports.find((one) => one.id === id) }
        })
      }
    })
    return { emulator, posts: () => posts }
  })

const uploaded = (
  emulator: Emulator.Emulator,
  config: Partial<StreamImportApi.UploadConfig> = {},
  names: ReadonlyArray<string> = ["ada"]
) =>
  Effect.gen(function* () {
    const directory = yield* folderOf(names.map((name) => ({ name: `${name}.jsonl`, items: [user(name)] })))
    return yield* StreamImportApi.upload({
      apiKey: "key",
      apiSecret: Redacted.make("secret"),
      baseUrl: emulator.baseUrl,
      directory,
      stateDirectory: `${directory}.state`,
      mode: "upsert",
      pollEvery: ["1 millis", "2 millis"],
      retryEvery: ["1 millis", "2 millis"],
      onState: () => Effect.void,
      ...config
    })
  })

it.layer(services, { excludeTestServices: true })("an import whose response was lost", (it) => {
  for (const [name, listed] of Object.entries(listings)) {
    it.effect(`is found if Stream lists imports ${name}`, () =>
      Effect.gen(function* () {
        const { emulator, posts } = yield* served(listed, true)
        assert.strictEqual((yield* uploaded(emulator)).status, "completed")
        assert.strictEqual(posts(), 1)
      })
    )

    it.effect(`is created again within a few requests if it does not exist and Stream lists ${name}`, () =>
      Effect.gen(function* () {
        const { emulator, posts } = yield* served(listed, false)
        assert.strictEqual((yield* uploaded(emulator)).status, "completed")
        assert.strictEqual(posts(), 2)
        assert.isAtMost(emulator.requests()["GET /imports"] ?? 0, 12)
      })
    )
  }

  it.effect("is created again if the app has no imports", () =>
    Effect.gen(function* () {
      const { emulator, posts } = yield* served((imports) => imports, false, { before: 0 })
      assert.strictEqual((yield* uploaded(emulator)).status, "completed")
      assert.strictEqual(posts(), 2)
      assert.strictEqual(emulator.requests()["GET /imports"], 1)
    })
  )

  it.effect("is found if its state changes and it moves while the list is read", () =>
    Effect.gen(function* () {
      const moved: Listing = (imports, asked, offset) => {
        const own = imports.at(-1)
        const others = imports.slice(0, -1)
        const order = own === undefined ? [] : asked < 2 ? [...others, own] : [own, ...others]
        return order.slice(offset ?? 0, (offset ?? 0) + 10)
      }
      const { emulator, posts } = yield* served(moved, true)
      assert.strictEqual((yield* uploaded(emulator)).status, "completed")
      assert.strictEqual(posts(), 1)
    })
  )

  it.effect.each<{ readonly name: string; readonly listed: Listing; readonly says: string }>([
    {
      name: "repeats its pages",
      listed: (imports, asked) => imports.slice((asked % 3) * 10, (asked % 3) * 10 + 10),
      says: "makes no progress"
    },
    {
      name: "has no end",
      listed: (_, asked) => Array.from({ length: 5 }, (_, i) => taskOf(asked * 5 + i)),
      says: "more pages than maxPages allows (9)"
    }
  ])("is not made twice where a list $name", ({ listed, says }) =>
    Effect.gen(function* () {
      const { emulator, posts } = yield* served(listed, false)
      const error = yield* Effect.flip(uploaded(emulator, { maxPages: 9 }))
      assert(error.reason._tag === "RequestFailed")
      assert.include(error.message, says)
      assert.strictEqual(posts(), 1)
    })
  )

  it.effect("is not created twice if the list lacks an earlier import", () =>
    Effect.gen(function* () {
      const { emulator, posts } = yield* served((imports) => imports.slice(0, 34), false, { lost: 2 })
      const error = yield* Effect.flip(uploaded(emulator, {}, ["ada", "bob"]))
      assert(error.reason._tag === "RequestFailed")
      assert.include(error.message, "lacks an import that was created earlier")
      assert.strictEqual(posts(), 2)
    })
  )

  it.effect.each(["paged", "whole", "overlapping"] as const)(
    "is found, or created again, if the emulator lists imports as %s",
    (listedImports) =>
      Effect.gen(function* () {
        for (const fault of ["lostRequest", "lostResponse"] as const) {
          const emulator = yield* start({ listedImports })
          const directory = yield* twoFiles
          yield* StreamImportApi.upload(
            configOf(emulator, directory, {
              onState: ({ state }) => (state === "stored" ? emulator.failNext(fault) : Effect.void)
            })
          )
          assert.deepStrictEqual(emulator.doubleImports(), [])
          assert.strictEqual(emulator.imports().length, 2)
        }
      })
  )
})

it.layer(services, { excludeTestServices: true })("StreamImportApi.list", (it) => {
  it.effect.each(["paged", "whole"] as const)(
    "returns the requested part of a list that is %s",
    (listedImports) =>
      Effect.gen(function* () {
        const emulator = yield* start({ listedImports })
        const directory = yield* folderOf(
          ["a", "b", "c", "d"].map((name) => ({ name: `${name}.jsonl`, items: [user(name)] }))
        )
        const config = configOf(emulator, directory)
        yield* StreamImportApi.upload(config)
        const found = yield* StreamImportApi.list({ ...config, limit: 2, offset: 1 })
        const all = emulator.imports().toReversed()
        assert.deepStrictEqual(
          found.map(({ id }) => id),
          all.slice(1, 3).map(({ id }) => id)
        )
      })
  )
})
