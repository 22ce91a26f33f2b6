import type { Timestamp } from "@chatferry/core"
import type { ChannelSummary, Entry, TotalSummary } from "./model.ts"

type Counts = Omit<ChannelSummary, "channelId" | "hosts">

/** Counts entries that are sorted by channel and message. Memory grows only with the number of hosts. */
export class Tally {
  #messages = 0
  #files = 0
  #thumbnails = 0
  #needAuthorisation = 0
  #signedLinks = 0
  #expire = 0
  #withoutSize = 0
  #bytes = 0
  #firstExpiresAt: Timestamp.Timestamp | undefined
  readonly #hosts = new Map<string, number>()

  add(entry: Entry, isNewMessage: boolean): void {
    if (isNewMessage) this.#messages++
    this.#files++
    if (entry.role === "thumbnail") this.#thumbnails++
    if (entry.reasons.includes("needs_authorisation")) this.#needAuthorisation++
    if (entry.reasons.includes("signed_link")) this.#signedLinks++
    if (entry.bytes === undefined) this.#withoutSize++
    else this.#bytes += entry.bytes
    const { expiresAt, host } = entry
    if (expiresAt !== undefined) {
      this.#expire++
      // All have whole seconds, so they compare as text.
      if (this.#firstExpiresAt === undefined || expiresAt < this.#firstExpiresAt)
        this.#firstExpiresAt = expiresAt
    }
    if (host !== undefined) this.#hosts.set(host, (this.#hosts.get(host) ?? 0) + 1)
  }

  channel(channelId: Entry["channelId"]): ChannelSummary {
    return { channelId, ...this.#counts(), hosts: this.#hosts.size }
  }

  total(channels: number): TotalSummary {
    const hosts = Array.from(this.#hosts, ([host, files]) => ({ host, files }))
    return { channels, ...this.#counts(), hosts: hosts.toSorted((a, b) => (a.host < b.host ? -1 : 1)) }
  }

  #counts(): Counts {
    return {
      messages: this.#messages,
      files: this.#files,
      thumbnails: this.#thumbnails,
      needAuthorisation: this.#needAuthorisation,
      signedLinks: this.#signedLinks,
      expire: this.#expire,
      withoutSize: this.#withoutSize,
      bytes: this.#bytes,
      ...(this.#firstExpiresAt !== undefined && { firstExpiresAt: this.#firstExpiresAt })
    }
  }
}
