/**
 * The types of attachments in Stream's messages, and those of the canonical model that
 * they correspond to.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { Entity } from "@chatferry/core"

type Type = NonNullable<Entity.Entity<"message">["attachments"]>[number]["type"]

/**
 * Stream's name of each type of the model. `other` is not a name that Stream documents.
 *
 * @category constants
 * @since 0.1.0
 */
export const names: Readonly<Record<Type, string>> = {
  image: "image",
  video: "video",
  audio: "audio",
  voice: "voiceRecording",
  file: "file",
  link: "link",
  other: "other"
}

/**
 * The type of the model for each of Stream's names.
 *
 * @category constants
 * @since 0.1.0
 */
export const types: ReadonlyMap<unknown, Type> = new Map(
  Object.entries(names).map(([type, name]) => [name, type as Type])
)
