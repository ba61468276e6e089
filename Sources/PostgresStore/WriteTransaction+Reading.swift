/// What a transaction reads before anything is written.
extension WriteTransaction {
    static let readAuthority = """
        SELECT epoch, EXISTS (SELECT 1 FROM receivers WHERE status <> 'disabled') FROM authority
        """

    static let takeStatusIndices = "SELECT nextval('next_status_index') FROM generate_series(1, $1::bigint)"

    /// A subject that is new has ``Epoch/version(after:in:)`` of 0, which is the epoch.
    ///
    /// `OFFSET 0` has each name looked up by the index: without it the planner makes an anti-join of this, and merges the names with
    /// the whole of the table, for a crowd of subjects a second and more.
    static let makeSubjects = """
        INSERT INTO subjects (name, version, epoch)
        SELECT n.name, a.epoch, a.epoch FROM unnest($1::text[]) AS n(name), authority a
        WHERE NOT EXISTS (SELECT 1 FROM subjects u WHERE u.name = n.name OFFSET 0)
        ORDER BY n.name ON CONFLICT (name) DO NOTHING
        """

    static let lockNamedSubjects = """
        SELECT \(SubjectRow.columns) FROM subjects u WHERE u.name = ANY ($1) ORDER BY u.number FOR NO KEY UPDATE
        """

    /// A session never changes its subject, so it does not matter that this is found out before the lock is held.
    ///
    /// An array and no join: when the lock has been waited for, PostgreSQL checks the condition again on the row as it is then, and
    /// a row that was found by such a join can get lost there.
    static let lockSubjects = """
        SELECT \(SubjectRow.columns) FROM subjects u WHERE u.number = ANY (ARRAY(
            SELECT subject FROM sessions WHERE id = ANY ($1)
            UNION ALL SELECT subject FROM sessions WHERE handle = ANY ($2)
            UNION ALL SELECT subject FROM sessions WHERE refresh_family = ANY ($3)
            UNION ALL SELECT subject FROM remembered_logins WHERE family = ANY ($4)
            UNION ALL SELECT number FROM subjects WHERE name = ANY ($5)
        )) ORDER BY u.number FOR NO KEY UPDATE
        """

    static let readSessions = """
        SELECT \(SessionRow.columns) FROM sessions s WHERE s.number IN (
            SELECT number FROM sessions WHERE id = ANY ($1)
            UNION ALL SELECT number FROM sessions WHERE handle = ANY ($2)
            UNION ALL SELECT number FROM sessions WHERE refresh_family = ANY ($3)
            UNION ALL SELECT number FROM sessions
                WHERE remembered IN (SELECT id FROM remembered_logins WHERE family = ANY ($4))
        )
        """

    static let readLogins = """
        SELECT \(RememberedRow.columns) FROM remembered_logins r WHERE r.number IN (
            SELECT number FROM remembered_logins WHERE family = ANY ($4)
            UNION ALL SELECT l.number FROM sessions s JOIN remembered_logins l ON l.id = s.remembered
                WHERE s.id = ANY ($1)
            UNION ALL SELECT l.number FROM sessions s JOIN remembered_logins l ON l.id = s.remembered
                WHERE s.handle = ANY ($2)
            UNION ALL SELECT l.number FROM sessions s JOIN remembered_logins l ON l.id = s.remembered
                WHERE s.refresh_family = ANY ($3)
        )
        """

    static let readDisabled = """
        SELECT subject FROM accounts WHERE disabled = 1 AND subject IN (
            SELECT unnest($1::text[])
            UNION ALL SELECT u.name FROM remembered_logins r JOIN subjects u ON u.number = r.subject
                WHERE r.family = ANY ($2)
        )
        """
}
