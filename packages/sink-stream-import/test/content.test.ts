import { assert, describe } from "@effect/vitest"
import { base, channel, member, message, reaction, user } from "../../../test/entities.ts"
import { type Result } from "./harness.ts"
import { byId, only, table } from "./policyTable.ts"

describe("attachments and custom data", () => {
  const attachments = (...list: ReadonlyArray<object>) => [...base, message("1", { attachments: list })]
  const first = (result: Result) =>
    (only(result, "message")["attachments"] as ReadonlyArray<Record<string, unknown>>)[0] ?? {}
  table([
    {
      name: "with http URLs are upgraded, and marked for Stream to copy them",
      entities: attachments({
        type: "image",
        url: "http://x.org/a b.png",
        thumbnailUrl: "https://x.org/t.png"
      }),
      expect: (result) =>
        assert.deepStrictEqual(first(result), {
          type: "image",
          image_url: "https://x.org/a%20b.png",
          thumb_url: "https://x.org/t.png",
          migrate_resources: true
        })
    },
    {
      name: "lose characters that databases do not store, which is counted by record",
      entities: [
        user("ada", { name: "A\0da" }),
        channel("general", { createdById: "ada", name: "half \ud83d" }),
        member("general", "ada", { custom: { source: { "k\0": "v" } } }),
        member("general", "eve", { userSnapshot: { name: "E\0ve" } }),
        message("1", { text: "a\0b \\u0000 \u0001 👍", attachments: [{ type: "file", name: "\udc4d" }] }),
        message("2", { parentId: "1", type: "regular", mentionedRoles: ["r\0"] }),
        reaction("1", "like", { custom: { source: { a: ["\0"] } } })
      ],
      expect: (result) => {
        assert.strictEqual(byId(result, "user", "ada")["name"], "A\ufffdda")
        assert.strictEqual(byId(result, "user", "eve")["name"], "E\ufffdve")
        assert.strictEqual(only(result, "channel")["name"], "half \ufffd")
        assert.deepInclude(
          result.of("member").find((item) => item["user_id"] === "ada"),
          { source: { "k\ufffd": "v" } }
        )
        assert.deepInclude(byId(result, "message", "1"), {
          text: "a\ufffdb \\u0000 \u0001 👍",
          attachments: [{ type: "file", title: "\ufffd" }]
        })
        assert.deepInclude(byId(result, "message", "2"), { mentioned_roles: ["r\ufffd"] })
        assert.deepInclude(only(result, "reaction"), { source: { a: ["\ufffd"] } })
        assert.strictEqual(result.ledger.notes["character_replaced"], 7)
      }
    },
    {
      name: "with http URLs keep them as custom data if httpUrls is custom",
      entities: attachments({ type: "file", url: "http://x.org/a.pdf", name: "a.pdf" }),
      config: { httpUrls: "custom" },
      expect: (result) =>
        assert.deepStrictEqual(first(result), {
          type: "file",
          title: "a.pdf",
          chatferry: { url: "http://x.org/a.pdf" }
        })
    },
    {
      name: "with an invalid URL keep it as custom data",
      entities: attachments({ type: "file", url: "file:///etc/passwd" }),
      expect: (result) =>
        assert.deepStrictEqual(first(result), { type: "file", chatferry: { url: "file:///etc/passwd" } })
    },
    ...["https://256.1.1.1/a.pdf", "https://x.org:99999/a.pdf", "https://1.2.3.4.5/a.pdf"].map((url) => ({
      name: `with a host or port that cannot be keep it as custom data: ${url}`,
      entities: attachments({ type: "file", url }),
      expect: (result: Result) => {
        assert.deepStrictEqual(first(result), { type: "file", chatferry: { url } })
        assert.strictEqual(result.ledger.notes["attachment_url_invalid"], 1)
      }
    })),
    {
      name: "that need credentials are not marked to be copied",
      entities: attachments({ type: "voice", url: "https://x.org/v.m4a", isAuthRequired: true }),
      expect: (result) => {
        assert.deepStrictEqual(first(result), {
          type: "voiceRecording",
          asset_url: "https://x.org/v.m4a",
          chatferry: { auth_required: true }
        })
        assert.strictEqual(result.ledger.notes["attachment_auth_required"], 1)
      }
    },
    {
      name: "beyond 30 go to the side file",
      entities: attachments(...Array.from({ length: 32 }, (_, i) => ({ type: "file", name: `${i}` }))),
      expect: (result) => {
        assert.strictEqual((only(result, "message")["attachments"] as ReadonlyArray<unknown>).length, 30)
        assert.deepStrictEqual(result.moved[0]?.["value"], [
          { type: "file", name: "30" },
          { type: "file", name: "31" }
        ])
      }
    },
    {
      name: "over 5 KB lose the largest fields to the side file",
      entities: [user("ada", { custom: { p: { small: "s", large: "ü".repeat(3000) } } })],
      expect: (result) => {
        assert.deepStrictEqual(only(result, "user")["p"], { small: "s" })
        assert.deepStrictEqual(result.moved, [
          { kind: "user", id: "ada", field: "p.large", value: "ü".repeat(3000) }
        ])
      }
    },
    {
      name: "over 5 KB leave space for fields that are added when references are closed",
      entities: [
        ...base,
        message("1", {
          parentId: "p".repeat(250),
          quotedMessageId: "q".repeat(250),
          custom: { p: { a: "a".repeat(2400), b: "b".repeat(2400) } }
        })
      ],
      expect: (result) => {
        assert.deepInclude(only(result, "message")["chatferry"], { parent_message_id: "p".repeat(250) })
        assert.strictEqual(result.moved.length, 1)
      }
    },
    {
      name: "that came from Stream become separate fields again, unless Stream reads them differently",
      entities: [
        user("ada", { custom: { stream: { color: "red", online: true, sendbird: 1 }, sendbird: { c: 3 } } })
      ],
      expect: (result) =>
        assert.deepInclude(only(result, "user"), {
          color: "red",
          stream: { online: true, sendbird: 1 },
          sendbird: { c: 3 }
        })
    },
    {
      name: "of a provider whose name is a field in Stream get another name",
      entities: [user("ada", { custom: { name: { a: 1 }, chatferry: { b: 2 }, sendbird: { c: 3 } } })],
      expect: (result) =>
        assert.deepInclude(only(result, "user"), {
          name_custom: { a: 1 },
          chatferry_custom: { b: 2 },
          sendbird: { c: 3 }
        })
    }
  ])
})
