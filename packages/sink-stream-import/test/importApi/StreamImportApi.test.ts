import { StreamImportApi } from "@chatferry/sink-stream-import"
import type { StreamEmulator } from "@chatferry/testkit/stream"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Redacted } from "effect"
import { configOf, folderOf, migrated, services, start, twoFiles, user } from "./harness.ts"

const types = { messaging: 20_000, livestream: 20_000 }

it.layer(services, { excludeTestServices: true })("StreamImportApi.upload", (it) => {
  it.effect.each([
    { dialect: "jsonl", family: "" },
    { dialect: "json-array", family: "/api/v2" }
  ] as const)(
    "imports the whole output of the sink as $dialect, at addresses with '$family'",
    ({ dialect, family }) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* migrated(dialect)
        const emulator = yield* start({ channelTypes: types })
        const report = yield* StreamImportApi.upload(
          configOf(emulator, directory, { baseUrl: `${emulator.baseUrl}${family}/` })
        )
        assert.deepStrictEqual(report.files[0]?.errors, [])
        assert.strictEqual(report.status, "completed")
        const { ledger } = JSON.parse(yield* fs.readFileString(`${directory}/manifest.json`)) as {
          readonly ledger: { readonly kinds: Record<string, { readonly written: number }> }
        }
        const written = (kind: string) => ledger.kinds[kind]?.written
        assert.strictEqual(emulator.messages().length, written("message"))
        assert.strictEqual(emulator.users().length, written("user"))
        assert.strictEqual(emulator.channels().length, written("channel"))
        assert.strictEqual(emulator.members().length, written("member"))
        assert.strictEqual(emulator.reactions().length, written("reaction"))
        assert.isAbove(emulator.messages().length, 100)
        assert.deepInclude(report.files[0]?.totals, { messages: written("message") })
      })
  )

  it.effect("imports distinct channels that are identified by their members", () =>
    Effect.gen(function* () {
      const channel = { member_ids: ["ada", "bob"], type: "messaging", created_by: "ada" }
      const of = { channel_type: "messaging", channel_member_ids: ["bob", "ada"] }
      const items = [
        user("ada"),
        user("bob"),
        { type: "channel", data: channel },
        { type: "member", data: { ...of, user_id: "ada" } },
        { type: "member", data: { ...of, user_id: "bob" } }
      ]
      const emulator = yield* start()
      const report = yield* StreamImportApi.upload(
        configOf(emulator, yield* folderOf([{ name: "import.jsonl", items }]))
      )
      assert.deepStrictEqual(report.files[0]?.errors, [])
      assert.deepStrictEqual(emulator.channels(), [channel])
    })
  )

  it.effect("imports several files in the order of the manifest, and reports each state", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ confirmAfterLooks: 2 })
      const events: Array<string> = []
      const report = yield* StreamImportApi.upload(
        configOf(emulator, yield* twoFiles, {
          onState: ({ file, number, of, state }) =>
            Effect.sync(() => {
              events.push(`${file} ${number}/${of} ${state}`)
            })
        })
      )
      const states = ["stored", "uploaded", "analyzing", "waiting_confirmation", "importing", "completed"]
      assert.deepStrictEqual(events, [
        ...states.map((state) => `import-1.jsonl 1/2 ${state}`),
        ...states.map((state) => `import-2.jsonl 2/2 ${state}`)
      ])
      assert.deepStrictEqual(
        report.files.map(({ path, state }) => [path, state]),
        [
          ["import-1.jsonl", "completed"],
          ["import-2.jsonl", "completed"]
        ]
      )
      assert.match(
        StreamImportApi.format(report),
        /^import-1\.jsonl {2}completed {2}2 items[^]*All files are imported\.$/u
      )
    })
  )

  it.effect("does not upload a file without items", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const directory = yield* folderOf([{ name: "import.jsonl", items: [] }])
      const report = yield* StreamImportApi.upload(configOf(emulator, directory))
      assert.strictEqual(report.files[0]?.state, "empty")
      assert.deepStrictEqual(emulator.requests(), {})
    })
  )

  it.effect.each([
    { mode: "upsert", mergeCustom: false, expected: { id: "ada", role: "admin", b: 2 } },
    { mode: "upsert", mergeCustom: true, expected: { id: "ada", role: "admin", a: 1, b: 2 } },
    { mode: "insert", expected: { id: "ada", role: "user", a: 1 } }
  ] as const)("asks for mode $mode with merge $mergeCustom", ({ expected, mode, ...rest }) =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const one = yield* folderOf([{ name: "a.jsonl", items: [user("ada", { role: "user", a: 1 })] }])
      const two = yield* folderOf([{ name: "b.jsonl", items: [user("ada", { role: "admin", b: 2 })] }])
      yield* StreamImportApi.upload(configOf(emulator, one))
      yield* StreamImportApi.upload(configOf(emulator, two, { mode, ...rest }))
      assert.deepStrictEqual(emulator.users(), [expected])
    })
  )

  it.effect(
    "stops at a file that Stream rejects, reports the source's ids, and reports them again in the next run",
    () =>
      Effect.gen(function* () {
        const emulator = yield* start()
        const member = { channel_type: "messaging", channel_member_ids: ["u-1", "u-2"], user_id: "u-1" }
        const message = { id: "m-9", channel_type: "messaging", channel_id: "room", user: "u-1" }
        const directory = yield* folderOf(
          [
            {
              name: "import-1.jsonl",
              items: [
                user("u-1", { role: "king" }),
                { type: "channel", data: { id: "room", type: "party", created_by: "u-1" } },
                { type: "member", data: member },
                { type: "message", data: message },
                {
                  type: "reaction",
                  data: { message_id: "m-x", type: "a", user_id: "u-1", created_at: "2024-01-01T00:00:00Z" }
                }
              ]
            },
            { name: "import-2.jsonl", items: [user("x")] }
          ],
          [
            { kind: "user", sourceId: "Ada Lovelace", streamId: "u-1", rule: "hashed" },
            { kind: "channel", sourceId: "room 1", streamId: "room", rule: "hashed", type: "party" },
            { kind: "channel", sourceId: "wrong type", streamId: "room", rule: "hashed", type: "messaging" },
            {
              kind: "channel",
              sourceId: "of two",
              streamId: null,
              rule: "member_ids",
              type: "messaging",
              memberIds: ["u-2", "u-1"]
            },
            { kind: "message", sourceId: "m/x", streamId: "m-x", rule: "hashed" }
          ]
        )
        const report = yield* StreamImportApi.upload(configOf(emulator, directory))
        assert.strictEqual(report.status, "failed")
        assert.deepStrictEqual(
          report.files.map(({ state }) => state),
          ["analyze_failed", "not started"]
        )
        const found = report.files[0]?.errors.map(({ itemType, sourceIds }) => [itemType, sourceIds]) ?? []
        assert.deepInclude(found, ["user", { userId: "Ada Lovelace" }])
        assert.deepInclude(found, ["channel", { channelId: "room 1" }])
        assert.deepInclude(found, ["member", { channelId: "of two", userId: "Ada Lovelace" }])
        assert.deepInclude(found, [
          "message",
          { messageId: "m-9", channelId: "wrong type", userId: "Ada Lovelace" }
        ])
        assert.deepInclude(found, ["reaction", { messageId: "m/x", userId: "Ada Lovelace" }])
        assert.include(
          StreamImportApi.format(report),
          'user: Validation error: role "king" doesn\'t exist (userId Ada Lovelace)'
        )
        assert.include(StreamImportApi.format(report), "Stopped:")
        assert.deepStrictEqual(yield* StreamImportApi.upload(configOf(emulator, directory)), report)
        assert.strictEqual(emulator.imports().length, 1)
      })
  )

  it.effect("only imports a failed file again with retryFailed", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const directory = yield* twoFiles
      yield* emulator.failNext("importFailed")
      const first = yield* StreamImportApi.upload(configOf(emulator, directory))
      assert.strictEqual(first.files[0]?.state, "failed")
      assert.strictEqual(first.files[0]?.errors[0]?.error, "Import error: the import was stopped")
      yield* StreamImportApi.upload(configOf(emulator, directory))
      assert.strictEqual(emulator.imports().length, 1)
      const last = yield* StreamImportApi.upload(configOf(emulator, directory, { retryFailed: true }))
      assert.strictEqual(last.status, "completed")
      assert.strictEqual(emulator.imports().length, 3)
    })
  )

  it.effect("waits for a confirmation until the deadline, and resumes waiting in the next run", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ confirmAfterLooks: Infinity })
      const directory = yield* folderOf([{ name: "import.jsonl", items: [user("ada")] }])
      const error = yield* Effect.flip(
        StreamImportApi.upload(configOf(emulator, directory, { importDeadline: "30 millis" }))
      )
      assert.strictEqual(error.reason._tag, "RequestFailed")
      assert.match(error.message, /import of import\.jsonl .* waiting_confirmation\. .*ask Stream's support/u)
      yield* emulator.confirm()
      const report = yield* StreamImportApi.upload(configOf(emulator, directory))
      assert.strictEqual(report.status, "completed")
      assert.strictEqual(emulator.imports().length, 1)
    })
  )

  it.effect.each([
    {
      name: "a changed file",
      change: "import-2.jsonl",
      text: "{}",
      tag: "Conflict",
      says: "not the file"
    },
    {
      name: "a manifest of another program",
      change: "manifest.json",
      text: "{}",
      tag: "InvalidConfig",
      says: "manifest.json"
    },
    {
      name: "a manifest with files outside of the folder",
      change: "manifest.json",
      text: '{"format":"chatferry-manifest/1","files":[{"path":"../a.json","bytes":1,"sha256":"","records":1}]}',
      tag: "InvalidConfig",
      says: "outside"
    },
    {
      name: "a manifest without import files",
      change: "manifest.json",
      text: '{"format":"chatferry-manifest/1","files":[]}',
      tag: "InvalidConfig",
      says: "nothing to import"
    }
  ])("asks nothing of Stream for $name", ({ change, says, tag, text }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start()
      const directory = yield* twoFiles
      yield* fs.writeFileString(`${directory}/${change}`, text)
      const error = yield* Effect.flip(StreamImportApi.upload(configOf(emulator, directory)))
      assert.strictEqual(error.reason._tag, tag)
      assert.include(error.message, says)
      assert.deepStrictEqual(emulator.requests(), {})
    })
  )

  it.effect.each([
    { setting: "directory", config: { directory: "" } },
    { setting: "directory", config: { directory: "/nowhere" } },
    { setting: "apiKey", config: { apiKey: "a&b" } },
    { setting: "apiSecret", config: { apiSecret: Redacted.make("") } },
    { setting: "baseUrl", config: { baseUrl: "ftp://x" } },
    { setting: "attempts", config: { attempts: 0 } },
    { setting: "mergeCustom", config: { mode: "insert", mergeCustom: true } as const },
    { setting: "mode", config: { mode: "replace" as "insert" } }
  ])("says what is wrong with $setting", ({ config, setting }) =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const error = yield* Effect.flip(StreamImportApi.upload(configOf(emulator, yield* twoFiles, config)))
      assert(error.reason._tag === "InvalidConfig")
      assert.strictEqual(error.reason.setting, setting)
      assert.deepStrictEqual(emulator.requests(), {})
    })
  )

  it.effect("rejects files that are larger than Stream accepts", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const error = yield* Effect.flip(
        StreamImportApi.upload(configOf(emulator, yield* twoFiles, { maxFileBytes: 10 }))
      )
      assert.strictEqual(error.reason._tag, "Conflict")
      assert.include(error.message, "import-1.jsonl has")
    })
  )
})

it.layer(services, { excludeTestServices: true })("StreamImportApi", (it) => {
  it.effect("lists imports page by page and shows one", () =>
    Effect.gen(function* () {
      const emulator: StreamEmulator.Emulator = yield* start()
      yield* StreamImportApi.upload(configOf(emulator, yield* twoFiles))
      const connection = configOf(emulator, "unused")
      const all = yield* StreamImportApi.list(connection)
      assert.strictEqual(all.length, 2)
      const [second] = yield* StreamImportApi.list({ ...connection, limit: 1, offset: 1 })
      assert.deepStrictEqual(second, all[1])
      const importId = second?.id ?? ""
      assert.deepStrictEqual(yield* StreamImportApi.get({ ...connection, importId }), second)
      assert.deepInclude(second, { state: "completed", mode: "upsert", errors: [] })
      const inV2 = yield* StreamImportApi.get({
        ...connection,
        importId,
        baseUrl: `${emulator.baseUrl}/api/v2`
      })
      assert.deepStrictEqual(inV2, second)
    })
  )
})
