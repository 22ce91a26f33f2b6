import { Json, JsonElements } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Limits from "../../StreamImportLimits.ts"
import { failure, InvalidSettings, ReadFailed, type ValidatorError } from "./failures.ts"

const Count = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(1)))

export class AppSettings extends Schema.Opaque<AppSettings>()(
  Schema.Struct({
    /** All roles users can have, built-in ones too. */
    userRoles: Schema.optionalKey(Schema.Array(Schema.String)),
    /** All roles members can have, built-in ones too. */
    channelRoles: Schema.optionalKey(Schema.Array(Schema.String)),
    /** All channel types, with the code points a message may have; 5,000 when it is not said. */
    channelTypes: Schema.optionalKey(
      Schema.Record(Schema.String, Schema.Struct({ maxMessageLength: Schema.optionalKey(Count) }))
    ),
    /** Whether members must be in the team of their channel. Default true. */
    teams: Schema.optionalKey(Schema.Boolean)
  })
) {}

export class Settings extends Schema.Opaque<Settings>()(
  Schema.Struct({
    /** What the app is set up for. What is not said is checked against what Stream has built in, and then only warned about. */
    app: Schema.optionalKey(AppSettings),
    /**
     * Where a JSON Lines file may refer to: `file` (default), itself and the files before it; `app`, what the app has
     * already too, so that what is not in the files is only counted.
     */
    references: Schema.optionalKey(Schema.Literals(["file", "app"])),
    /** Item types to take without a warning, such as `channel_member`, `poll` and `poll_vote`. Default none. */
    itemTypes: Schema.optionalKey(
      Schema.Array(Schema.Literals(["channel_member", "device", "poll", "poll_vote"]))
    ),
    /** Most bytes of custom data. Default 5,120, with a warning from 5,000 on. */
    customBytes: Schema.optionalKey(Count),
    /** Most bytes of a file. Default 300,000,000. */
    fileBytes: Schema.optionalKey(Count),
    /** Longest item that is read, in bytes: at most 512 MiB, as no longer text fits into memory. Default 8 MiB. */
    itemBytes: Schema.optionalKey(Count.pipe(Schema.check(Schema.isLessThanOrEqualTo(2 ** 29)))),
    /** Whether to look for keys that stand twice in one object, which takes about twice the time. Default `ignore`. */
    repeatedKeys: Schema.optionalKey(Schema.Literals(["find", "ignore"])),
    /** Examples per rule in a result. Default 10. */
    examples: Schema.optionalKey(Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))),
    /** Bytes of ids kept in memory before they go to disk. Default 16 MiB. */
    memoryBytes: Schema.optionalKey(Count)
  })
) {}

/** All settings, defaults filled in. */
export interface Resolved {
  readonly userRoles: ReadonlySet<string> | undefined
  readonly channelRoles: ReadonlySet<string> | undefined
  readonly textLengths: ReadonlyMap<string, number> | undefined
  readonly hasTeams: boolean
  readonly references: "file" | "app"
  readonly itemTypes: ReadonlySet<string>
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
      Effect.mapError(decodeText(text), (error) =>
        failure(new InvalidSettings({ setting: path, problem: inOneLine(error) }))
      )
    )
  )

/** Checks settings that did not come from a file. */
export const check = (settings: unknown): Effect.Effect<Resolved, ValidatorError> =>
  Effect.map(
    Effect.mapError(decode(settings), (error) =>
      failure(new InvalidSettings({ setting: "settings", problem: inOneLine(error) }))
    ),
    resolve
  )

// internal

const resolve = (settings: Settings): Resolved => ({
  userRoles: settings.app?.userRoles && new Set(settings.app.userRoles),
  channelRoles: settings.app?.channelRoles && new Set(settings.app.channelRoles),
  textLengths:
    settings.app?.channelTypes &&
    new Map(
      Object.entries(settings.app.channelTypes).map(([type, { maxMessageLength }]) => [
        type,
        maxMessageLength ?? Limits.defaultTextLength
      ])
    ),
  hasTeams: settings.app?.teams ?? true,
  references: settings.references ?? "file",
  itemTypes: new Set(settings.itemTypes),
  customBytes: settings.customBytes ?? KIBIBYTES_5,
  customBytesDoubtful: settings.customBytes ?? Limits.customBytes,
  fileBytes: settings.fileBytes ?? Limits.fileBytes,
  itemBytes: settings.itemBytes ?? JsonElements.MAX_ELEMENT_BYTES,
  findsRepeatedKeys: settings.repeatedKeys === "find",
  examples: settings.examples ?? 10,
  memoryBytes: settings.memoryBytes ?? 16 << 20
})

/** What is wrong with a value stands on one line, and where it is on the next. */
const inOneLine = ({ message }: Error) => message.replaceAll(/\n\s*/gu, " ")

const KIBIBYTES_5 = 5 * 1024
const decode = Schema.decodeUnknownEffect(Settings, { onExcessProperty: "error" })
const decodeText = Json.decode(Settings, { onExcessProperty: "error" })
