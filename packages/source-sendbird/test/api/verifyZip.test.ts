import { ArchiveSource } from "@chatferry/connector"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { zipOf } from "../../../connector/test/files/zipOf.ts"
import { problemInZip } from "../../src/internal/api/verifyZip.ts"

const limits = {
  ...ArchiveSource.DEFAULTS,
  maxNestedBytes: 1,
  keepPersonalFields: false,
  stripSignedUrls: false
}

it.layer(NodeServices.layer)("a downloaded archive", (it) => {
  it.effect.each([
    { name: "with a file is valid", zip: zipOf([{ name: "a.json", content: "{}" }]), problem: undefined },
    {
      name: "without entries is not",
      zip: zipOf([]),
      problem: "the file is not a valid zip archive: there are no files in the archive"
    }
  ])("$name", ({ problem, zip }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/a.zip`
      yield* fs.writeFile(path, zip)
      assert.strictEqual(yield* problemInZip(path, "a.zip", limits), problem)
    }).pipe(Effect.scoped)
  )
})
