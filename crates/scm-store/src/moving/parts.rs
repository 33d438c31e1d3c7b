//! What a store consists of, and how each home reads and writes it: a new table is a new entry here.
//!
//! A row on its way names projects and chains by what they are, not by the numbers that each home
//! gives them. What a home can make of the rest is made by it: counters and the index of names.

use super::BATCH;

/// A kind of rows that travel. They come in an order in which each finds what it refers to.
pub(crate) struct Part {
    /// What the rows are called.
    pub(crate) name: &'static str,
    /// The columns of a row on its way.
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// So many columns at the front may differ: numbers that a home gives as it likes.
    pub(crate) own_numbers: usize,
    /// Where name, domain and further names stand, of which PostgreSQL also keeps the lower case.
    pub(crate) folded: Option<[usize; 3]>,
    pub(crate) sqlite: Sql,
    pub(crate) postgres: Sql,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Text,
    Bytes,
}

/// The words of one home.
pub(crate) struct Sql {
    /// The columns that the rows are walked by: they tell each row from all others.
    pub(crate) key: &'static [&'static str],
    /// The columns of a row, in the order of [`Part::columns`].
    pub(crate) select: &'static str,
    pub(crate) from: &'static str,
    /// What is done for a row in SQLite, with the columns as `:name`; in PostgreSQL one statement for
    /// many rows, which stand in `given`.
    pub(crate) insert: &'static [&'static str],
}

impl Sql {
    /// The table that has as many rows as there are; the others only say more about each.
    pub(crate) fn table(&self) -> &'static str {
        self.from.split_whitespace().next().expect("rows come from somewhere")
    }

    /// Asks for the next rows, behind a place of which `place` are the parameters. They are picked before
    /// anything is joined to them, so that a database that knows nothing of its tables yet does so too.
    pub(crate) fn next(&self, place: &[String]) -> String {
        let (key, select, table) = (self.key.join(", "), self.select, self.table());
        let behind = match place {
            [] => String::new(),
            place => format!("WHERE ({key}) > ({})", place.join(", ")),
        };
        let joined = &self.from[table.len()..];
        format!(
            "SELECT {key}, {select}
             FROM (SELECT * FROM {table} {behind} ORDER BY {key} LIMIT {BATCH}) AS {table} {joined}
             ORDER BY {key}"
        )
    }
}

use Kind::{Bytes, Number, Text};

/// Everything.
pub(crate) const PARTS: [Part; 13] = [
    Part {
        name: "blocks of ids",
        columns: &[("number", Number)],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["number"],
            select: "number",
            from: "id_block",
            insert: &["INSERT INTO id_block (number) VALUES (:number)"],
        },
        postgres: Sql {
            key: &["number"],
            select: "number",
            from: "id_block",
            insert: &["INSERT INTO id_block (number) SELECT number FROM given"],
        },
    },
    Part {
        name: "domains",
        columns: &[("id", Text), ("name", Text)],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["id"],
            select: "id, name",
            from: "domain",
            insert: &["INSERT INTO domain (id, name) VALUES (:id, :name)"],
        },
        postgres: Sql {
            key: &["id"],
            select: "id, name",
            from: "domain",
            insert: &["INSERT INTO domain (id, name) SELECT id, name FROM given"],
        },
    },
    Part {
        name: "projects",
        columns: &[("id", Text), ("domain", Text), ("name", Text)],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["id"],
            select: "id, domain, name",
            from: "project",
            insert: &["INSERT INTO project (id, domain, name) VALUES (:id, :domain, :name)"],
        },
        postgres: Sql {
            key: &["id"],
            select: "id, domain, name",
            from: "project",
            insert: &["INSERT INTO project (id, domain, name) SELECT id, domain, name FROM given"],
        },
    },
    Part {
        name: "users",
        columns: &[
            ("id", Text),
            ("domain", Text),
            ("name", Text),
            ("password_hash", Text),
            ("enabled", Number),
        ],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["id"],
            select: "id, domain, name, password_hash, enabled",
            from: "user",
            insert: &["INSERT INTO user (id, domain, name, password_hash, enabled)
                       VALUES (:id, :domain, :name, :password_hash, :enabled)"],
        },
        postgres: Sql {
            key: &["id"],
            select: "id, domain, name, password_hash, enabled",
            from: "account",
            insert: &["INSERT INTO account (id, domain, name, password_hash, enabled)
                       SELECT id, domain, name, password_hash, enabled FROM given"],
        },
    },
    Part {
        name: "roles",
        columns: &[("account", Text), ("project", Text), ("role", Text)],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["user", "project"],
            select: "user, project, role",
            from: "role_grant",
            insert: &["INSERT INTO role_grant (user, project, role)
                       VALUES (:account, :project, :role)"],
        },
        postgres: Sql {
            key: &["account", "project"],
            select: "account, project, role",
            from: "role_grant",
            insert: &["INSERT INTO role_grant (account, project, role)
                       SELECT account, project, role FROM given"],
        },
    },
    Part {
        name: "tokens",
        columns: &[
            ("hash", Bytes),
            ("account", Text),
            ("project", Text),
            ("issued", Number),
            ("expires", Number),
        ],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["hash"],
            select: "hash, user, project, issued, expires",
            from: "token",
            insert: &["INSERT INTO token (hash, user, project, issued, expires)
                       VALUES (:hash, :account, :project, :issued, :expires)"],
        },
        postgres: Sql {
            key: &["hash"],
            select: "hash, account, project, issued, expires",
            from: "token",
            insert: &["INSERT INTO token (hash, account, project, issued, expires)
                       SELECT hash, account, project, issued, expires FROM given"],
        },
    },
    Part {
        name: "access keys",
        columns: &[
            ("id", Text),
            ("account", Text),
            ("project", Text),
            ("sealed_secret", Bytes),
            ("created", Number),
            ("enabled", Number),
        ],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["id"],
            select: "id, user, project, sealed_secret, created, enabled",
            from: "access_key",
            insert: &["INSERT INTO access_key (id, user, project, sealed_secret, created, enabled)
                       VALUES (:id, :account, :project, :sealed_secret, :created, :enabled)"],
        },
        postgres: Sql {
            key: &["id"],
            select: "id, account, project, sealed_secret, created, enabled",
            from: "access_key",
            insert: &["INSERT INTO access_key
                           (id, account, project, sealed_secret, created, enabled)
                       SELECT id, account, project, sealed_secret, created, enabled FROM given"],
        },
    },
    Part {
        name: "scopes",
        columns: &[("id", Number), ("project", Text)],
        own_numbers: 1,
        folded: None,
        sqlite: Sql {
            key: &["id"],
            select: "id, project",
            from: "scope",
            insert: &["INSERT INTO scope (project) VALUES (:project)"],
        },
        postgres: Sql {
            key: &["id"],
            select: "id, project",
            from: "scope",
            insert: &["INSERT INTO scope (id, project) SELECT id, project FROM given"],
        },
    },
    // How many certificates there are in each is compared at the end, but counted anew.
    Part {
        name: "shelves",
        columns: &[
            ("id", Number),
            ("project", Text),
            ("enterprise_project", Text),
            ("certificates", Number),
        ],
        own_numbers: 1,
        folded: None,
        sqlite: Sql {
            key: &["shelf.id"],
            select: "shelf.id, project, enterprise_project, valid + expired",
            from: "shelf JOIN scope ON scope.id = shelf.scope",
            insert: &["INSERT INTO shelf (scope, enterprise_project)
                       VALUES ((SELECT id FROM scope WHERE project = :project),
                           :enterprise_project)"],
        },
        postgres: Sql {
            key: &["shelf.id"],
            select: "shelf.id, project, enterprise_project,
                     CAST(COALESCE((SELECT sum(valid + expired) FROM shelf_count
                                    WHERE shelf_count.shelf = shelf.id), 0) AS BIGINT)",
            from: "shelf JOIN scope ON scope.id = shelf.scope",
            insert: &["INSERT INTO shelf (id, scope, enterprise_project)
                       SELECT given.id, scope.id, enterprise_project
                       FROM given JOIN scope ON scope.project = given.project"],
        },
    },
    Part {
        name: "chains",
        columns: &[("project", Text), ("sha256", Bytes), ("certificates", Bytes)],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["chain.id"],
            select: "project, sha256, certificates",
            from: "chain JOIN scope ON scope.id = chain.scope",
            insert: &["INSERT INTO chain (scope, sha256, certificates)
                       VALUES ((SELECT id FROM scope WHERE project = :project),
                           :sha256, :certificates)"],
        },
        postgres: Sql {
            key: &["chain.scope", "chain.sha256"],
            select: "project, sha256, certificates",
            from: "chain JOIN scope ON scope.id = chain.scope",
            insert: &["INSERT INTO chain (scope, sha256, certificates)
                       SELECT scope.id, sha256, certificates
                       FROM given JOIN scope ON scope.project = given.project"],
        },
    },
    super::certificates::CERTIFICATES,
    super::certificates::IMPORT_KEYS,
    super::certificates::AUDIT_EVENTS,
];
