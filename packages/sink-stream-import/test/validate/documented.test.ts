import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { array, channel, type Content, type Entry, lines, message, user, validate, write } from "./files.ts"

/** The report in Stream's own format. */
const report = (content: Content) =>
  Effect.gen(function* () {
    const result = yield* StreamImportValidator.validate({ files: yield* write([content]) })
    return yield* StreamImportValidator.errorReport(result)
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

const jesse = "aad24491-c286-4169-bbfc-9280de419cb6"
const circus = "6e693c74-262d-4d3d-8846-686364c571c8"

/** The example of the import page for arrays, with its commas: the user comes last. */
const example: ReadonlyArray<Entry> = [
  ["channel", { id: circus, type: "livestream", created_by: jesse, name: "Rock'n Roll Circus" }],
  [
    "member",
    {
      channel_type: "livestream",
      channel_id: circus,
      user_id: jesse,
      is_moderator: true,
      created_at: "2017-02-01T02:00:00Z"
    }
  ],
  [
    "message",
    {
      id: "977e691a-c091-4e3b-8f70-ba8944a3e500",
      channel_type: "livestream",
      channel_id: circus,
      user: jesse,
      text: "Such a great song, check out my solo at 2:25",
      type: "regular",
      created_at: "2017-02-01T02:00:00Z",
      attachments: [
        {
          type: "video",
          url: "https://www.youtube.com/watch?v=flgUbBtjl9c",
          image_url: "https://my.domain.com/awesome/image.jpg"
        }
      ]
    }
  ],
  [
    "reaction",
    {
      message_id: "977e691a-c091-4e3b-8f70-ba8944a3e500",
      type: "love",
      user_id: jesse,
      created_at: "2019-03-02T15:00:00Z"
    }
  ],
  [
    "user",
    {
      id: jesse,
      name: "Jesse",
      image: "http://getstream.com",
      created_at: "2017-01-01T01:00:00Z",
      role: "moderator",
      invisible: true,
      description: "Taj Mahal guitar player at some point"
    }
  ]
]

const long = "waytoolong".repeat(7)

/** The error table of the page: Stream's error, and a file that causes it. */
const table: ReadonlyArray<{ readonly error: string; readonly content: Content; readonly type?: string }> = [
  {
    error: "Validation error: max channelID length exceeded (64)",
    content: array(user(), channel(long)),
    type: "channel"
  },
  {
    error: 'Validation error: max "type" length exceeded (64)',
    content: array(user(), channel("hall", { type: long })),
    type: "channel"
  },
  {
    error: "Validation error: either channel.id or channel.member_ids should be provided, but not both",
    content: array(user(), channel("hall", { member_ids: ["ada"] })),
    type: "channel"
  },
  {
    error: "Validation error: channel.id or channel.member_ids required, but not both",
    content: array(user(), ["channel", { type: "messaging", created_by: "ada" }]),
    type: "channel"
  },
  {
    error: 'Validation error: "created_by" required',
    content: array(user(), ["channel", { id: "hall", type: "messaging" }]),
    type: "channel"
  },
  {
    error:
      'Validation error: created_by user "ada" doesn\'t exist (channel "messaging:hall"). please include all users as separate user entries',
    content: array(channel()),
    type: "channel"
  },
  { error: 'Parse error: invalid item type "foobar"', content: array(user(), ["foobar", {}]) },
  {
    error: "Parse error: invalid character ',' looking for beginning of value",
    content: '[{"type":"user","item":{"id":"ada"}},,{"type":"user","item":{"id":"bob"}}]'
  },
  {
    error: 'Validation error: "online" is a reserved field',
    content: lines(user("a", { online: true })),
    type: "user"
  },
  { error: 'Validation error: duplicated item "ada"', content: lines(user(), user()), type: "user" },
  {
    error: "Validation error: 'model' is not a valid field",
    content: lines(user(), [
      "device",
      {
        id: "d",
        user_id: "ada",
        push_provider_type: "apn",
        push_provider_name: "x",
        created_at: "2020-01-01T00:00:00Z",
        model: 1
      }
    ]),
    type: "device"
  }
]

describe("the validator", () => {
  it.effect("accepts the example on Stream's page, wherever its user is", () =>
    Effect.gen(function* () {
      for (const entries of [example, example.toReversed()]) {
        const result = yield* validate({ files: [array(...entries)] })
        assert.deepStrictEqual(result.errors, [])
        assert.deepStrictEqual(result.items, { channel: 1, member: 1, message: 1, reaction: 1, user: 1 })
      }
    })
  )

  it.effect.each(table)("reports $error", ({ content, error, type }) =>
    Effect.gen(function* () {
      const { errors } = yield* report(content)
      assert.deepStrictEqual(
        errors.map((one) => [one.error, one.item_type]),
        [[error, type]]
      )
    })
  )

  it.effect("has Stream's format of error reports, with the item and the counts", () =>
    Effect.gen(function* () {
      const item = { id: long, type: "messaging", created_by: "ada" }
      assert.deepStrictEqual(yield* report(array(user(), ["channel", item])), {
        errors: [
          { error: "Validation error: max channelID length exceeded (64)", item_type: "channel", item }
        ],
        stats: { total: { messages: 0, members: 0, reactions: 0, channels: 1, users: 1 } }
      })
    })
  )

  it.effect("only requires the order of types in lines", () =>
    Effect.gen(function* () {
      const { errors } = yield* validate({ files: [lines(...example)] })
      assert.deepStrictEqual(
        errors.map(({ code, count }) => [code, count]),
        [["item_order", 1]]
      )
    })
  )

  it.effect("reports the line, the byte and the field of a problem", () =>
    Effect.gen(function* () {
      const first = lines(user("ü"), user())
      const { errors } = yield* validate({ files: [first + lines(channel("hall", { frozen: 1 }))] })
      const [example] = errors.find(({ code }) => code === "field_type")?.examples ?? []
      assert.deepInclude(example, { line: 3, byte: Buffer.byteLength(first), pointer: "/data/frozen" })
      const indented = JSON.stringify(
        [user(), channel(), message("m", { text: "a\nb" }), message("n", { user: 5 })].map(
          ([type, item]) => ({ type, item })
        ),
        undefined,
        2
      )
      const other = yield* validate({ files: [indented] })
      const location = indented.indexOf("{", indented.indexOf('"m"'))
      const [found] = other.errors[0]?.examples ?? []
      assert.deepInclude(found, {
        byte: location,
        line: indented.slice(0, location).split("\n").length,
        pointer: "/item/user"
      })
    })
  )
})
