/** The inputs of the project's own tests, with handwritten records. */
import { gzipSync } from "node:zlib"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { EntityGenerator } from "@chatferry/testkit"
import { zipOf } from "../../../packages/connector/test/files/zipOf.ts"
import {
  channelRow,
  csvOf,
  memberRow,
  messageRow,
  userRow,
  webhookRow
} from "../../../packages/source-sendbird/test/csvOf.ts"
import { exportFiles } from "../../../packages/source-sendbird/test/exportFiles.ts"
import { version1, version2 } from "../../../packages/source-stream/test/exportOf.ts"
import { asLines, exportedChannels, zip } from "../../../packages/source-stream/test/generated.ts"
import { files as realShape } from "../../realShape.ts"
import { type Bytes, cases as rejects, type Make, MAX_BYTES } from "../../rejects/cases.ts"
import { sendbirdJson } from "../../rejects/sendbirdCases.ts"
import { sendbirdCsv } from "../../rejects/sendbirdRows.ts"
import { streamRecords } from "../../rejects/streamCases.ts"
import { traps } from "../../streamTraps.ts"
import { type Case, ofFiles } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sources from "../sources.ts"

const small = Inputs.there(`${Inputs.TESTS}/fixtures/sendbird-small`)

const sendbird: ReadonlyArray<Case> = [
  ofFiles("golden: sendbird-small", small, { source: Sources.sendbird() }),
  ofFiles("golden: sendbird-small, personal fields", small, {
    source: Sources.sendbird({ keepPersonalFields: true })
  }),
  ofFiles("golden: sendbird-small, without signatures", small, {
    source: Sources.sendbird({ stripSignedUrls: true })
  }),
  ofFiles("golden: sendbird-small, files one by one", small, {
    source: (input) =>
      SendbirdSource.archives({
        inputs: ["messages-group", "messages-open", "channels", "users", "inactive", "webhooks"].map(
          (name) => `${input}/${name}.json`
        )
      })
  }),
  ofFiles(
    "golden: a real export's shape",
    Inputs.files(() => realShape),
    { source: Sources.sendbird() }
  ),
  ofFiles(
    "golden: a real export's shape, zip",
    Inputs.files(() => ({
      "export.zip": zipOf(
        Object.entries(realShape).map(([name, content]) => ({ name, content: JSON.stringify(content) }))
      )
    })),
    { source: Sources.sendbird() }
  ),
  ofFiles(
    "golden: sendbird, every oddity",
    Inputs.files(() => exportFiles(600)),
    { source: Sources.sendbird() }
  ),
  ofFiles(
    "golden: sendbird, tables",
    Inputs.files(() => ({
      "messages.csv": csvOf([messageRow, { ...messageRow, message_id: "10463242991", user_id: "bo" }]),
      "users.csv": csvOf([userRow, { ...userRow, user_id: "bo", is_active: "false" }]),
      "members.csv": csvOf([memberRow, { ...memberRow, user_id: "bo", role: "" }], { isQuoted: true }),
      "channels.csv": csvOf([channelRow], { lineEnd: "\r\n" }),
      "webhooks.csv": csvOf([webhookRow])
    })),
    { source: Sources.sendbird() }
  )
]

const envelopes: Readonly<Record<string, (kind: string, value: object) => object>> = {
  "type and item": (type, item) => ({ type, item }),
  "a single key": (type, value) => ({ [type]: value }),
  "type and its name": (type, value) => ({ type, [type]: value }),
  none: (_, value) => value
}

const soup = () => EntityGenerator.make({ seed: 12, records: 250 })

const stream: ReadonlyArray<Case> = [
  ...Object.entries<() => Record<string, string | Uint8Array>>({
    "version 1": () => ({ "a.json": JSON.stringify(traps) }),
    "version 2": () => ({ "a.jsonl": asLines(traps) }),
    gzip: () => ({ "a.json.gz": gzipSync(JSON.stringify({ channels: traps })) }),
    zip: () => ({
      "a.zip": zip({ "a.json": JSON.stringify(traps), "b.jsonl": asLines(exportedChannels(2, 20)) })
    })
  }).map(([form, files]) =>
    ofFiles(`golden: stream, traps, ${form}`, Inputs.files(files), { source: Sources.stream() })
  ),
  ...Object.entries(envelopes).map(([name, envelope]) =>
    ofFiles(
      `golden: stream, rooms, envelope: ${name}`,
      Inputs.files(() => ({ "a.jsonl": asLines(exportedChannels(4, 30), envelope) })),
      { source: Sources.stream() }
    )
  ),
  ...(["flat", "nested"] as const).flatMap((custom) => [
    ofFiles(
      `golden: stream, entities, version 1, ${custom}`,
      Inputs.files(() => ({ "a.json": version1(soup(), custom) })),
      { source: Sources.stream() }
    ),
    ofFiles(
      `golden: stream, entities, version 2, ${custom}`,
      Inputs.files(() => ({ "a.jsonl": version2(soup(), custom) })),
      { source: Sources.stream({ stripSignedUrls: true }) }
    )
  ])
]

const ndjson: ReadonlyArray<Case> = [
  ofFiles("golden: ndjson of sendbird-small", Inputs.there(`${Inputs.TESTS}/golden/sendbird-small/ndjson`), {
    source: Sources.ndjson()
  })
]

/** A file for each kind of reject and each code. */
const rejected = (makes: ReadonlyArray<Make>, count: number, which: "clean" | "damaged") =>
  Inputs.files(() =>
    Object.fromEntries(rejects(makes, count).map((one): [string, Bytes] => [one.file, one[which]]))
  )

const everyReject: ReadonlyArray<Case> = (["clean", "damaged"] as const).flatMap((which) => [
  ofFiles(`golden: rejects of sendbird's JSON, ${which}`, rejected(sendbirdJson, 400, which), {
    source: Sources.sendbird({ maxElementBytes: MAX_BYTES })
  }),
  ofFiles(`golden: rejects of sendbird's CSV, ${which}`, rejected(sendbirdCsv, 200, which), {
    source: Sources.sendbird({ maxElementBytes: MAX_BYTES })
  }),
  ofFiles(`golden: rejects of stream's records, ${which}`, rejected(streamRecords, 400, which), {
    source: Sources.stream({ maxElementBytes: MAX_BYTES })
  })
])

export const goldenCases: ReadonlyArray<Case> = [...sendbird, ...stream, ...ndjson, ...everyReject]
