import type { Assembly } from "../resolve/assembly.ts"

/** The channels that a user has muted, by the newest record of each membership. */
export const makeMutedAsMember = ({ database }: Assembly): ((userId: string) => ReadonlyArray<string>) => {
  if (database.prepare("SELECT 1 FROM member_mutes WHERE is_muted = 1 LIMIT 1").get() === undefined)
    return () => []
  database.exec(`CREATE TABLE assembly.member_muted (user_id TEXT, channel_id TEXT,
      PRIMARY KEY (user_id, channel_id)) WITHOUT ROWID;
    INSERT INTO assembly.member_muted
      SELECT user_id, channel_id FROM (
        SELECT m.user_id, m.channel_id, u.is_muted, row_number() OVER
          (PARTITION BY m.user_id, m.channel_id ORDER BY m.changed_at DESC, m.record DESC) AS position
        FROM member_mutes u CROSS JOIN members m ON m.row = u.member_row
          CROSS JOIN assembly.channel c ON c.id = m.channel_id AND c.status = 'written')
      WHERE position = 1 AND is_muted = 1`)
  const muted = database.prepare<{ readonly id: string }>(
    "SELECT channel_id AS id FROM assembly.member_muted WHERE user_id = ? ORDER BY channel_id"
  )
  return (userId) => muted.all(userId).map(({ id }) => id)
}
