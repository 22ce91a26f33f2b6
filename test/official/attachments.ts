// Attachments as Stream's documentation, its clients and apps have them, in the types of its own client.
import type {
  Attachment,
  AudioAttachment,
  FileAttachment,
  GiphyAttachment,
  ImageAttachment,
  OGAttachment,
  VideoAttachment,
  VoiceRecordingAttachment
} from "stream-chat"

type Known =
  | AudioAttachment
  | FileAttachment
  | GiphyAttachment
  | ImageAttachment
  | OGAttachment
  | VideoAttachment
  | VoiceRecordingAttachment

interface Case {
  readonly name: string
  readonly had: Attachment | Known | Readonly<Record<string, unknown>>
  /** What comes of it where that is something else. */
  readonly becomes?: Readonly<Record<string, unknown>>
}

const CDN = "https://us-east.stream-io-cdn.com/102398"

const rendition = (name: string) => ({
  url: `https://media.example.com/${name}.gif`,
  width: "480",
  height: "270",
  size: "123456",
  frames: "20"
})

const RENDITIONS = {
  original: rendition("original"),
  fixed_height: rendition("fixed_height"),
  fixed_height_still: rendition("fixed_height_still"),
  fixed_height_downsampled: rendition("fixed_height_downsampled"),
  fixed_width: rendition("fixed_width"),
  fixed_width_still: rendition("fixed_width_still"),
  fixed_width_downsampled: rendition("fixed_width_downsampled")
}

export const cases: ReadonlyArray<Case> = [
  {
    name: "a picture with its size",
    had: {
      type: "image",
      fallback: "a.png",
      image_url: `${CDN}/images/a.png?oh=600&ow=800`,
      original_width: 800,
      original_height: 600
    } satisfies ImageAttachment
  },
  {
    name: "a picture that says where it was uploaded to as well",
    had: {
      type: "image",
      image_url: `${CDN}/images/a.png`,
      thumb_url: `${CDN}/images/a.png`,
      mime_type: "image/png",
      file_size: 1024,
      title: "a.png"
    } satisfies ImageAttachment
  },
  { name: "a picture of older clients", had: { type: "image", asset_url: `${CDN}/images/old.png` } },
  { name: "a picture that has a thumbnail alone", had: { type: "image", thumb_url: `${CDN}/images/t.png` } },
  {
    name: "a file",
    had: {
      type: "file",
      asset_url: `${CDN}/attachments/a.pdf`,
      title: "a.pdf",
      mime_type: "application/pdf",
      file_size: 5000
    } satisfies FileAttachment
  },
  {
    name: "a file whose size is text",
    had: { type: "file", asset_url: `${CDN}/attachments/a.pdf`, file_size: "5000" } satisfies Attachment
  },
  {
    name: "a file whose size has its older name",
    had: { type: "file", asset_url: `${CDN}/attachments/a.pdf`, size: 5000 }
  },
  {
    name: "a film",
    had: {
      type: "video",
      asset_url: `${CDN}/attachments/a.mp4`,
      thumb_url: `${CDN}/images/a.jpg`,
      title: "a.mp4",
      mime_type: "video/mp4",
      file_size: 50_000,
      duration: 12.5,
      original_width: 1920,
      original_height: 1080
    } satisfies VideoAttachment
  },
  {
    name: "a film that is attached as a file",
    had: { type: "file", asset_url: `${CDN}/attachments/a.mov`, mime_type: "video/quicktime" }
  },
  {
    name: "a sound",
    had: {
      type: "audio",
      asset_url: `${CDN}/attachments/a.mp3`,
      title: "a.mp3",
      mime_type: "audio/mpeg",
      file_size: 900
    } satisfies AudioAttachment
  },
  {
    name: "a voice recording with its waveform",
    had: {
      type: "voiceRecording",
      asset_url: `${CDN}/attachments/a.aac`,
      title: "recording.aac",
      mime_type: "audio/aac",
      file_size: 1234,
      duration: 3.456,
      waveform_data: [0, 0.25, 0.5, 1]
    } satisfies VoiceRecordingAttachment
  },
  {
    name: "a giphy with all of its renditions",
    had: {
      type: "giphy",
      title: "hello",
      title_link: "https://giphy.example.com/gifs/hello",
      thumb_url: "https://media.example.com/original.gif",
      giphy: RENDITIONS
    } satisfies GiphyAttachment
  },
  {
    name: "a giphy that waits to be sent",
    had: {
      type: "giphy",
      thumb_url: "https://media.example.com/original.gif",
      actions: [
        { name: "image_action", text: "Send", style: "primary", type: "button", value: "send" },
        { name: "image_action", text: "Shuffle", style: "default", type: "button", value: "shuffle" }
      ]
    } satisfies Attachment
  },
  {
    name: "a preview of a page",
    had: {
      type: "image",
      og_scrape_url: "https://page.example.com/",
      title: "Page",
      title_link: "https://page.example.com/",
      text: "About it",
      image_url: "https://page.example.com/big.png",
      thumb_url: "https://page.example.com/small.png",
      author_name: "Page",
      author_link: "https://page.example.com/authors",
      author_icon: "https://page.example.com/icon.png"
    } satisfies Attachment
  },
  {
    name: "a preview of a page that was sent on to another",
    had: {
      type: "image",
      og_scrape_url: "https://short.example.com/1",
      title_link: "https://page.example.com/long"
    }
  },
  {
    name: "a preview of a film",
    had: {
      type: "video",
      og_scrape_url: "https://video.example.com/1",
      title: "Film",
      title_link: "https://video.example.com/1",
      asset_url: "https://video.example.com/1.mp4",
      thumb_url: "https://video.example.com/1.jpg",
      image_url: "https://video.example.com/1.jpg",
      author_name: "Videos"
    } satisfies OGAttachment
  },
  {
    name: "a preview of a sound",
    had: {
      type: "audio",
      og_scrape_url: "https://sound.example.com/1",
      asset_url: "https://sound.example.com/1.mp3"
    } satisfies OGAttachment
  },
  {
    name: "a preview of a page that is not encrypted",
    had: { type: "article", og_scrape_url: "http://page.example.com/", title: "Page" }
  },
  {
    name: "a payment",
    had: { type: "payment", title: "Order 5", amount: 12.5, currency: "EUR", order: { id: "5", lines: [1] } }
  },
  {
    name: "a product",
    had: {
      type: "product",
      title: "iPhone",
      asset_url: "https://shop.example.com/1",
      image_url: "https://shop.example.com/1.png",
      price: 999,
      discount: { stream: 5, until: null }
    }
  },
  { name: "a place", had: { type: "location", latitude: 52.37, longitude: 4.9, place: "Amsterdam" } },
  {
    name: "a place that moves",
    had: { type: "live_location", latitude: 0, longitude: 0, ended_at: "2029-01-01T00:00:00Z" }
  },
  {
    name: "a card with fields and buttons",
    had: {
      type: "card",
      title: "Vote",
      text: "Which?",
      pretext: "Well",
      color: "#ff0000",
      footer: "bot",
      footer_icon: "https://bot.example.com/icon.png",
      fields: [{ title: "a", value: "b", short: true }],
      actions: [{ name: "vote", text: "Yes", type: "button", value: "yes", style: "primary" }]
    } satisfies Attachment
  },
  {
    name: "an invitation to an appointment",
    had: { type: "appointment", starts_at: "2029-01-01T10:00:00Z" }
  },
  { name: "one of the model's own words", had: { type: "other", title: "x" } },
  { name: "another of the model's own words", had: { type: "voice", asset_url: `${CDN}/a.aac` } },
  { name: "a link without a preview", had: { type: "link", title_link: "https://page.example.com/" } },
  {
    name: "what an app keeps under names of others",
    had: {
      type: "file",
      asset_url: `${CDN}/a.pdf`,
      chat: 1,
      sendbird: { id: 5 },
      url: "https://x.example.com"
    }
  },
  {
    name: "a field of the name under which what Stream would not take is kept",
    had: { type: "product", title: "iPhone", stream: { sku: "1" } },
    becomes: { type: "product", title: "iPhone", stream: { stream: { sku: "1" } } }
  },
  {
    name: "the newer API's custom data, which the older one has beside the rest",
    had: { type: "payment", custom: { amount: 5, currency: "EUR" } },
    becomes: { type: "payment", amount: 5, currency: "EUR" }
  },
  {
    name: "an address that Stream takes only with TLS",
    had: { type: "file", asset_url: "http://files.example.com/a" },
    becomes: { type: "file", asset_url: "https://files.example.com/a" }
  },
  {
    name: "one without a type, which an array must have",
    had: { title: "x", note: "y" },
    becomes: { type: "file", title: "x", note: "y" }
  }
]
