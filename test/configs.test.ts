import type { ExportJobs, RetryPolicy } from "@chatferry/connector"
import { type Migration, type Program } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import { type AttachmentInventory } from "@chatferry/sink-attachments"
import { type NdjsonSink, type NdjsonSource } from "@chatferry/sink-ndjson"
import {
  type StreamImportApi,
  type StreamImportSink,
  type StreamImportValidator
} from "@chatferry/sink-stream-import"
import { type SendbirdApi, type SendbirdSource } from "@chatferry/source-sendbird"
import { type StreamApi, type StreamSource } from "@chatferry/source-stream"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Effect, FileSystem, Path, Result, type Schema } from "effect"
import { type Case, cases } from "./configs.ts"

const isRequired =
  ({ schema, valid }: Case) =>
  (key: string) =>
    Result.isFailure(Settings.result(schema, { ...valid, [key]: undefined }))

describe.each(cases)("$name", (one) => {
  const { failure, schema, valid } = one
  const keys = Object.keys(schema.fields)

  it("is valid with the minimum", () => {
    const result = Settings.result(schema, valid)
    assert(Result.isSuccess(result), Result.isFailure(result) ? result.failure.message : "")
  })

  it.effect("rejects a key that is not a setting, and suggests the right one for a typo", () =>
    Effect.gen(function* () {
      const message = yield* failure({ ...valid, elephant: 1 })
      assert.include(message, "elephant is not a setting")
      for (const key of keys) {
        const typed = `${key}_`
        assert.include(
          yield* failure({ ...valid, [typed]: 1 }),
          `${typed} is not a setting; did you mean ${key}?`
        )
      }
    })
  )

  it.effect("rejects null and a value of a wrong type in each setting, by name", () =>
    Effect.gen(function* () {
      for (const key of keys) {
        for (const wrong of [null, Symbol("wrong")]) {
          assert.match(
            yield* failure({ ...valid, [key]: wrong }),
            new RegExp(`(?:^|[ .])${key} must be .`, "u")
          )
        }
      }
    })
  )

  it.effect("names all wrong settings in one message", () =>
    Effect.gen(function* () {
      const message = yield* failure(Object.fromEntries([...keys, "elephant"].map((key) => [key, null])))
      for (const key of keys) assert.include(message, `${key} must be`)
      assert.include(message, "elephant is not a setting")
    })
  )

  it.effect("accepts undefined for each optional setting, and for no other", () =>
    Effect.gen(function* () {
      for (const key of keys.filter(isRequired(one))) {
        assert.include(yield* failure({ ...valid, [key]: undefined }), `${key} is missing: it must be`)
      }
      for (const key of keys) {
        const isGiven = (valid as Readonly<Record<string, unknown>>)[key] !== undefined
        if (!isGiven) assert.isFalse(isRequired(one)(key), key)
      }
    })
  )

  it.effect("does not show secrets", () =>
    Effect.gen(function* () {
      for (const key of keys.filter((key) => /secret|token/iu.test(key))) {
        const message = yield* failure({ ...valid, [key]: "hunter2" })
        assert.include(message, `${key} must be a Redacted text`)
        assert.notInclude(message, "hunter2")
      }
    })
  )
})

describe("a configuration", () => {
  /** Interfaces with such names that users of connectors do not write, and why they are not checked as configurations. */
  const others: Readonly<Record<string, string>> = {
    "ApiClient.ClientSettings": "made by connectors from judged settings",
    "ArchiveReader.CsvOptions": "given by authors of connectors",
    "ArchiveReader.LinesOptions": "given by authors of connectors",
    "ArchiveReader.Options": "given by authors of connectors",
    "ArchiveReader.RowsOptions": "given by authors of connectors",
    "ArchiveReader.SourceOptions": "given by authors of connectors",
    "ArchiveSource.LimitsConfig": "fields of sources' configurations",
    "ArchiveSource.Options": "given by authors of connectors; inputs and limits are judged",
    "BatchBuilder.Options": "given by authors of connectors",
    "CsvRows.Options": "given by authors of connectors",
    "Exclusion.UserPolicy": "not judged: a transform has no failure of its own for wrong settings",
    "ExportJobs.Config": "fields of sources' configurations",
    "Journal.Options": "given by authors of connectors",
    "JsonElements.Options": "given by authors of connectors",
    "JsonObjects.Options": "given by authors of connectors",
    "Link.Options": "given by authors of connectors",
    "NdjsonLines.Options": "given by authors of connectors",
    "PageReader.Options": "given by authors of connectors",
    "Pages.Options": "given by authors of connectors",
    "RawRecord.Settings": "given by authors of connectors",
    "Report.FormatOptions": "not judged: it changes a text and fails with nothing",
    "RetryPolicy.Config": "fields of connectors' configurations",
    "RetryPolicy.RetryPolicy": "made from judged settings",
    "Source.FromConfig": "given by authors of connectors",
    "SqliteStage.Options": "given by authors of connectors",
    "StreamClient.Options": "given by authors of connectors",
    "StreamConnection.Config": "fields of connectors' configurations",
    "StreamConnection.Connection": "made from judged settings",
    "StreamImportApi.Connection": "fields of the other configurations",
    "StreamImportPolicies.PoliciesConfig": "fields of StreamImportSinkConfig",
    "Transform.EffectOptions": "judged by the transform: its `problem` says what is wrong",
    "Transform.ExcludeUsersOptions": "judged by the transform: its `problem` says what is wrong",
    "Transform.NewIdsConfig": "judged by the transform: its `problem` says what is wrong",
    "Transform.Options": "judged by the transform: its `problem` says what is wrong",
    "Transform.RenameOptions": "judged by the transform: its `problem` says what is wrong"
  }

  it.effect("cannot be added without being checked", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const packages = path.join(import.meta.dirname, "../packages")
      const declared: Array<string> = []
      for (const name of yield* fs.readDirectory(packages)) {
        if (name === "testkit") continue
        const files = yield* fs.readDirectory(path.join(packages, name, "src"), { recursive: true })
        for (const file of files) {
          if (!file.endsWith(".ts") || file.startsWith("internal")) continue
          const text = yield* fs.readFileString(path.join(packages, name, "src", file))
          for (const of of namesIn(text)) declared.push(`${path.basename(file, ".ts")}.${of}`)
        }
      }
      assert.deepStrictEqual(
        declared.filter((name) => !SCHEMAS.has(name)).toSorted(),
        [
          ...cases.map(({ name }) => name).filter((name) => !SCHEMAS.has(name)),
          ...Object.keys(others)
        ].toSorted()
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  /** Declared only by its schema. */
  const SCHEMAS = new Set(["StreamImportValidator.Settings", "StreamImportValidator.AppSettings"])

  const NAMED = /^(?=[A-Z])\w*(?:Config|Options|Settings|Connection|Policy)$/u
  const DECLARED = /^export (?:interface|type) (\w+)\b(?! = typeof)/gmu
  const PASSED_ON = /^export (?:type )?\{([^}]*)\} from "/gmu

  /** Those that a module declares, and those that it re-exports from its own parts. */
  const namesIn = (text: string): ReadonlyArray<string> => {
    const passedOn = [...text.matchAll(PASSED_ON)].flatMap(([, list = ""]) =>
      list.replaceAll(/\/\*.*?\*\//gsu, "").split(",")
    )
    const declared = [...text.matchAll(DECLARED)].map(([, name = ""]) => name)
    return [...declared, ...passedOn.map((name) => name.trim().replace("type ", ""))].filter((name) =>
      NAMED.test(name)
    )
  }

  it("has the type of its schema", () => {
    expectTypeOf<Migration.Policy>().toEqualTypeOf<typeof Migration.Policy.Encoded>()
    expectTypeOf<Program.Options>().toEqualTypeOf<typeof Program.Options.Encoded>()
    expectTypeOf<ExportJobs.Config>().toEqualTypeOf<Schema.Struct.Encoded<typeof ExportJobs.fields>>()
    expectTypeOf<RetryPolicy.Config>().toEqualTypeOf<Schema.Struct.Encoded<typeof RetryPolicy.fields>>()
    expectTypeOf<SendbirdSource.ArchivesConfig>().toEqualTypeOf<
      typeof SendbirdSource.ArchivesConfig.Encoded
    >()
    expectTypeOf<SendbirdSource.ApiConfig>().toEqualTypeOf<typeof SendbirdSource.ApiConfig.Encoded>()
    expectTypeOf<SendbirdApi.Config>().toEqualTypeOf<typeof SendbirdApi.Config.Encoded>()
    expectTypeOf<AttachmentInventory.AttachmentInventoryConfig>().toEqualTypeOf<
      typeof AttachmentInventory.AttachmentInventoryConfig.Encoded
    >()
    expectTypeOf<StreamSource.FilesConfig>().toEqualTypeOf<typeof StreamSource.FilesConfig.Encoded>()
    expectTypeOf<NdjsonSource.NdjsonSourceConfig>().toEqualTypeOf<
      typeof NdjsonSource.NdjsonSourceConfig.Encoded
    >()
    expectTypeOf<NdjsonSink.NdjsonSinkConfig>().toEqualTypeOf<typeof NdjsonSink.NdjsonSinkConfig.Encoded>()
    expectTypeOf<StreamImportSink.StreamImportSinkConfig>().toEqualTypeOf<
      typeof StreamImportSink.StreamImportSinkConfig.Encoded
    >()
    expectTypeOf<StreamImportValidator.Options>().toEqualTypeOf<
      typeof StreamImportValidator.Options.Encoded
    >()
    expectTypeOf<StreamImportApi.UploadConfig>().toEqualTypeOf<typeof StreamImportApi.UploadConfig.Encoded>()
    expectTypeOf<StreamImportApi.ListConfig>().toExtend<typeof StreamImportApi.ListConfig.Encoded>()
    expectTypeOf<StreamImportApi.GetConfig>().toExtend<typeof StreamImportApi.GetConfig.Encoded>()
    // There are two ways to name a channel, which the schema distinguishes with a check.
    expectTypeOf<StreamApi.Config>().toExtend<typeof StreamApi.Config.Encoded>()
    expectTypeOf<keyof StreamApi.Config>().toEqualTypeOf<keyof typeof StreamApi.Config.Encoded>()
    expectTypeOf<StreamSource.ApiConfig>().toExtend<typeof StreamSource.ApiConfig.Encoded>()
    expectTypeOf<keyof StreamSource.ApiConfig>().toEqualTypeOf<keyof typeof StreamSource.ApiConfig.Encoded>()
  })
})
