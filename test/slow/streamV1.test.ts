import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Config, Console, Effect, FileSystem, Stream } from "effect"
import * as Raw from "../../packages/source-stream/test/rawRecords.ts"
import * as Processes from "../processes.ts"

/** MEGABYTES=10000 requests more. */
const megabytes = Config.Int("MEGABYTES").pipe(Config.withDefault(2000))

const MEGABYTE = 1024 * 1024
const MOST = 300 * MEGABYTE
const MEMBERS = 200_000

const encoder = new TextEncoder()

const piece = (from: number, count: number, make: (i: number) => object) =>
  encoder.encode(
    Array.from(
      { length: count },
      (_, i) => (from + i === 0 ? "" : ",") + JSON.stringify(make(from + i))
    ).join("")
  )

const users = Array.from({ length: 300 }, (_, i) => Raw.user(`user-${i}`))

const messageAt = (i: number) =>
  Raw.message(`message-${i}`, {
    user: users[(i * 7) % users.length],
    ...(i % 4 === 0 && {
      latest_reactions: [Raw.reaction(`message-${i}`, `user-${i % 300}`)],
      reaction_counts: { like: 1 }
    })
  })

/** One channel on one line: `{"channels":[{"channel":…,"messages":[…],"members":[…]}]}`. */
const document = (bytes: number, count: { messages: number }) =>
  Stream.fromIterable(
    (function* () {
      yield encoder.encode(`{"channels":[{"channel":${JSON.stringify(Raw.channel("general"))},"messages":[`)
      let written = 0
      while (written < bytes) {
        const next = piece(count.messages, 1000, messageAt)
        written += next.length
        count.messages += 1000
        yield next
      }
      yield encoder.encode('],"members":[')
      for (let from = 0; from < MEMBERS; from += 1000) {
        yield piece(from, 1000, (i) => Raw.member(`member-${i}`))
      }
      yield encoder.encode("]}]}")
    })()
  )

const run = (input: string, node: ReadonlyArray<string>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const child = yield* Processes.spawn("streamRead.program.ts", [input], { node })
      const [out, printed, code] = yield* Effect.all(
        [
          Stream.mkString(Stream.decodeText(child.stdout)),
          Stream.mkString(Stream.decodeText(child.stderr)),
          child.exitCode
        ],
        { concurrency: 3 }
      )
      const [, kilobytes = "NaN"] = /peak RSS (\d+) kB/u.exec(printed) ?? []
      assert.strictEqual(Number(code), 0, printed)
      return { counts: JSON.parse(out) as unknown, peakBytes: Number(kilobytes) * 1024 }
    })
  )

it.live(
  "a document of version 1 of two gigabytes on one line is read in less than 300 MB, even with a heap of 128 MB",
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const input = `${yield* fs.makeTempDirectoryScoped()}/export.json`
      const count = { messages: 0 }
      const bytes = (yield* megabytes) * MEGABYTE
      yield* Stream.run(document(bytes, count), fs.sink(input))
      // Space for young objects counts too, and would use up such a small heap.
      for (const node of [[], ["--max-old-space-size=128", "--max-semi-space-size=8"]]) {
        const startedAt = performance.now()
        const { counts, peakBytes } = yield* run(input, node)
        const seconds = (performance.now() - startedAt) / 1000
        yield* Console.log(
          `${node.join(" ")} ${seconds.toFixed(1)} s, ${Math.round(bytes / MEGABYTE / seconds)} MB/s, peak RSS ${Math.round(peakBytes / MEGABYTE)} MB`
        )
        assert.isBelow(peakBytes, MOST)
        const { user, ...others } = counts as Readonly<Record<string, number>>
        assert.deepStrictEqual(others, {
          channel: 1,
          member: MEMBERS,
          message: count.messages,
          reaction: count.messages / 4,
          rejected: 0
        })
        assert.isAtLeast(user ?? 0, MEMBERS + 300)
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)
