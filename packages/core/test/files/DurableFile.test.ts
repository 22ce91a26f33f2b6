import { createHash } from "node:crypto"
import { SystemProblem } from "@chatferry/core/errors"
import { DurableFile } from "@chatferry/core/files"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem, PlatformError } from "effect"

type Call = Effect.Effect<void, PlatformError.PlatformError>

const bytes = (text: string) => new TextEncoder().encode(text)

it.layer(NodeServices.layer)("DurableFile", (it) => {
  it.effect("grows a file, and returns to a flushed length", () =>
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

  it.effect("writes long texts as UTF-8, wherever their pieces end", () =>
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

  it.effect("has the checksum of a file that several runs have grown", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      let [length, checksum] = [0, createHash("sha256").digest("hex")]
      for (const text of ["one", "", "x".repeat(3_000_000), "é"]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const file = yield* DurableFile.append(path, length)
            assert.strictEqual(file.sha256(), checksum)
            yield* file.write(bytes(text))
            yield* file.writeText(text)
            length = yield* file.flush
            checksum = file.sha256()
            yield* file.write(bytes("not flushed"))
          })
        )
        const written = (yield* fs.readFile(path)).subarray(0, length)
        assert.strictEqual(checksum, createHash("sha256").update(written).digest("hex"))
        assert.strictEqual(yield* DurableFile.sha256Of(path, length), checksum)
      }
    })
  )

  it.effect("rejects a file that lost flushed bytes", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      yield* fs.writeFileString(path, "abc")
      const error = yield* Effect.flip(DurableFile.append(path, 10))
      assert.include(error.message, "has 3 bytes, but had 10 when it was last flushed")
      assert.strictEqual(yield* fs.readFileString(path), "abc")
    })
  )

  /** Opens a file whose writes and syncs go through the given functions. */
  const through = (path: string, call: (name: "write" | "sync", effect: Call) => Call) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const open: typeof fs.open = (name, options) =>
        Effect.map(fs.open(name, options), (file) => ({
          ...file,
          stat: file.stat,
          sync: options?.flag === "a" ? call("sync", file.sync) : file.sync,
          truncate: (length) => file.truncate(length),
          writeAll: (chunk) => call("write", file.writeAll(chunk))
        }))
      return yield* DurableFile.append(path, 0).pipe(
        Effect.provideService(FileSystem.FileSystem, { ...fs, open })
      )
    })

  it.effect.each(["write", "sync"] as const)(
    "does not flush after a failed %s, even if it works again",
    (method) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const full = PlatformError.systemError({
          _tag: "Unknown",
          module: "File",
          method,
          description: "ENOSPC"
        })
        let isFull = true
        const path = `${yield* fs.makeTempDirectoryScoped()}/file`
        const file = yield* through(path, (name, call) =>
          Effect.suspend(() => (isFull && name === method ? Effect.fail(full) : call))
        )
        yield* file.write(bytes("lost"))
        const words = `Unknown: File.${method} (${path}): ENOSPC`
        assert.strictEqual((yield* Effect.flip(file.flush)).message, words)
        isFull = false
        assert.strictEqual((yield* Effect.flip(file.flush)).message, words)
      })
  )

  it.effect("syncs only what has been written since it was synced", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      let syncs = 0
      const file = yield* through(`${yield* fs.makeTempDirectoryScoped()}/file`, (name, call) =>
        Effect.suspend(() => {
          if (name === "sync") syncs++
          return call
        })
      )
      // An empty file is synced too.
      for (const [text, expected] of [
        ["", 1],
        ["", 1],
        ["more", 2],
        ["", 2]
      ] as const) {
        yield* file.write(bytes(text))
        yield* file.flush
        assert.strictEqual(syncs, expected)
      }
    })
  )

  it.effect(
    "replaces a file as a whole, leaves nothing beside it, and makes it readable only by its owner",
    () =>
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

  it.effect("makes folders one after the other, each synced into its parent", () =>
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

  it.effect("reports why a folder cannot be made, which Node's recursive call does not", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/a`
      const failed = (description: string) =>
        PlatformError.systemError({
          _tag: "Unknown",
          module: "FileSystem",
          method: "makeDirectory",
          description
        })
      const full: FileSystem.FileSystem = {
        ...fs,
        makeDirectory: (_, options) => Effect.fail(failed(options?.recursive === true ? "ENOENT" : "ENOSPC"))
      }
      const making = DurableFile.makeDirectory(path).pipe(Effect.provideService(FileSystem.FileSystem, full))
      assert.include((yield* Effect.flip(making)).message, "ENOSPC")
    })
  )

  it.effect("accepts a folder that another process has made meanwhile", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/a`
      yield* fs.makeDirectory(path)
      const late: FileSystem.FileSystem = {
        ...fs,
        exists: (name) => (name === path ? Effect.succeed(false) : fs.exists(name))
      }
      yield* DurableFile.makeDirectory(path).pipe(Effect.provideService(FileSystem.FileSystem, late))
    })
  )

  it.effect("does not mistake a file for a folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      yield* fs.writeFileString(path, "")
      const error = yield* Effect.flip(DurableFile.makeDirectory(path))
      for (const failure of [error, yield* Effect.flip(DurableFile.makeDirectory(`${path}/below/it`))]) {
        assert.strictEqual(
          SystemProblem.sentence("cannot write", "x", failure),
          `cannot write ${path}: not a directory. A folder is needed there: choose another path.`
        )
      }
    })
  )

  const grown = (path: string) =>
    Effect.gen(function* () {
      const file = yield* DurableFile.append(path, 0)
      yield* file.write(bytes("a"))
      yield* file.flush
    }).pipe(Effect.scoped)

  it.effect.each([
    { name: "the cut of a file that grows", call: "truncate", change: grown },
    { name: "a write to a file that grows", call: "write", change: grown },
    { name: "the sync of a file that grows", call: "sync", change: grown },
    {
      name: "the write of a file that is replaced",
      call: "write",
      change: (path: string) => DurableFile.replace(path, "a")
    },
    { name: "a rename", call: "rename", change: (path: string) => DurableFile.rename(`${path}.old`, path) },
    { name: "a removal", call: "remove", change: DurableFile.remove },
    {
      name: "a folder that is made",
      call: "mkdir",
      change: (path: string) => DurableFile.makeDirectory(path)
    }
  ] as const)("finishes $name that is interrupted before it closes the file", ({ call, change }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const log: Array<string> = []
      const note = (line: string) => Effect.sync(() => void log.push(line))
      const isUnderWay = yield* Deferred.make<void>()
      const mayEnd = Promise.withResolvers<void>()
      // As in Node, nothing stops a running call.
      const slow = <A, E, R>(name: string, effect: Effect.Effect<A, E, R>) =>
        name !== call
          ? effect
          : note("begun").pipe(
              Effect.andThen(Deferred.succeed(isUnderWay, undefined)),
              Effect.andThen(
                Effect.callback<void>((resume) => void mayEnd.promise.then(() => resume(Effect.void)))
              ),
              Effect.andThen(effect),
              Effect.tap(() => note("ended"))
            )
      const slowly: FileSystem.FileSystem = {
        ...fs,
        makeDirectory: (...args) => slow("mkdir", fs.makeDirectory(...args)),
        rename: (...args) => slow("rename", fs.rename(...args)),
        remove: (...args) => slow("remove", fs.remove(...args)),
        open: (path, options) =>
          fs.open(path, options).pipe(
            Effect.map((file) => ({
              ...file,
              stat: file.stat,
              sync: slow("sync", file.sync),
              truncate: (length?: number) => slow("truncate", file.truncate(length)),
              writeAll: (chunk: Uint8Array) => slow("write", file.writeAll(chunk))
            })),
            Effect.tap(() =>
              Effect.addFinalizer(() => note(options?.flag === "r" ? "folder closed" : "closed"))
            )
          )
      }
      const path = `${yield* fs.makeTempDirectoryScoped()}/file`
      yield* fs.writeFileString(`${path}.old`, "")
      const fiber = yield* change(path).pipe(
        Effect.provideService(FileSystem.FileSystem, slowly),
        Effect.ensuring(note("let go")),
        Effect.forkChild
      )
      yield* Deferred.await(isUnderWay)
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow
      assert.deepStrictEqual(log.slice(log.indexOf("begun")), ["begun"])
      mayEnd.resolve()
      yield* Fiber.join(interrupting)
      assert.strictEqual(log[log.indexOf("begun") + 1], "ended")
      assert.strictEqual(log.at(-1), "let go")
    })
  )
})
