//! The parts with many rows: certificates, keys of imports, audit events.
//!
//! A certificate is copied with its bytes. It is inserted as valid and not yet indexed: the sweep and the
//! indexer of the destination mark and index it.

use super::parts::{
    Kind::{Bytes, Number, Text},
    Part, Sql,
};

pub(super) const CERTIFICATES: Part = Part {
    name: "certificates",
    columns: &[
        ("id", Number),
        ("project", Text),
        ("enterprise_project", Text),
        ("updated", Number),
        ("not_after", Number),
        ("not_before", Number),
        ("created", Number),
        ("domain_count", Number),
        ("wildcard_count", Number),
        ("chain", Bytes),
        ("sha1", Bytes),
        ("sha256", Bytes),
        ("name", Text),
        ("domain", Text),
        ("sans", Text),
        ("description", Text),
        ("signature_algorithm", Text),
        ("key_algorithm", Text),
        ("leaf", Bytes),
        ("sealed_key", Bytes),
    ],
    own_numbers: 0,
    folded: Some([12, 13, 14]),
    sqlite: Sql {
        key: &["certificate.id"],
        select: "certificate.id, project, enterprise_project, updated, not_after, not_before,
                 created, domain_count, wildcard_count, chain.sha256, sha1, certificate.sha256,
                 name, domain, sans, description, signature_algorithm, key_algorithm, leaf,
                 sealed_key",
        from: "certificate JOIN scope ON scope.id = certificate.scope
               JOIN shelf ON shelf.id = certificate.shelf
               JOIN certificate_bytes ON certificate_bytes.id = certificate.id
               LEFT JOIN chain ON chain.id = certificate.chain",
        insert: &[
            "INSERT INTO certificate (id, scope, shelf, expired, updated, not_after, not_before,
                 created, chain, name, domain, sans, domain_count, wildcard_count, description,
                 signature_algorithm, key_algorithm, sha1, sha256)
             SELECT :id, scope.id, shelf.id, 0, :updated, :not_after, :not_before, :created,
                 (SELECT id FROM chain WHERE chain.scope = scope.id AND sha256 = :chain),
                 :name, :domain, :sans, :domain_count, :wildcard_count, :description,
                 :signature_algorithm, :key_algorithm, :sha1, :sha256
             FROM scope JOIN shelf ON shelf.scope = scope.id
             WHERE project = :project AND enterprise_project = :enterprise_project",
            "INSERT INTO certificate_bytes (id, scope, leaf, sealed_key)
             VALUES (:id, (SELECT id FROM scope WHERE project = :project), :leaf, :sealed_key)",
            "INSERT INTO search_pending (place)
             SELECT (id << 44) | :id FROM scope WHERE project = :project",
            "UPDATE shelf SET valid = valid + 1 WHERE enterprise_project = :enterprise_project
                 AND scope = (SELECT id FROM scope WHERE project = :project)",
        ],
    },
    postgres: Sql {
        key: &["certificate.id"],
        select: "certificate.id, project, enterprise_project, updated, not_after, not_before,
                 created, domain_count, wildcard_count, chain, sha1, sha256, name, domain, sans,
                 description, signature_algorithm, key_algorithm, leaf, sealed_key",
        from: "certificate JOIN scope ON scope.id = certificate.scope
               JOIN shelf ON shelf.id = certificate.shelf
               JOIN certificate_bytes ON certificate_bytes.id = certificate.id",
        insert: &["
            , placed AS (
                SELECT given.*, scope.id AS scope, shelf.id AS shelf
                FROM given JOIN scope ON scope.project = given.project
                    JOIN shelf ON shelf.scope = scope.id
                        AND shelf.enterprise_project = given.enterprise_project
            ), row_of_each AS (
                INSERT INTO certificate (id, scope, shelf, expired, updated, not_after, not_before,
                    created, domain_count, wildcard_count, chain, sha1, sha256, name, domain, sans,
                    folded, description, signature_algorithm, key_algorithm)
                SELECT id, scope, shelf, 0, updated, not_after, not_before, created, domain_count,
                    wildcard_count, chain, sha1, sha256, name, domain, sans, folded, description,
                    signature_algorithm, key_algorithm
                FROM placed
            ), bytes AS (
                INSERT INTO certificate_bytes (id, leaf, sealed_key)
                SELECT id, leaf, sealed_key FROM placed
            ), pending AS (
                INSERT INTO search_pending (scope, certificate) SELECT scope, id FROM placed
            )
            INSERT INTO shelf_count (shelf, shard, valid, expired)
            SELECT shelf, 0, count(*), 0 FROM placed GROUP BY shelf
            ON CONFLICT (shelf, shard) DO UPDATE SET valid = shelf_count.valid + excluded.valid"],
    },
};

pub(super) const IMPORT_KEYS: Part = Part {
    name: "keys of imports",
    columns: &[
        ("project", Text),
        ("key", Bytes),
        ("print", Bytes),
        ("certificate", Number),
        ("at", Number),
    ],
    own_numbers: 0,
    folded: None,
    sqlite: Sql {
        key: &["import_key.scope", "import_key.key"],
        select: "project, key, print, certificate, at",
        from: "import_key JOIN scope ON scope.id = import_key.scope",
        insert: &["INSERT INTO import_key (scope, key, print, certificate, at)
                   VALUES ((SELECT id FROM scope WHERE project = :project),
                       :key, :print, :certificate, :at)"],
    },
    postgres: Sql {
        key: &["import_key.scope", "import_key.key"],
        select: "project, key, print, certificate, at",
        from: "import_key JOIN scope ON scope.id = import_key.scope",
        insert: &["INSERT INTO import_key (scope, key, print, certificate, at)
                   SELECT scope.id, key, print, certificate, at
                   FROM given JOIN scope ON scope.project = given.project"],
    },
};

pub(super) const AUDIT_EVENTS: Part = Part {
    name: "audit events",
    columns: &[
        ("id", Number),
        ("project", Text),
        ("at", Number),
        ("action", Text),
        ("account", Text),
        ("certificate", Number),
        ("subject", Text),
        ("address", Text),
        ("request_id", Text),
        ("refused", Text),
    ],
    own_numbers: 0,
    folded: None,
    sqlite: Sql {
        key: &["audit_event.id"],
        select: "audit_event.id, project, at, action, account, certificate, subject, address,
                 request_id, refused",
        from: "audit_event LEFT JOIN scope ON scope.id = audit_event.scope",
        insert: &["INSERT INTO audit_event (id, scope, at, action, account, certificate, subject,
                       address, request_id, refused)
                   VALUES (:id, (SELECT id FROM scope WHERE project = :project), :at, :action,
                       :account, :certificate, :subject, :address, :request_id, :refused)"],
    },
    postgres: Sql {
        key: &["audit_event.id"],
        select: "audit_event.id, project, at, action, account, certificate, subject, address,
                 request_id, refused",
        from: "audit_event LEFT JOIN scope ON scope.id = audit_event.scope",
        insert: &["INSERT INTO audit_event (id, scope, at, action, account, certificate, subject,
                       address, request_id, refused)
                   SELECT given.id, scope.id, at, action, account, certificate, subject, address,
                       request_id, refused
                   FROM given LEFT JOIN scope ON scope.project = given.project"],
    },
};
