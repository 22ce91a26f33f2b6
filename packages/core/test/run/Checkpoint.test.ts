import { createHash } from "node:crypto"
import { Ledger } from "@chatferry/core"
import { Checkpoint } from "@chatferry/core/run"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Option } from "effect"

const checkpoint: typeof Checkpoint.Checkpoint.Type = {
  format: Checkpoint.FORMAT,
  run: "run",
  fingerprint: "f",
  segmentsDone: [
    { fingerprint: "a", readDigest: null },
    { fingerprint: "b", readDigest: { read: "1:2" } }
  ],
  position: { entry: 3 },
  readDigest: "3:4",
  receipt: { bytes: 10 },
  rejects: { bytes: 0, sha256: "", records: 0, bySink: {} },
  renamedIds: null,
  bytes: 99,
  ledger: Ledger.empty,
  report: null
}

const withSum = (line: string) => `${line}\n${createHash("sha256").update(line).digest("hex")}\n`

it.layer(NodeServices.layer)("Checkpoint", (it) => {
  it.effect("reads back what it saved", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/checkpoint.json`
      assert.isTrue(Option.isNone(yield* Checkpoint.load(path)))
      yield* Checkpoint.save(path, { ...checkpoint, bytes: 1 })
      yield* Checkpoint.save(path, checkpoint)
      assert.deepStrictEqual(Option.getOrThrow(yield* Checkpoint.load(path)), checkpoint)
      assert.deepStrictEqual(yield* fs.readDirectory(path.slice(0, path.lastIndexOf("/"))), [
        "checkpoint.json"
      ])
    })
  )

  it.effect("rejects a file with any single byte flipped", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/checkpoint.json`
      yield* Checkpoint.save(path, checkpoint)
      const bytes = yield* fs.readFile(path)
      // The final line feed has no meaning.
      for (let i = 0; i < bytes.length - 1; i++) {
        const flipped = bytes.slice()
        flipped[i] = (flipped[i] ?? 0) ^ 1
        yield* fs.writeFile(path, flipped)
        const error = yield* Effect.flip(Checkpoint.load(path))
        assert.include(error, { _tag: "CheckpointRejected", why: "damaged" }, `byte ${i}`)
      }
    })
  )

  it.effect.each([
    {
      name: "of another format version",
      line: JSON.stringify({ ...checkpoint, format: Checkpoint.FORMAT + 1 }),
      why: "version"
    },
    {
      name: "that lacks a field",
      line: JSON.stringify({ ...checkpoint, ledger: undefined }),
      why: "damaged"
    },
    { name: "that is not JSON", line: "{", why: "damaged" }
  ])("rejects a file $name even if its checksum is right", ({ line, why }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/checkpoint.json`
      yield* fs.writeFileString(path, withSum(line))
      const error = yield* Effect.flip(Checkpoint.load(path))
      assert.strictEqual(error._tag === "CheckpointRejected" ? error.why : undefined, why)
    })
  )
})
