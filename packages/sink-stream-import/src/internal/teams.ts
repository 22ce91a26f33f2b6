import type { Assembly } from "./assembly.ts"

/**
 * Lists who is in which team, when some channel has one, and who would have to
 * be: members of its channels. Made before channels are worked out, from what
 * the source gives.
 */
export const listTeams = ({ database }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.user_team (user_id TEXT, team TEXT, PRIMARY KEY (user_id, team)) WITHOUT ROWID;
    CREATE TABLE assembly.missing_team (user_id TEXT, team TEXT, PRIMARY KEY (user_id, team)) WITHOUT ROWID`)
  // Quick, and wrong at worst where somebody wrote this into custom data: then the lists are made for nothing.
  const team = database.prepare(`SELECT 1 FROM channels WHERE instr(record, '"team":') > 0 LIMIT 1`)
  if (team.get() === undefined) return
  database.exec(`
    INSERT OR IGNORE INTO assembly.user_team
      SELECT u.id, t.value FROM (
        SELECT id, record, row_number() OVER (PARTITION BY id ORDER BY changed_at DESC, record DESC) AS place
        FROM users WHERE json_type(record, '$.teams') IS NOT NULL) u, json_each(u.record, '$.teams') t
      WHERE u.place = 1;
    INSERT INTO assembly.missing_team
      SELECT DISTINCT m.user_id, c.team FROM members m CROSS JOIN (
        SELECT id, json_extract(record, '$.team') AS team FROM (
          SELECT id, record, row_number() OVER (PARTITION BY id ORDER BY changed_at DESC, record DESC) AS place
          FROM channels WHERE json_type(record, '$.team') IS NOT NULL)
        WHERE place = 1) c ON c.id = m.channel_id
      WHERE NOT EXISTS (SELECT 1 FROM assembly.user_team t WHERE t.user_id = m.user_id AND t.team = c.team)`)
}

/** The teams that are to be added to a user. */
export const makeAddedTeams = ({ database, settings }: Assembly): ((id: string) => ReadonlyArray<string>) => {
  const isNone = database.prepare("SELECT 1 FROM assembly.missing_team LIMIT 1").get() === undefined
  if (isNone || settings.teamMismatch !== "add") return () => []
  const missing = database.prepare<{ readonly team: string }>(
    "SELECT team FROM assembly.missing_team WHERE user_id = ? ORDER BY team"
  )
  return (id) => missing.all(id).map(({ team }) => team)
}

/** SQL for whether a user lacks the team of a channel, and that matters. */
export const lacksTeam = ({ database, settings }: Assembly, userId: string, team: string): string =>
  settings.teamMismatch === "reject" &&
  database.prepare("SELECT 1 FROM assembly.missing_team LIMIT 1").get() !== undefined
    ? `EXISTS (SELECT 1 FROM assembly.missing_team t WHERE t.user_id = ${userId} AND t.team = ${team})`
    : "FALSE"
