import { SinkError } from "@chatferry/core"
import { Json, JsonElements } from "@chatferry/core/files"
import { Setting, Settings as Config } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Limits from "../../StreamImportLimits.ts"
import { dialect } from "../format/config.ts"
import { failure, ReadFailed, type ValidatorError } from "./failures.ts"
import { MAX_FILES } from "./registry.ts"

export const AppSettings = Schema.Struct({
  /** All roles users can have, built-in ones too. */
  userRoles: Config.optional(Schema.Array(Setting.name).annotate({ expected: "a list of roles" })),
  /** All roles members can have, built-in ones too. */
  channelRoles: Config.optional(Schema.Array(Setting.name).annotate({ expected: "a list of roles" })),
  /** All channel types, with the code points a message may have; 5,000 when it is not said. */
  channelTypes: Config.optional(
    Setting.byName(
      Schema.Struct({ maxMessageLength: Config.optional(Setting.whole()) }).annotate({
        expected: "an object such as { maxMessageLength: 20000 }"
      }),
      "an object with a key for each channel type"
    )
  ),
  /** Whether members must be in the team of their channel. Default true. */
  teams: Config.withDefault(Setting.flag, true)
}).annotate({ expected: "an object such as { userRoles: [] }" })
/** `AppSettings` as they are given. */
export type AppSettings = typeof AppSettings.Encoded

export const Settings = Schema.Struct({
  /** What the app is set up for. What is not said is checked against what Stream has built in, and then only warned about. */
  app: Config.withDefault(AppSettings, {}),
  /**
   * Where a JSON Lines file may refer to: `file` (default), itself and the files before it; `app`, what the app has
   * already too, so that what is not in the files is only counted.
   */
  references: Config.withDefault(Setting.oneOf("file", "app"), "file"),
  /** Item types to take without a warning, such as `channel_member`, `poll` and `poll_vote`. Default none. */
  itemTypes: Config.withDefault(
    Schema.Array(Setting.oneOf("channel_member", "device", "poll", "poll_vote")).annotate({
      expected: "a list of types of items"
    }),
    []
  ),
  /**
   * Ids of channels that Stream computed from members, `!members-…`: `refuse` (default), as the JSON Schema does; `take`, as
   * Stream's command line tool did when asked to be lighter (`--lighter-validation-id`).
   */
  distinctIds: Config.withDefault(Setting.oneOf("refuse", "take"), "refuse"),
  /** Most bytes of custom data. Default 5,120, with a warning from 5,000 on. */
  customBytes: Config.optional(Setting.whole()),
  /** Most bytes of a file. Default 300,000,000. */
  fileBytes: Config.withDefault(Setting.whole(), Limits.fileBytes),
  /** Longest item that is read, in bytes: at most 512 MiB, as no longer text fits into memory. Default 8 MiB. */
  itemBytes: Config.withDefault(Setting.whole(1, 2 ** 29), JsonElements.MAX_ELEMENT_BYTES),
  /** Whether to look for keys that stand twice in one object, which takes about twice the time. Default `ignore`. */
  repeatedKeys: Config.withDefault(Setting.oneOf("find", "ignore"), "ignore"),
  /** Examples per rule in a result. Default 10. */
  examples: Config.withDefault(Setting.whole(0), 10),
  /** Bytes of ids kept in memory before they go to disk. Default 16 MiB. */
  memoryBytes: Config.withDefault(Setting.whole(), 16 << 20)
}).annotate({ expected: 'an object such as { references: "app" }' })
/** `Settings` as they are given. */
export type Settings = typeof Settings.Encoded

export const Options = Schema.Struct({
  files: Setting.paths,
  dialect: Config.optional(dialect),
  settings: Config.withDefault(Settings, {}),
  stageDirectory: Config.optional(Setting.path)
}).check(
  Config.rules(({ files }) =>
    files.length < MAX_FILES ? [] : [[["files"], `must be from 1 to ${MAX_FILES - 1} paths`]]
  )
)

/** All settings, defaults filled in. */
export interface Resolved {
  readonly userRoles: ReadonlySet<string> | undefined
  readonly channelRoles: ReadonlySet<string> | undefined
  readonly textLengths: ReadonlyMap<string, number> | undefined
  readonly hasTeams: boolean
  readonly references: "file" | "app"
  readonly itemTypes: ReadonlySet<string>
  readonly distinctIds: "refuse" | "take"
  readonly customBytes: number
  readonly customBytesDoubtful: number
  readonly fileBytes: number
  readonly itemBytes: number
  readonly findsRepeatedKeys: boolean
  readonly examples: number
  readonly memoryBytes: number
}

/** Reads settings from a JSON file. */
export const read = (path: string, fs: FileSystem.FileSystem): Effect.Effect<Settings, ValidatorError> =>
  fs.readFileString(path).pipe(
    Effect.mapError((cause) => failure(new ReadFailed({ path, cause }))),
    Effect.flatMap((text) =>
      Effect.mapError(decodeText(text), ({ message: problem }) =>
        failure(new SinkError.InvalidConfig({ setting: path, problem }))
      )
    )
  )

export interface Judged {
  readonly files: ReadonlyArray<string>
  readonly dialect: typeof dialect.Type | undefined
  readonly settings: Resolved
  readonly stageDirectory: string | undefined
}

/** Checks what was asked for. */
export const judge = (options: unknown): Effect.Effect<Judged, ValidatorError> =>
  Config.decode(Options, options).pipe(
    Effect.map(({ dialect, files, settings, stageDirectory }) => ({
      files,
      dialect,
      settings: resolve(settings),
      stageDirectory
    })),
    Effect.mapError(failure)
  )

// internal

const resolve = (settings: typeof Settings.Type): Resolved => ({
  userRoles: settings.app.userRoles && new Set(settings.app.userRoles),
  channelRoles: settings.app.channelRoles && new Set(settings.app.channelRoles),
  textLengths:
    settings.app.channelTypes &&
    new Map(
      Object.entries(settings.app.channelTypes).map(([type, { maxMessageLength }]) => [
        type,
        maxMessageLength ?? Limits.defaultTextLength
      ])
    ),
  hasTeams: settings.app.teams,
  references: settings.references,
  itemTypes: new Set(settings.itemTypes),
  distinctIds: settings.distinctIds,
  customBytes: settings.customBytes ?? KIBIBYTES_5,
  customBytesDoubtful: settings.customBytes ?? Limits.customBytes,
  fileBytes: settings.fileBytes,
  itemBytes: settings.itemBytes,
  findsRepeatedKeys: settings.repeatedKeys === "find",
  examples: settings.examples,
  memoryBytes: settings.memoryBytes
})

const KIBIBYTES_5 = 5 * 1024

/** Judges the settings of a file, and gives them as they are written. */
const decodeText = (text: string) =>
  Effect.try({ try: () => Json.parse(text), catch: Json.invalid }).pipe(
    Effect.tap((given) => Config.decode(Settings, given)),
    Effect.map((given) => given as Settings)
  )
