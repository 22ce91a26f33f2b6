import { SinkError } from "@chatferry/core"
import { Json, JsonElements } from "@chatferry/core/files"
import { Setting, Settings as Config } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Limits from "../../StreamImportLimits.ts"
import { dialect } from "../format/config.ts"
import { failure, ReadFailed, type ValidatorError } from "./failures.ts"

export const AppSettings = Schema.Struct({
  /** All roles of users, including built-in ones. */
  userRoles: Config.optional(Schema.Array(Setting.name).annotate({ expected: "a list of roles" })),
  /** All roles of members, including built-in ones. */
  channelRoles: Config.optional(Schema.Array(Setting.name).annotate({ expected: "a list of roles" })),
  /** All channel types, with the maximum length of their messages in code points, 5,000 if left out. */
  channelTypes: Config.optional(
    Setting.byName(
      Schema.Struct({ maxMessageLength: Config.optional(Setting.whole()) }).annotate({
        expected: "an object such as { maxMessageLength: 20000 }"
      }),
      "an object with a key for each channel type"
    )
  ),
  /**
   * Whether members must be in the team of their channel.
   *
   * @default true
   */
  teams: Config.withDefault(Setting.flag, true)
}).annotate({ expected: "an object such as { userRoles: [] }" })
/** `AppSettings` before they are decoded. */
export type AppSettings = typeof AppSettings.Encoded

export const Settings = Schema.Struct({
  /** The configuration of the app. Without it, Stream's built-in roles and types are assumed, and others only give warnings. */
  app: Config.withDefault(AppSettings, {}),
  /**
   * Where the objects must be that a JSON Lines file refers to. `file`: in the file or in the files before it. `app`: they
   * may also be in the app already, so those that are not in the files only give warnings.
   *
   * @default file
   */
  references: Config.withDefault(Setting.oneOf("file", "app"), "file"),
  /**
   * Item types to accept without a warning, such as `channel_member`, `poll` and `poll_vote`.
   *
   * @default []
   */
  itemTypes: Config.withDefault(
    Schema.Array(Setting.oneOf("channel_member", "device", "poll", "poll_vote")).annotate({
      expected: "a list of types of items"
    }),
    []
  ),
  /**
   * What to do about channel ids that Stream computed from members, `!members-…`. `reject`: report them, like the JSON
   * Schema. `take`: accept them, like Stream's command line tool with `--lighter-validation-id`.
   *
   * @default reject
   */
  distinctIds: Config.withDefault(Setting.oneOf("reject", "take"), "reject"),
  /**
   * Most bytes of custom data.
   *
   * @default 5,120, with a warning over 5,000
   */
  customBytes: Config.optional(Setting.whole()),
  /**
   * Most bytes of a file.
   *
   * @default 300,000,000
   */
  fileBytes: Config.withDefault(Setting.whole(), Limits.fileBytes),
  /**
   * Largest item that is read, in bytes. It is at most 512 MiB, because JavaScript has no longer texts.
   *
   * @default 8 MiB
   */
  itemBytes: Config.withDefault(Setting.whole(1, 2 ** 29), JsonElements.MAX_ELEMENT_BYTES),
  /**
   * Whether to find keys that occur twice in one object, which takes about twice the time.
   *
   * @default ignore
   */
  repeatedKeys: Config.withDefault(Setting.oneOf("find", "ignore"), "ignore"),
  /**
   * Examples per rule in a result.
   *
   * @default 10
   */
  examples: Config.withDefault(Setting.whole(0), 10),
  /**
   * Bytes of ids to keep in memory before they go to disk.
   *
   * @default 48 MiB
   */
  memoryBytes: Config.withDefault(Setting.whole(), 48 << 20)
}).annotate({ expected: 'an object such as { references: "app" }' })
/** `Settings` before they are decoded. */
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

/** All settings with their defaults. */
export interface Resolved {
  readonly userRoles: ReadonlySet<string> | undefined
  readonly channelRoles: ReadonlySet<string> | undefined
  readonly textLengths: ReadonlyMap<string, number> | undefined
  readonly hasTeams: boolean
  readonly references: "file" | "app"
  readonly itemTypes: ReadonlySet<string>
  readonly distinctIds: "reject" | "take"
  readonly customBytes: number
  readonly customBytesAmbiguous: number
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

/** Validates options and fills in defaults. */
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

/** Validates settings alone, and fills in defaults. */
export const judgeSettings = (settings: unknown): Effect.Effect<Resolved, ValidatorError> =>
  Config.decode(Settings, settings).pipe(Effect.map(resolve), Effect.mapError(failure))

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
  customBytesAmbiguous: settings.customBytes ?? Limits.customBytes,
  fileBytes: settings.fileBytes,
  itemBytes: settings.itemBytes,
  findsRepeatedKeys: settings.repeatedKeys === "find",
  examples: settings.examples,
  memoryBytes: settings.memoryBytes
})

const KIBIBYTES_5 = 5 * 1024

/** Validates the settings in a file, and returns them as they are written. */
const decodeText = (text: string) =>
  Effect.try({ try: () => Json.parse(text), catch: Json.invalid }).pipe(
    Effect.tap((given) => Config.decode(Settings, given)),
    Effect.map((given) => given as Settings)
  )

/** One more than the number of files that a run may have. */
export const MAX_FILES = 4096
