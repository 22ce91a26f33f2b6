import { spawn } from "node:child_process"
import { once } from "node:events"
import { hostname } from "node:os"
import { FolderLock } from "@chatferry/core/files"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem, PlatformError, Scope } from "effect"

/** Another process that holds the lock of a folder until it is killed. A database that is collected is closed. */
const holder = (folder: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(
        process.execPath,
        [
          "--input-type=module",
          "-e",
          `import { DatabaseSync } from "node:sqlite"
           const database = new DatabaseSync(process.argv[1])
           database.exec("BEGIN EXCLUSIVE")
           console.log("held")
           setInterval(() => database, 1000)`,
          `${folder}/lock`
        ],
        { stdio: ["ignore", "pipe", "inherit"] }
      )
      await once(child.stdout, "data")
      return child
    }),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

it.layer(NodeServices.layer)("FolderLock", (it) => {
  const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

  it.effect("excludes other processes while the holder lives, and names it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      yield* fs.writeFileString(
        `${at}/lock.owner`,
        JSON.stringify({ format: "chatferry-lock/1", token: "t", process: 1, host: "abc" })
      )
      const child = yield* holder(at)
      const error = yield* Effect.flip(FolderLock.acquire(at))
      assert.include(error.message, "another process is working in")
      assert.include(error.message, "(process 1 on abc)")
      yield* fs.writeFileString(`${at}/lock.owner`, "\0\0")
      assert.notInclude((yield* Effect.flip(FolderLock.acquire(at))).message, "process 1")
      child.kill("SIGKILL")
      yield* Effect.promise(() => once(child, "exit"))
      yield* FolderLock.acquire(at)
    })
  )

  it.effect("keeps its lock when the folder is listed, and its file stays empty", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      const held = yield* FolderLock.acquire(at)
      assert.deepStrictEqual((yield* fs.readDirectory(at)).toSorted(), [...FolderLock.FILES])
      assert.strictEqual(Number((yield* fs.stat(`${at}/lock`)).size), 0)
      yield* held.check
    })
  )

  it.effect.each([
    { name: "NULs", content: "\0".repeat(4096) },
    { name: "text", content: "hello" },
    { name: "a huge number", content: "9".repeat(400) },
    { name: "a process id", content: String(process.ppid) },
    { name: "the beginning of a database", content: "SQLite format 3\0\u0010\0" }
  ])("is not blocked by a file with $name", ({ content }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      yield* fs.writeFileString(`${at}/lock`, content)
      yield* fs.writeFileString(`${at}/lock.owner`, content)
      yield* fs.writeFileString(`${at}/lock-journal`, content)
      const held = yield* FolderLock.acquire(at)
      yield* held.check
    })
  )

  it.effect("does not follow a link in place of the lock, and does not change its target", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [at, other] = [yield* folder, yield* folder]
      for (const target of [`${other}/mine`, `${other}/nothing`]) {
        yield* fs.writeFileString(`${other}/mine`, "mine")
        yield* fs.symlink(target, `${at}/lock`)
        const error = yield* Effect.flip(FolderLock.acquire(at))
        assert.include(error.message, `cannot lock ${at}/lock: it is not a regular file`)
        assert.strictEqual(yield* fs.readFileString(`${other}/mine`), "mine")
        assert.isFalse(yield* fs.exists(`${other}/nothing`))
        yield* fs.remove(`${at}/lock`)
      }
    })
  )

  it.effect("reports a lock that is not a file and a folder that cannot be written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      yield* fs.makeDirectory(`${at}/lock`)
      const error = yield* Effect.flip(FolderLock.acquire(at))
      assert.include(
        error.message,
        `cannot lock ${at}/lock: it is not a regular file. Remove it, then run again`
      )
      const none = yield* Effect.flip(FolderLock.acquire(`${at}/none`))
      assert.include(none.message, `cannot lock ${at}/none/lock: no such file or directory`)
    })
  )

  it.effect("is held once in a process, even under another name of the folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      yield* fs.symlink(at, `${at}/alias`)
      const scope = yield* Scope.make()
      yield* Scope.provide(FolderLock.acquire(at), scope)
      const error = yield* Effect.flip(FolderLock.acquire(`${at}/alias`))
      assert.include(error.message, `(process ${process.pid} on ${hostname()})`)
      yield* Scope.close(scope, Exit.void)
      yield* FolderLock.acquire(`${at}/alias`)
    })
  )

  it.effect("is shared in a process by holders that allow it, until the last one is done", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const [first, second] = [yield* Scope.make(), yield* Scope.make()]
      const isShared = true
      yield* Scope.provide(FolderLock.acquire(at, { isShared }), first)
      const held = yield* Scope.provide(FolderLock.acquire(at, { isShared }), second)
      yield* Scope.close(first, Exit.void)
      yield* held.check
      assert.strictEqual((yield* Effect.flip(FolderLock.acquire(at)))._tag, "FolderInUse")
      yield* Scope.close(second, Exit.void)
      yield* FolderLock.acquire(at)
    })
  )

  it.effect("is shared by many concurrent holders, each of which owns the folder", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const use = Effect.scoped(
        Effect.flatMap(FolderLock.acquire(at, { isShared: true }), ({ check }) => check)
      )
      yield* Effect.all([use, use, use, use], { concurrency: "unbounded", discard: true })
      const hold = FolderLock.acquire(at)
      const taken = yield* Effect.all([hold, hold, hold].map(Effect.result), { concurrency: "unbounded" })
      assert.deepStrictEqual(taken.map(({ _tag }) => _tag).toSorted(), ["Failure", "Failure", "Success"])
    }).pipe(Effect.scoped)
  )

  it.effect("notices that another process has taken over the folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      const held = yield* FolderLock.acquire(at)
      yield* fs.writeFileString(
        `${at}/lock.owner`,
        JSON.stringify({ format: "chatferry-lock/1", token: "other", process: 7, host: "elsewhere" })
      )
      assert.include((yield* Effect.flip(held.check)).message, "lock.owner now names process 7 on elsewhere")
      yield* fs.remove(`${at}/lock.owner`)
      assert.include((yield* Effect.flip(held.check)).message, "lock.owner is gone or damaged")
    })
  )

  it.effect("does not mistake an unreadable owner for another one", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      let isFull = false
      const tooMany = PlatformError.systemError({
        _tag: "Unknown",
        module: "FileSystem",
        method: "readFile",
        description: "EMFILE: too many open files",
        pathOrDescriptor: `${at}/lock.owner`
      })
      const full: FileSystem.FileSystem = {
        ...fs,
        readFileString: (...args) => (isFull ? Effect.fail(tooMany) : fs.readFileString(...args))
      }
      const held = yield* FolderLock.acquire(at).pipe(Effect.provideService(FileSystem.FileSystem, full))
      isFull = true
      const error = yield* Effect.flip(held.check)
      assert.strictEqual(error._tag, "LockFailed")
      assert.match(error.message, /lock\.owner.*too many open files/u)
      isFull = false
      yield* held.check
    })
  )
})
