/** Generated Sendbird exports: whole, damaged in known ways, and read with various settings. */
import { gzipSync } from "node:zlib"
import { Source } from "@chatferry/core"
import { type SendbirdSource } from "@chatferry/source-sendbird"
import { Corruption, SendbirdExport } from "@chatferry/testkit/sendbird"
import { zipOf } from "../../../packages/connector/test/files/zipOf.ts"
import {
  activeUser,
  failedWebhook,
  groupChannel,
  groupChannelOfMessages,
  openChannel,
  textMessage
} from "../../../packages/source-sendbird/test/exportFiles.ts"
import { type Case, ofFiles } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sources from "../sources.ts"

const base: SendbirdExport.Options = { seed: 21, messages: 500, overlap: 0.1 }

const forms: ReadonlyArray<Case> = [
  ofFiles("sendbird: folders", Inputs.sendbird(base), { source: Sources.sendbird() }),
  ofFiles("sendbird: folders, indented", Inputs.sendbird({ ...base, seed: 22, pretty: true }), {
    source: Sources.sendbird()
  }),
  ofFiles("sendbird: zips", Inputs.sendbird(base, "zips"), { source: Sources.sendbird() }),
  ofFiles("sendbird: tables", Inputs.sendbird({ ...base, format: "csv" }), { source: Sources.sendbird() }),
  ofFiles(
    "sendbird: tables, zips, semicolons",
    Inputs.sendbird({ ...base, seed: 23, format: "csv", csvDelimiter: ";" }, "zips"),
    { source: Sources.sendbird({ csvDelimiter: ";" }) }
  ),
  ofFiles("sendbird: times of Seoul", Inputs.sendbird({ ...base, seed: 24, timezone: "Asia/Seoul" }), {
    source: Sources.sendbird()
  }),
  ofFiles("sendbird: a zip in a zip", nested(), { source: Sources.sendbird() }),
  ofFiles("sendbird: a zip in a zip that is too large", nested(), {
    source: Sources.sendbird({ maxNestedBytes: 1000 })
  }),
  ofFiles(
    "sendbird: nothing of an export",
    Inputs.files(() => ({ "a.txt": "hello", "b.gz": gzipSync("hello") })),
    { source: Sources.sendbird() }
  )
]

function nested(): Inputs.Input {
  return Inputs.files(() => {
    const entries = Array.from(
      SendbirdExport.generate({ seed: 25, messages: 120, windows: 1 }).files,
      (file) => ({
        name: file.path,
        content: Buffer.concat(Array.from(file.bytes))
      })
    )
    return { "outer.zip": zipOf([{ name: "inner.zip", content: zipOf(entries) }]) }
  })
}

/** Features that are otherwise rare. */
const features: Readonly<Record<string, SendbirdExport.Options["features"]>> = {
  messages: {
    removed: 0.3,
    edited: 0.3,
    replies: 0.5,
    orphans: 0.2,
    shownInChannel: 0.3,
    silent: 0.2,
    polls: 0.2
  },
  files: { files: 0.6, voice: 0.3, severalFiles: 0.4, protectedFiles: 0.5, links: 0.3 },
  texts: {
    textTimes: 0.5,
    loneSurrogates: 0.3,
    translations: 0.4,
    extra: 0.6,
    metaArrays: 0.4,
    mentions: 0.5
  },
  channels: { open: 0.5, unlisted: 0.3, distinct: 0.6, textBooleans: 0.5, bigIds: 0.5 },
  people: { deactivated: 0.3, formerMembers: 0.3, unknownReactors: 0.3, reactions: 0.6, admin: 0.3 }
}

const settings: Readonly<Record<string, Omit<SendbirdSource.ArchivesConfig, "inputs">>> = {
  "personal fields, without signatures": { keepPersonalFields: true, stripSignedUrls: true },
  "small batches": { batchRecords: 7 },
  "small elements": { maxElementBytes: 900 },
  "few entries": { maxEntries: 3 },
  "small entries": { maxEntryBytes: 20_000 },
  "another name": { name: "other" }
}

const zips = Inputs.sendbird({ seed: 26, messages: 400 }, "zips")

const variants: ReadonlyArray<Case> = [
  ...Object.entries(features).map(([name, given]) =>
    ofFiles(
      `sendbird: many features of ${name}`,
      Inputs.sendbird({ seed: 31, messages: 350, features: given }),
      {
        source: Sources.sendbird()
      }
    )
  ),
  ...Object.entries(settings).map(([name, given]) =>
    ofFiles(`sendbird: settings, ${name}`, zips, { source: Sources.sendbird(given) })
  ),
  ofFiles("sendbird: some kinds only", zips, {
    source: (input) => Source.filterKinds(Sources.sendbird()(input), ["user", "channel", "message"])
  }),
  ofFiles("sendbird: joined with itself", zips, {
    source: (input) =>
      Source.concat(
        "both",
        [
          Sources.sendbird({ name: "one" })(input),
          Sources.sendbird({ name: "other", stripSignedUrls: true })(input)
        ],
        { ids: "shared" }
      )
  })
]

const through = (options: Corruption.Options) => ({ through: Corruption.make(options).apply })

const damaged: ReadonlyArray<Case> = [
  ...[1, 2, 3, 4].map((seed) =>
    ofFiles(
      `sendbird: damaged, seed ${seed}`,
      Inputs.sendbird(
        () => ({ seed: 40 + seed, messages: 300, pretty: seed === 2, ...through({ seed, share: 0.2 }) }),
        seed % 2 === 0 ? "zips" : "folders"
      ),
      { source: Sources.sendbird() }
    )
  ),
  ...Corruption.readable.map((damage) =>
    ofFiles(
      `sendbird: damaged, ${damage}`,
      Inputs.sendbird(() => ({ seed: 45, messages: 120, ...through({ share: 0.15, damages: [damage] }) })),
      { source: Sources.sendbird() }
    )
  ),
  ...(["folders", "zips"] as const).map((form) =>
    ofFiles(
      `sendbird: cut off, ${form}`,
      Inputs.sendbird(
        () => ({ seed: 46, messages: 200, ...through({ share: 0.01, damages: ["truncated"] }) }),
        form
      ),
      { source: Sources.sendbird() }
    )
  ),
  ofFiles(
    "sendbird: damaged beyond the budget",
    Inputs.sendbird(() => ({ seed: 47, messages: 300, ...through({ share: 0.2 }) })),
    { source: Sources.sendbird(), policy: { errorBudget: { percent: 1, atLeast: 10 } } }
  )
]

/** Values that no provider writes, in every field. */
const hostile = ofFiles(
  "sendbird: hostile values",
  Inputs.files(() => {
    const list = (bases: ReadonlyArray<object>, count: number, seed: number) =>
      `[${Inputs.hostile(bases, count, seed).join()}]`
    const member = groupChannelOfMessages.members[0] ?? {}
    return {
      "messages/a.json": `{"messages":${list([textMessage], 160, 1)},"channel":${JSON.stringify(groupChannelOfMessages)}}`,
      "messages/b.json": `{"channel":{"channel_url":"b","members":${list([member], 60, 2)}},"messages":[]}`,
      "channels/group.json": `{"group_channels":${list([groupChannel], 100, 3)}}`,
      "channels/open.json": `{"open_channels":${list([openChannel], 60, 4)}}`,
      "users/users.json": `{"active_users":${list([activeUser], 60, 5)}}`,
      "webhooks/a.json": `{"failed_webhooks":${list([failedWebhook], 40, 6)}}`
    }
  }),
  { source: Sources.sendbird() }
)

export const sendbirdCases: ReadonlyArray<Case> = [...forms, ...variants, ...damaged, hostile]
