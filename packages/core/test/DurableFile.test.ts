import { DurableFile } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, PlatformError } from "effect"

const bytes = (text: string) => new TextEncoder().encode(text)

it.layer(NodeServices.layer)("DurableFile", (it) => {
  it.effect("grows a file, and goes back to a length that was flushed", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      const length = yield* Effect.scoped(
        Effect.gen(function* () {
          const file = yield* DurableFile.append(path, 0)
          yield* file.write(bytes("kept"))
          const flushed = yield* file.flush
          yield* file.write(bytes("x".repeat(3_000_000)))
          return flushed
        })
      )
      assert.strictEqual(length, 4)
      assert.isAbove(Number((yield* fs.stat(path)).size), 4)
      const file = yield* DurableFile.append(path, length)
      yield* file.write(bytes(" and more"))
      assert.strictEqual(yield* file.flush, 13)
      assert.strictEqual(yield* fs.readFileString(path), "kept and more")
    })
  )

  it.effect("writes long texts as their UTF-8, wherever a piece of them ends", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      const texts = ["😀".repeat(400_000), `x${"😀".repeat(400_000)}`, "é\ud83d".repeat(300_000), "short", ""]
      const file = yield* DurableFile.append(path, 0)
      const counts = yield* Effect.forEach(texts, file.writeText)
      const expected = texts.map((text) => Buffer.from(text))
      assert.deepStrictEqual(
        counts,
        expected.map(({ length }) => length)
      )
      yield* file.flush
      assert.isTrue(Buffer.concat(expected).equals(yield* fs.readFile(path)))
    })
  )

  it.effect("refuses a file that lost what was flushed to it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      yield* fs.writeFileString(path, "abc")
      const error = yield* Effect.flip(DurableFile.append(path, 10))
      assert.include(error.message, "has 3 bytes and had 10 when it was last flushed")
      assert.strictEqual(yield* fs.readFileString(path), "abc")
    })
  )

  it.effect("does not flush after a write that failed, even when writing works again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const full = PlatformError.systemError({
        _tag: "Unknown",
        module: "File",
        method: "write",
        description: "ENOSPC"
      })
      let isFull = true
      const open: typeof fs.open = (path, options) =>
        Effect.map(fs.open(path, options), (file) => ({
          ...file,
          stat: file.stat,
          sync: file.sync,
          truncate: (length) => file.truncate(length),
          writeAll: (chunk) => (isFull ? Effect.fail(full) : file.writeAll(chunk))
        }))
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      const file = yield* DurableFile.append(path, 0).pipe(
        Effect.provideService(FileSystem.FileSystem, { ...fs, open })
      )
      yield* file.write(bytes("lost"))
      const words = `Unknown: File.write (${path}): ENOSPC`
      assert.strictEqual((yield* Effect.flip(file.flush)).message, words)
      isFull = false
      assert.strictEqual((yield* Effect.flip(file.flush)).message, words)
    })
  )

  it.effect("replaces a file as a whole and leaves nothing beside it, readable by its owner alone", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${folder}/file.tmp`, "left by a crash, and longer than what follows")
      yield* DurableFile.replace(`${folder}/file`, "one")
      yield* DurableFile.replace(`${folder}/file`, "two")
      assert.strictEqual(yield* fs.readFileString(`${folder}/file`), "two")
      assert.deepStrictEqual(yield* fs.readDirectory(folder), ["file"])
      assert.strictEqual((yield* fs.stat(`${folder}/file`)).mode & 0o077, 0)
    })
  )

  it.effect("makes folders one after the other, each synced into the one above it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const calls: Array<string> = []
      const watched: FileSystem.FileSystem = {
        ...fs,
        makeDirectory: (path, options) => {
          calls.push(`make ${path.replace(root, "")}`)
          return fs.makeDirectory(path, options)
        },
        open: (path, options) =>
          Effect.map(fs.open(path, options), (file) => ({
            ...file,
            sync: Effect.andThen(
              Effect.sync(() => calls.push(`sync ${path.replace(root, "") || "root"}`)),
              file.sync
            )
          }))
      }
      const make = DurableFile.makeDirectory(`${root}/a/b`, { mode: 0o700 }).pipe(
        Effect.provideService(FileSystem.FileSystem, watched)
      )
      yield* fs.makeDirectory(`${root}/a`)
      yield* make
      assert.deepStrictEqual(calls.splice(0), ["sync root", "make /a/b", "sync /a"])
      assert.strictEqual((yield* fs.stat(`${root}/a/b`)).mode & 0o777, 0o700)
      // It may have been made by a run that was killed before it was synced.
      yield* make
      assert.deepStrictEqual(calls, ["sync /a", "make /a/b"])
    })
  )

  it.effect("does not take a file for a folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      yield* fs.writeFileString(path, "")
      const error = yield* Effect.flip(DurableFile.makeDirectory(path))
      assert.strictEqual(error.reason._tag, "AlreadyExists")
    })
  )
})
