import type { Rejected } from "@chatferry/core"
import { StreamSource } from "@chatferry/source-stream"
import { SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { isMany, property } from "../../../test/runs.ts"
import { asLines, gzip, exportedChannels, zip } from "./generated.ts"
import { type Files, folderOf } from "./reading.ts"

type Edit = (text: string) => string

const broken = { channel: { name: "no id" }, messages: [{ text: "no id" }, 5], members: [] }
const repaired = {
  channel: { type: "messaging", id: "late", name: "an id" },
  messages: [
    { id: "late-1", user: { id: "person-1" }, created_at: "2024-03-05T10:00:00Z", text: "an id" },
    { id: "late-2", user: { id: "person-1" }, created_at: "2024-03-05T10:00:01Z", text: "a message" }
  ],
  members: []
}

const BROKEN_LINES = '{"type":"message","data":{"text":"no id"}}\n{"what":1}\nx\n'
const user = (id: string) => ({ type: "user", data: { id, role: "user" } })
const repairedLines = {
  missing_id: { type: "message", data: { ...repaired.messages[0], cid: "messaging:room-0" } },
  unrecognised_record: user("late-user"),
  invalid_json: user("later-user")
}
const REPAIRED_LINES = Object.values(repairedLines)
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("")

/** Corrections of rejects, by reason. */
const rightOf = ({ code, kind, location }: Rejected.Rejected) => {
  if (location.includes(":line ")) return repairedLines[code as keyof typeof repairedLines]
  if (kind === "channel") return repaired.channel
  return repaired.messages[code === "missing_id" ? 0 : 1]
}

/** The same text without the parts that are rejected. */
const repair: Edit = (text) => {
  const indented = (value: unknown) => JSON.stringify({ channels: [value] }, undefined, 2).slice(17, -4)
  return text
    .replace(JSON.stringify(broken), JSON.stringify(repaired))
    .replace(indented(broken), indented(repaired))
    .replace(BROKEN_LINES, REPAIRED_LINES)
}

const shapes: ReadonlyArray<{
  readonly shape: string
  /** The quick ones contain the others, compressed or in a folder. */
  readonly isQuick?: true
  readonly files: (messages: number, edit: Edit) => Files
}> = [
  {
    shape: "an array of version 1",
    files: (n, edit) => ({ "a.json": edit(JSON.stringify([...exportedChannels(3, n), broken])) })
  },
  {
    shape: "an indented object of version 1",
    isQuick: true,
    files: (n, edit) => ({
      "a.json": edit(
        JSON.stringify({ channels: [...exportedChannels(3, n), broken], duration: "1s" }, undefined, 2)
      )
    })
  },
  {
    shape: "lines of version 2",
    files: (n, edit) => ({ "a.jsonl": edit(`${asLines(exportedChannels(3, n))}${BROKEN_LINES}`) })
  },
  {
    shape: "gzip of version 2",
    isQuick: true,
    files: (n, edit) => ({ "a.gz": gzip(edit(`${asLines(exportedChannels(3, n))}${BROKEN_LINES}`)) })
  },
  {
    shape: "a zip archive of both",
    isQuick: true,
    files: (n, edit) => ({
      "export.zip": zip({
        "1.json.gz": gzip(edit(JSON.stringify(exportedChannels(1, n)))),
        "2/a.jsonl": edit(asLines(exportedChannels(2, n).slice(1))),
        "2/b.json": edit(JSON.stringify([...exportedChannels(3, n).slice(2), broken]))
      })
    })
  },
  {
    shape: "a folder of both",
    isQuick: true,
    files: (n, edit) => ({
      "1.json.gz": gzip(edit(JSON.stringify(exportedChannels(1, n)))),
      "2/a.jsonl": edit(asLines(exportedChannels(2, n).slice(1))),
      "2/b.json": edit(JSON.stringify([...exportedChannels(3, n).slice(2), broken])),
      "notes.txt": "of no concern"
    })
  }
]

const source = (folder: string, limits: SourceContract.Limits = {}) =>
  StreamSource.files({ inputs: [folder], batchRecords: 64, ...limits })
const asIs: Edit = (text) => text

describe.each(shapes.filter(({ isQuick }) => isMany || isQuick))(
  "an export as $shape keeps the source contract:",
  ({ files, shape }) => {
    // Each rule has files of its own, which take longer to make than to write.
    const made = {
      one: files(200, asIs),
      longer: files(201, asIs),
      replaced: files(200, (text) => text.replaceAll("Name of", "Game of")),
      right: files(200, repair)
    }
    const fixture = Effect.all({
      one: folderOf(made.one),
      copy: folderOf(made.one),
      longer: folderOf(made.longer),
      replaced: folderOf(made.replaced),
      right: folderOf(made.right)
    })

    const rules = SourceContract.rules({
      fixture,
      source: ({ one }, limits) => source(one, limits),
      changed: ({ longer, one, replaced }) => [
        { what: "one more message", source: source(longer) },
        { what: "the content of the files", source: source(replaced) },
        {
          what: "stripSignedUrls",
          source: StreamSource.files({ inputs: [one], batchRecords: 64, stripSignedUrls: true })
        }
      ],
      moved: ({ copy }) => source(copy),
      replaced: ({ replaced }, limits) => source(replaced, limits),
      failing: ({ one }) => [{ source: source(`${one}/nowhere`), reason: "InvalidConfig" }],
      expected: {
        // Each user is remembered from channel to channel.
        records: { user: 41, channel: 3, member: 33 + 15, message: 600, reaction: 402 },
        rejected: shape.includes("version 2") ? { message: 1, unknown: 2 } : { channel: 1, message: 2 }
      },
      corrected: ({ right }) => ({
        source: source(right),
        originalOf: rightOf
      }),
      kept: ["Text of room-0-message-7", "Land 1", "fine", "08:17:49.745857123Z", "10:00:00.12345Z"],
      content: ["Land 1", "Text of", "Name of", "fine"],
      secrets: []
    })

    it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer), property)
  }
)
