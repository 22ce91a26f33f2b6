import { closeSync, openSync, readFileSync, writeSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { SinkError, SourceError } from "@chatferry/core"
import { SystemProblem } from "@chatferry/core/errors"
import { Json } from "@chatferry/core/files"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, PlatformError } from "effect"

const thrownBy = (code: () => unknown): unknown => {
  try {
    code()
  } catch (cause) {
    return cause
  }
  throw new Error("nothing was thrown")
}

const full = () => {
  const file = openSync("/dev/full", "w")
  try {
    return writeSync(file, "a")
  } finally {
    closeSync(file)
  }
}

describe("SystemProblem", () => {
  it("uses the words of the system for a failed call of Node", () => {
    const missing = thrownBy(() => readFileSync("/no/such/file"))
    assert.strictEqual(SystemProblem.wordsOf(missing), "no such file or directory")
    assert.strictEqual(SystemProblem.pathOf(missing, "x"), "/no/such/file")
    const noSpace = thrownBy(full)
    assert.strictEqual(
      SystemProblem.sentence("cannot write", "a.part", noSpace),
      "cannot write a.part: no space left on device. Free some space, then run again."
    )
  })

  it.effect("uses them for failures of Effect's file system too, with the file", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const cause = yield* Effect.flip(fs.readFileString("/no/such/file"))
      assert.strictEqual(
        new SourceError.ReadFailed({ path: "folder", cause }).message,
        "cannot read /no/such/file: no such file or directory"
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it("uses the meaning of a SQLite code, not the message that quotes names", () => {
    const database = new DatabaseSync(":memory:")
    database.exec("CREATE TABLE canary (name TEXT PRIMARY KEY)")
    const cause = thrownBy(() => database.exec("INSERT INTO canary VALUES ('a'), ('a')"))
    assert.strictEqual(SystemProblem.wordsOf(cause), "constraint failed")
    assert.strictEqual(
      new SinkError.WriteFailed({ path: "stage.db", cause: { errcode: 13, errstr: "" } }).message,
      "cannot write stage.db: an unexpected failure. Free some space, then run again."
    )
  })

  it.each([
    thrownBy(() => JSON.parse('{"name": canary}')),
    thrownBy(() => JSON.parse('"canary')),
    new TypeError("canary is not a function"),
    thrownBy(() => Json.parse('{"name": canary}')),
    { message: "canary" }
  ])("never quotes content: %#", (cause) => {
    assert.notInclude(SystemProblem.wordsOf(cause), "canary")
    assert.notInclude(new SinkError.WriteFailed({ path: "p", cause }).message, "canary")
  })

  it("handles file systems that do not give a cause", () => {
    const cause = PlatformError.systemError({
      _tag: "PermissionDenied",
      module: "FileSystem",
      method: "open",
      pathOrDescriptor: 12
    })
    assert.strictEqual(SystemProblem.sentence("cannot read", "a", cause), "cannot read a: permission denied")
  })

  it("advises running again after a damaged database, because the disk may have failed", () => {
    const cause = { errcode: 11, errstr: "database disk image is malformed" }
    assert.strictEqual(
      SystemProblem.adviceOf(cause),
      "Run again: the staged data is then verified, and the error says what to do."
    )
  })

  it("shows the final names of files, and not their temporary names", () => {
    const run = "0b5c9f6e-7a51-4b1c-9d3e-2f8a7c6d5e4b"
    for (const [path, shown] of [
      ["/out/manifest.json.tmp", "/out/manifest.json"],
      ["/out/message.ndjson.part.tmp", "/out/message.ndjson"],
      [`/out/unfinished.json.${run}.part`, "/out/unfinished.json"],
      [`/out/unfinished.json.${run}.part.tmp`, "/out/unfinished.json"],
      ["/out/my.tmp/a.json", "/out/my.tmp/a.json"]
    ] as const) {
      const cause = Object.assign(new Error(`ENOSPC: no space left on device, open '${path}'`), {
        code: "ENOSPC",
        path,
        syscall: "open"
      })
      assert.strictEqual(
        SystemProblem.sentence("cannot write", "x", cause),
        `cannot write ${shown}: no space left on device. Free some space, then run again.`
      )
    }
  })

  it("distinguishes a wrong path from other problems", () => {
    const failing = (code: string) => Object.assign(new Error(`${code}: no, open 'a'`), { code })
    assert.strictEqual(SystemProblem.wrongPathOf(failing("ENOENT")), "does not exist")
    assert.include(SystemProblem.wrongPathOf(failing("ENOTDIR")), "a part of it is a file")
    assert.include(SystemProblem.wrongPathOf(failing("EACCES")), "permission denied")
    assert.isUndefined(SystemProblem.wrongPathOf(failing("EIO")))
  })

  it("makes text of a connector printable", () => {
    assert.strictEqual(
      SystemProblem.wordsOf(new Error("bucket\u001B[2J is gone")),
      String.raw`bucket\u001b[2J is gone`
    )
  })
})

describe("Json", () => {
  it("says where parsing stopped and quotes nothing", () => {
    const cause = thrownBy(() => Json.parse('{"name":"Ada" x}'))
    assert.instanceOf(cause, Json.InvalidJson)
    assert.strictEqual(cause.message, "not valid JSON at character 15")
    assert.notInclude(String((cause as Error).stack), "Ada")
    assert.strictEqual((thrownBy(() => Json.parse("")) as Error).message, "not valid JSON")
  })

  it("returns the result of JSON.parse", () => {
    assert.deepStrictEqual(Json.parse('{"a":[1,null,"\\u0041"]}'), { a: [1, null, "A"] })
  })
})
