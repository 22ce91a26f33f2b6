/** Tables that only grow while entities come in; `row` counts up from 1. */
export const tables = [
  "users",
  "channels",
  "members",
  "ids",
  "senders",
  "messages",
  "message_extras",
  "message_users",
  "message_renames",
  "reactions",
  "moved_fields",
  "originals",
  "exclusions"
] as const

export type Table = (typeof tables)[number]

/** How many rows of each table belong to a commit. */
export type Rows = Readonly<Record<Table, number>>

export const noRows: Record<Table, number> = {
  users: 0,
  channels: 0,
  members: 0,
  ids: 0,
  senders: 0,
  messages: 0,
  message_extras: 0,
  message_users: 0,
  message_renames: 0,
  reactions: 0,
  moved_fields: 0,
  originals: 0,
  exclusions: 0
}

// Small columns come first, so that reading them does not touch the pages of the long ones.
// Times are without `Z` and trailing zeros, so that they sort as text; changed_at decides between records of one thing.
export const schema = `
CREATE TABLE commits (number INTEGER PRIMARY KEY, ${tables.map((table) => `${table} INTEGER NOT NULL`).join(", ")});

-- Users, channels and members as canonical JSON: they are merged field by field.
CREATE TABLE users (row INTEGER PRIMARY KEY, id TEXT NOT NULL, changed_at TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE channels (row INTEGER PRIMARY KEY, id TEXT NOT NULL, changed_at TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE members (row INTEGER PRIMARY KEY, channel_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT,
  changed_at TEXT NOT NULL, snapshot TEXT, record TEXT NOT NULL);

-- What many messages repeat, they name by row: ids of channels and users, and senders as they were shown. The same text
-- may be in more than one row.
CREATE TABLE ids (row INTEGER PRIMARY KEY, id TEXT NOT NULL);
CREATE TABLE senders (row INTEGER PRIMARY KEY, snapshot TEXT NOT NULL);

-- Messages and reactions as import items without braces, but for what depends on other records. What most messages do
-- not have is in a row of its own.
CREATE TABLE messages (row INTEGER PRIMARY KEY, id TEXT NOT NULL, channel INTEGER NOT NULL, user INTEGER NOT NULL,
  created_at TEXT NOT NULL, sender INTEGER, item TEXT NOT NULL);
CREATE TABLE message_extras (row INTEGER PRIMARY KEY, message_row INTEGER NOT NULL, changed_at TEXT NOT NULL,
  parent_id TEXT, quoted_id TEXT, type TEXT NOT NULL, shown_in_channel INTEGER NOT NULL, own TEXT, notes TEXT);
CREATE TABLE message_users (row INTEGER PRIMARY KEY, message_row INTEGER NOT NULL, user_id TEXT NOT NULL);
CREATE TABLE message_renames (row INTEGER PRIMARY KEY, message_row INTEGER NOT NULL, stream_id TEXT NOT NULL);
CREATE TABLE reactions (row INTEGER PRIMARY KEY, message_id TEXT NOT NULL, channel_id TEXT,
  user_id TEXT NOT NULL, type TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL,
  is_single INTEGER NOT NULL, notes TEXT, item TEXT NOT NULL);

-- Values that are too large for an import file, of messages and reactions.
CREATE TABLE moved_fields (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner_row INTEGER NOT NULL,
  field TEXT NOT NULL, value TEXT NOT NULL);

-- Messages and reactions as canonical JSON, whose rows do not tell what they were: in case they are rejected.
CREATE TABLE originals (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner_row INTEGER NOT NULL, record TEXT NOT NULL);

-- What a transform left out: channels and users as they were, with what the policy keeps of a user, and ids of messages.
-- Here changed_at of a message has before it whether it is deleted.
CREATE TABLE exclusions (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, changed_at TEXT NOT NULL,
  reason TEXT NOT NULL, keeps_messages INTEGER NOT NULL, keeps_reactions INTEGER NOT NULL, keeps_members INTEGER NOT NULL,
  keeps_mentions INTEGER NOT NULL, record TEXT NOT NULL);
`

/** Made once everything is in; inserting into an index is slower than building it. */
export const indexes: ReadonlyArray<string> = [
  "CREATE INDEX IF NOT EXISTS users_by_id ON users (id, changed_at DESC)",
  "CREATE INDEX IF NOT EXISTS channels_by_id ON channels (id, changed_at DESC)",
  "CREATE INDEX IF NOT EXISTS members_by_channel ON members (channel_id, user_id, changed_at DESC)",
  "CREATE INDEX IF NOT EXISTS messages_by_id ON messages (id)",
  "CREATE INDEX IF NOT EXISTS message_extras_by_message ON message_extras (message_row)",
  "CREATE INDEX IF NOT EXISTS message_users_by_message ON message_users (message_row)",
  "CREATE INDEX IF NOT EXISTS message_renames_by_id ON message_renames (stream_id)",
  "CREATE INDEX IF NOT EXISTS reactions_by_message ON reactions (message_id, user_id, type)",
  "CREATE INDEX IF NOT EXISTS moved_fields_by_owner ON moved_fields (kind, owner_row)",
  "CREATE INDEX IF NOT EXISTS originals_by_owner ON originals (kind, owner_row)",
  "CREATE INDEX IF NOT EXISTS exclusions_by_id ON exclusions (kind, id, changed_at DESC)"
]
