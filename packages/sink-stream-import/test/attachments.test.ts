import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { base, message } from "../../../test/entities.ts"
import { type Config, write } from "./harness.ts"
import { only } from "./policyTable.ts"

type Fields = Readonly<Record<string, unknown>>

// How Stream's clients identify attachments (stream-chat 9.53, attachmentIdentity).
const predicates: Readonly<Record<string, (of: Fields) => boolean>> = {
  isScrapedContent: (of) => Boolean(of["og_scrape_url"]) || Boolean(of["title_link"]),
  isFile: (of) => of["type"] === "file" || (Boolean(of["mime_type"]) && of["type"] !== "video"),
  isImage: (of) => of["type"] === "image" && !predicates["isScrapedContent"]?.(of),
  isAudio: (of) => of["type"] === "audio",
  isVideo: (of) => of["type"] === "video",
  isVoiceRecording: (of) => of["type"] === "voiceRecording",
  isGiphy: (of) => of["type"] === "giphy"
}

/** Attachments in Stream and as a source gives them: fields that the model does not have keep their own names. */
const cases: ReadonlyArray<{ readonly name: string; readonly given: Fields; readonly had: Fields }> = [
  {
    name: "a custom type of the app",
    given: {
      type: "other",
      customType: "payment",
      name: "Order 5",
      custom: { stream: { amount: 5, currency: "EUR" } }
    },
    had: { type: "payment", title: "Order 5", amount: 5, currency: "EUR" }
  },
  {
    name: "a giphy, which only has the URL of an image",
    given: {
      type: "other",
      customType: "giphy",
      url: "https://giphy.example.org/a.gif",
      name: "hello",
      custom: {
        stream: {
          thumb_url: "https://giphy.example.org/a.gif",
          title_link: "https://giphy.example.org/a",
          giphy: { original: { url: "https://giphy.example.org/a.gif", width: "480", height: "270" } },
          actions: [{ name: "image_action", text: "Send", type: "button", value: "send", style: "primary" }]
        }
      }
    },
    had: {
      type: "giphy",
      title: "hello",
      thumb_url: "https://giphy.example.org/a.gif",
      title_link: "https://giphy.example.org/a",
      giphy: { original: { url: "https://giphy.example.org/a.gif", width: "480", height: "270" } },
      actions: [{ name: "image_action", text: "Send", type: "button", value: "send", style: "primary" }]
    }
  },
  {
    name: "a recording",
    given: {
      type: "voice",
      url: "https://files.example.org/a.aac",
      name: "recording.aac",
      mimeType: "audio/aac",
      sizeBytes: 1234,
      durationSeconds: 3.5,
      custom: { stream: { waveform_data: [0, 0.5, 1] } }
    },
    had: {
      type: "voiceRecording",
      asset_url: "https://files.example.org/a.aac",
      title: "recording.aac",
      mime_type: "audio/aac",
      file_size: 1234,
      duration: 3.5,
      waveform_data: [0, 0.5, 1]
    }
  },
  {
    name: "an image with its size",
    given: {
      type: "image",
      url: "https://files.example.org/a.png",
      custom: { stream: { fallback: "a.png", original_width: 640, original_height: 480 } }
    },
    had: {
      type: "image",
      image_url: "https://files.example.org/a.png",
      fallback: "a.png",
      original_width: 640,
      original_height: 480
    }
  },
  {
    name: "an image with the same URL in two fields",
    given: {
      type: "image",
      url: "https://files.example.org/a.png",
      custom: {
        stream: { image_url: "https://files.example.org/a.png", thumb_url: "https://files.example.org/a.png" }
      }
    },
    had: {
      type: "image",
      image_url: "https://files.example.org/a.png",
      thumb_url: "https://files.example.org/a.png"
    }
  },
  {
    name: "a preview of a page with a video",
    given: {
      type: "link",
      customType: "video",
      url: "https://page.example.org/",
      thumbnailUrl: "https://page.example.org/still.png",
      name: "A film",
      text: "About it",
      custom: {
        stream: {
          asset_url: "https://page.example.org/film.mp4",
          thumb_url: "https://page.example.org/small.png",
          author_name: "Page",
          author_link: "https://page.example.org",
          author_icon: "https://page.example.org/icon.png"
        }
      }
    },
    had: {
      type: "video",
      og_scrape_url: "https://page.example.org/",
      title_link: "https://page.example.org/",
      image_url: "https://page.example.org/still.png",
      title: "A film",
      text: "About it",
      asset_url: "https://page.example.org/film.mp4",
      thumb_url: "https://page.example.org/small.png",
      author_name: "Page",
      author_link: "https://page.example.org",
      author_icon: "https://page.example.org/icon.png"
    }
  },
  {
    name: "a file whose size is text",
    given: { type: "file", sizeBytes: 12, custom: { stream: { file_size: "12" } } },
    had: { type: "file", file_size: "12" }
  },
  {
    name: "a file with the older name of its size",
    given: { type: "file", sizeBytes: 12, custom: { stream: { size: 12 } } },
    had: { type: "file", size: 12 }
  },
  {
    name: "a card of a bot",
    given: {
      type: "other",
      customType: "card",
      text: "Which?",
      custom: {
        stream: {
          color: "#f00",
          pretext: "Well",
          footer: "bot",
          footer_icon: "https://bot.example.org/i.png",
          fields: [{ type: "text", title: "a", value: "b", short: true }]
        }
      }
    },
    had: {
      type: "card",
      text: "Which?",
      color: "#f00",
      pretext: "Well",
      footer: "bot",
      footer_icon: "https://bot.example.org/i.png",
      fields: [{ type: "text", title: "a", value: "b", short: true }]
    }
  }
]

const attachmentOf = (given: Fields, config: Partial<Config> = {}) =>
  Effect.map(
    write({ dialect: "jsonl", migrateResources: false, ...config }, [
      ...base,
      message("1", { attachments: [given] })
    ]),
    (result) => {
      assert.deepStrictEqual(result.problems, [])
      return (only(result, "message")["attachments"] as ReadonlyArray<Fields>)[0] ?? {}
    }
  )

const identityOf = (of: Fields) =>
  Object.fromEntries(Object.entries(predicates).map(([name, is]) => [name, is(of)]))

describe("attachments that came from Stream", () => {
  for (const dialect of ["jsonl", "json-array"] as const) {
    it.live.each(cases)(`become what they were: $name (${dialect})`, ({ given, had }) =>
      Effect.gen(function* () {
        const is = yield* attachmentOf(given, { dialect })
        assert.deepStrictEqual(is, had)
        assert.deepStrictEqual(identityOf(is), identityOf(had))
      })
    )
  }

  it.live("keep fields under stream that Stream would not accept under their own names", () =>
    Effect.gen(function* () {
      const of = {
        custom: { x: 1 },
        migrate_resources: true,
        image_url: "ftp://x.org/a",
        title: "other",
        color: null
      }
      assert.deepStrictEqual(
        yield* attachmentOf({ type: "file", name: "a", custom: { stream: { ...of, own: 1 } } }),
        { type: "file", title: "a", own: 1, stream: of }
      )
    })
  )

  it.live("keep values under stream that the older dialect reads as another type", () =>
    Effect.gen(function* () {
      const given = {
        type: "image",
        custom: { stream: { original_width: "640", size: 1.5, color: 5, own: 1.5 } }
      }
      assert.deepStrictEqual(yield* attachmentOf(given, { dialect: "json-array" }), {
        type: "image",
        own: 1.5,
        stream: { original_width: "640", size: 1.5, color: 5 }
      })
      assert.deepStrictEqual(yield* attachmentOf(given), { type: "image", ...given.custom.stream })
    })
  )

  it.live("upgrade the http address in any field, like that of the file", () =>
    Effect.gen(function* () {
      const given = {
        type: "image",
        url: "https://x.org/a",
        custom: { stream: { thumb_url: "http://x.org/t" } }
      }
      assert.deepInclude(yield* attachmentOf(given), {
        image_url: "https://x.org/a",
        thumb_url: "https://x.org/t"
      })
    })
  )

  it.live("are complete in the reject of their message", () =>
    Effect.gen(function* () {
      const [{ given } = { given: {} }] = cases
      const { rejected } = yield* write({ dialect: "jsonl" }, [message("1", { attachments: [given] })])
      assert.deepStrictEqual(
        rejected.map(({ original }) => (original as Fields)["attachments"]),
        [[given]]
      )
    })
  )
})
