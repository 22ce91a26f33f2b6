/**
 * The parts of Sendbird's records that the hand-written scripts use, in the
 * format of the generated exports only.
 */

export interface User {
  readonly user_id: string
  readonly nickname: string
  readonly profile_url: string
  readonly metadata: Readonly<Record<string, string>>
  readonly last_seen_at: string
  readonly has_ever_logged_in: boolean
  readonly preferred_languages?: ReadonlyArray<string>
}

export interface Member {
  readonly user_id: string
  readonly name?: string
  readonly nickname?: string
  readonly image?: string
  readonly profile_url?: string
  readonly role?: string
  readonly state?: string
  readonly is_bot?: boolean
  readonly is_active?: boolean
}

export interface Channel {
  readonly channel_url: string
  readonly name: string
  readonly cover_url: string
  readonly data: string
  readonly custom_type: string
  readonly created_at: number | string
  readonly freeze: boolean | string
  readonly is_public?: boolean
  readonly is_distinct?: boolean
  readonly is_super?: boolean
  readonly members?: ReadonlyArray<Member>
  readonly operators?: ReadonlyArray<Member>
  readonly read_receipt?: Readonly<Record<string, number>>
  readonly last_message?: { readonly created_at: number | string } | null
}

export interface Thumbnail {
  readonly url: string
  readonly real_width: number
  readonly real_height: number
}

export interface File {
  readonly url?: string
  readonly name?: string
  readonly file_name?: string
  readonly type?: string
  readonly file_type?: string
  readonly size?: number
  readonly file_size?: number
  readonly thumbnails?: ReadonlyArray<Thumbnail>
  readonly require_auth?: boolean
}

export interface Link {
  readonly "og:url": string
  readonly "og:title": string
  readonly "og:description": string
  readonly "og:image"?: { readonly url: string }
}

export interface Message {
  readonly type: string
  readonly message_id: number
  readonly channel_url: string
  readonly message: string
  readonly custom_type: string
  readonly created_at: number | string
  readonly updated_at: number
  readonly user?: { readonly user_id: string; readonly nickname: string; readonly profile_url: string } | null
  readonly mentioned_users: ReadonlyArray<{ readonly user_id: string }>
  readonly mention_type: string
  readonly is_removed: boolean
  readonly silent: boolean
  readonly data: string
  readonly file: File
  readonly files?: ReadonlyArray<File>
  readonly thumbnails?: ReadonlyArray<Thumbnail>
  readonly og_tag?: Link
  readonly translations: Readonly<Record<string, string>>
  readonly sorted_metaarray?: ReadonlyArray<{ readonly key: string; readonly value: ReadonlyArray<string> }>
  readonly poll?: object
  readonly parent_message_id?: number
  readonly is_reply_to_channel?: boolean
  readonly reactions?: ReadonlyArray<{
    readonly key: string
    readonly user_ids: ReadonlyArray<string>
    readonly updated_at: number
  }>
}

export interface Webhook {
  readonly webhook_url: string
  readonly status_code: number
  readonly request_body: string
  readonly time_millis: number
}

/** Takes the records of an export, in the order of the files. */
export interface Mapper {
  readonly user: (raw: User, isDeactivated: boolean) => void
  /** A channel and its members. */
  readonly channel: (raw: Channel) => void
  /** A message and its reactions. */
  readonly message: (raw: Message) => void
  readonly webhook: (raw: Webhook) => void
}
