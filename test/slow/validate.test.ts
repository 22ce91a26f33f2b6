import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect, FileSystem, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

const MEGABYTE = 1024 * 1024

/** A file with this number of messages, with users and reactions, in pieces. */
const pieces = (messages: number): Stream.Stream<string> => {
  const users = 10_000
  const id = (i: number) =>
    `${String(Math.imul(i + 1, 2_654_435_761) >>> 0)}-9f3c-4c1d-8e6b-${String(i).padStart(12, "0")}`
  const line = (type: string, data: object) => `${JSON.stringify({ type, data })}\n`
  const head = Array.from({ length: users }, (_, i) => line("user", { id: `user-${i}` })).join("")
  const hall = line("channel", { id: "hall", type: "messaging", created_by: "user-0" })
  const block = (from: number, make: (i: number) => string) =>
    Array.from({ length: Math.min(10_000, messages - from) }, (_, i) => make(from + i)).join("")
  const blocks = Array.from({ length: Math.ceil(messages / 10_000) }, (_, i) => i * 10_000)
  const message = (i: number) =>
    line("message", {
      id: id(i),
      channel_type: "messaging",
      channel_id: "hall",
      user: `user-${i % users}`,
      type: "regular",
      text: `number ${i} ${"of many ".repeat(20)}`,
      created_at: "2020-01-02T03:04:05.678Z"
    })
  const reaction = (i: number) =>
    line("reaction", {
      message_id: id(i),
      user_id: `user-${(i * 7) % users}`,
      type: "love",
      created_at: "2020-01-02T03:04:05.678Z"
    })
  return Stream.concat(
    Stream.make(head, hall),
    Stream.concat(
      Stream.map(Stream.fromIterable(blocks), (from) => block(from, message)),
      Stream.map(Stream.fromIterable(blocks.slice(0, blocks.length / 10)), (from) => block(from, reaction))
    )
  )
}

/** The peak memory of a process that validates a file, as measured by the system. */
const peak = (file: string) =>
  Effect.gen(function* () {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const code = `
      import { readFileSync } from "node:fs"
      import { StreamImportValidator } from "@chatferry/sink-stream-import"
      import { NodeServices } from "@effect/platform-node"
      import { Effect } from "effect"
      const { errors } = await Effect.runPromise(Effect.provide(
        StreamImportValidator.validate({ files: [process.argv[1]], settings: { fileBytes: 1e12 } }), NodeServices.layer))
      // Not resourceUsage, which includes the memory of the process that started this one.
      const [, kilobytes] = /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))
      console.log(JSON.stringify({ errors: errors.map(({ code }) => code), bytes: Number(kilobytes) * 1024 }))`
    const out = yield* spawner.string(
      // How much of its young generation V8 reserves depends on the load of the machine, not on the file.
      ChildProcess.make(
        "node",
        [
          "--max-semi-space-size=16",
          "--conditions=@chatferry/source",
          "--input-type=module",
          "-e",
          code,
          file
        ],
        {
          cwd: `${import.meta.dirname}/../../examples`
        }
      )
    )
    return JSON.parse(out) as { readonly errors: ReadonlyArray<string>; readonly bytes: number }
  })

it.live(
  "files of one and of three million messages are validated in less than 300 MB",
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      for (const messages of [1_000_000, 3_000_000]) {
        const file = `${folder}/${messages}.jsonl`
        yield* Stream.run(Stream.encodeText(pieces(messages)), fs.sink(file))
        const startedAt = performance.now()
        const { bytes, errors } = yield* peak(file)
        const seconds = (performance.now() - startedAt) / 1000
        yield* Console.log(
          `${messages}: ${seconds.toFixed(1)} s, peak RSS ${Math.round(bytes / MEGABYTE)} MB`
        )
        assert.deepStrictEqual(errors, [])
        assert.isBelow(bytes, 300 * MEGABYTE)
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  1_800_000
)
