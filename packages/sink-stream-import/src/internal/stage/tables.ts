/** Tables and their columns. Rows are only appended while entities arrive; `row` counts from 1. */
export const tables = {
  users: ["id", "changed_at", "record"],
  channels: ["id", "changed_at", "record"],
  members: ["channel_id", "user_id", "role", "changed_at", "snapshot", "record"],
  member_mutes: ["member_row", "is_muted"],
  ids: ["id"],
  senders: ["snapshot"],
  messages: ["id", "channel", "user", "created_at", "sender", "item"],
  message_extras: [
    "message_row",
    "changed_at",
    "parent_id",
    "quoted_id",
    "type",
    "shown_in_channel",
    "own",
    "notes"
  ],
  message_users: ["message_row", "user_id"],
  message_renames: ["message_row", "stream_id"],
  reactions: [
    "message_id",
    "channel_id",
    "user_id",
    "type",
    "created_at",
    "changed_at",
    "is_single",
    "notes",
    "item"
  ],
  removals: ["kind", "owner_id", "channel_id", "user_id", "type", "changed_at"],
  moved_fields: ["kind", "owner_row", "field", "value"],
  originals: ["kind", "owner_row", "record"],
  exclusions: [
    "kind",
    "id",
    "changed_at",
    "reason",
    "keeps_messages",
    "keeps_reactions",
    "keeps_members",
    "keeps_mentions",
    "record"
  ]
} as const satisfies Record<string, ReadonlyArray<string>>

export type Table = keyof typeof tables

// Small columns come first, so that reading them does not read the pages of long ones. Times have neither `Z` nor trailing
// zeros, so that they sort as text. changed_at decides between records of one entity.
export const schema = `
-- Users, channels and members as canonical JSON, because they are merged field by field.
CREATE TABLE users (row INTEGER PRIMARY KEY, id TEXT NOT NULL, changed_at TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE channels (row INTEGER PRIMARY KEY, id TEXT NOT NULL, changed_at TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE members (row INTEGER PRIMARY KEY, channel_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT,
  changed_at TEXT NOT NULL, snapshot TEXT, record TEXT NOT NULL);

-- Whether a member has muted the channel, if a record says so.
CREATE TABLE member_mutes (row INTEGER PRIMARY KEY, member_row INTEGER NOT NULL, is_muted INTEGER NOT NULL);

-- Messages refer to texts that many of them share by row: ids of channels and users, and snapshots of senders. The same
-- text may be in more than one row.
CREATE TABLE ids (row INTEGER PRIMARY KEY, id TEXT NOT NULL);
CREATE TABLE senders (row INTEGER PRIMARY KEY, snapshot TEXT NOT NULL);

-- Messages and reactions as import items without braces and without the fields that depend on other records. Values that
-- most messages do not have are in separate tables.
CREATE TABLE messages (row INTEGER PRIMARY KEY, id TEXT NOT NULL, channel INTEGER NOT NULL, user INTEGER NOT NULL,
  created_at TEXT NOT NULL, sender INTEGER, item TEXT NOT NULL);
CREATE TABLE message_extras (row INTEGER PRIMARY KEY, message_row INTEGER NOT NULL, changed_at TEXT NOT NULL,
  parent_id TEXT, quoted_id TEXT, type TEXT NOT NULL, shown_in_channel INTEGER NOT NULL, own TEXT, notes TEXT);
CREATE TABLE message_users (row INTEGER PRIMARY KEY, message_row INTEGER NOT NULL, user_id TEXT NOT NULL);
CREATE TABLE message_renames (row INTEGER PRIMARY KEY, message_row INTEGER NOT NULL, stream_id TEXT NOT NULL);
CREATE TABLE reactions (row INTEGER PRIMARY KEY, message_id TEXT NOT NULL, channel_id TEXT,
  user_id TEXT NOT NULL, type TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL,
  is_single INTEGER NOT NULL, notes TEXT, item TEXT NOT NULL);

-- Members who have left, and reactions that were removed: owner_id is the id of the channel or the message.
CREATE TABLE removals (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner_id TEXT NOT NULL, channel_id TEXT,
  user_id TEXT NOT NULL, type TEXT NOT NULL, changed_at TEXT NOT NULL);

-- Values of messages and reactions that are too large for an import file.
CREATE TABLE moved_fields (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner_row INTEGER NOT NULL,
  field TEXT NOT NULL, value TEXT NOT NULL);

-- Messages and reactions that cannot be restored from their rows, as canonical JSON, in case they are rejected.
CREATE TABLE originals (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner_row INTEGER NOT NULL, record TEXT NOT NULL);

-- Entities that a transform left out: channels, users with their policy, and ids of messages.
CREATE TABLE exclusions (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, changed_at TEXT NOT NULL,
  reason TEXT NOT NULL, keeps_messages INTEGER NOT NULL, keeps_reactions INTEGER NOT NULL, keeps_members INTEGER NOT NULL,
  keeps_mentions INTEGER NOT NULL, record TEXT NOT NULL);
`

/** Created after all rows are inserted, because inserting into an index is slower than building it. */
const INDEXES = {
  users_by_id: "users (id, changed_at DESC)",
  channels_by_id: "channels (id, changed_at DESC)",
  members_by_channel: "members (channel_id, user_id, changed_at DESC)",
  messages_by_id: "messages (id)",
  message_extras_by_message: "message_extras (message_row)",
  message_users_by_message: "message_users (message_row)",
  message_renames_by_id: "message_renames (stream_id)",
  reactions_by_message: "reactions (message_id, user_id, type)",
  moved_fields_by_owner: "moved_fields (kind, owner_row)",
  originals_by_owner: "originals (kind, owner_row)",
  exclusions_by_id: "exclusions (kind, id, changed_at DESC)"
}

export const indexes: ReadonlyArray<string> = Object.entries(INDEXES).map(
  ([name, on]) => `CREATE INDEX IF NOT EXISTS ${name} ON ${on}`
)

/** Drops the indexes of a stage that is opened again, because only its tables are verified. */
export const dropIndexes: string = Object.keys(INDEXES)
  .map((name) => `DROP INDEX IF EXISTS ${name}`)
  .join("; ")
