//! The parts of a store, and how each backend reads and writes them: a new table is a new entry here.
//!
//! A row to be copied names projects and chains by their content, not by the numbers that a backend
//! assigns. Counters and the index of names are not copied: each backend builds its own.

use super::BATCH;

/// Rows of one kind. Parts are listed so that each refers only to earlier ones.
pub(crate) struct Part {
    /// The name of the rows, for messages.
    pub(crate) name: &'static str,
    /// The columns of a row.
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// The number of columns at the front that may differ: numbers that a backend assigns.
    pub(crate) own_numbers: usize,
    /// The columns of name, domain and further names, which PostgreSQL also stores in lower case.
    pub(crate) folded: Option<[usize; 3]>,
    pub(crate) sqlite: Sql,
    pub(crate) postgres: Sql,
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Text,
    Bytes,
}

/// How one backend reads and writes a part.
pub(crate) struct Sql {
    /// The columns that order the rows; unique.
    pub(crate) key: &'static [&'static str],
    /// The columns of a row, in the order of [`Part::columns`].
    pub(crate) select: &'static str,
    pub(crate) from: &'static str,
    /// In SQLite the statements for one row, with its columns as `:name`; in PostgreSQL one statement
    /// for all rows of a batch, which are in `given`.
    pub(crate) insert: &'static [&'static str],
}

impl Sql {
    /// The table that has one row for each row of the part.
    pub(crate) fn table(&self) -> &'static str {
        self.from.split_whitespace().next().expect("rows come from somewhere")
    }

    /// The query for the next rows behind a position, which is given by these parameters. Rows are picked
    /// before others are joined to them, so that databases without statistics do so too.
    pub(crate) fn next(&self, position: &[String]) -> String {
        let (key, select, table) = (self.key.join(", "), self.select, self.table());
        let behind = match position {
            [] => String::new(),
            position => format!("WHERE ({key}) > ({})", position.join(", ")),
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

/// All parts of a store.
pub(crate) const PARTS: [Part; 14] = [
    Part {
        name: "master keys",
        columns: &[("id", Text), ("check_value", Text)],
        own_numbers: 0,
        folded: None,
        sqlite: Sql {
            key: &["id"],
            select: "id, check_value",
            from: "master_key",
            insert: &["INSERT INTO master_key (id, check_value) VALUES (:id, :check_value)"],
        },
        postgres: Sql {
            key: &["id"],
            select: "id, check_value",
            from: "master_key",
            insert: &["INSERT INTO master_key (id, check_value) SELECT id, check_value FROM given"],
        },
    },
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
            from: "account",
            insert: &["INSERT INTO account (id, domain, name, password_hash, enabled)
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
            key: &["account", "project"],
            select: "account, project, role",
            from: "role_grant",
            insert: &["INSERT INTO role_grant (account, project, role)
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
            select: "hash, account, project, issued, expires",
            from: "token",
            insert: &["INSERT INTO token (hash, account, project, issued, expires)
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
            select: "id, account, project, sealed_secret, created, enabled",
            from: "access_key",
            insert: &[
                "INSERT INTO access_key (id, account, project, sealed_secret, created, enabled)
                       VALUES (:id, :account, :project, :sealed_secret, :created, :enabled)",
            ],
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
