//! The names of tables and rows of figures, for those that note them and those that show them.

/// The limit of this machine.
pub const LIMIT: &str = "limit";
/// Imports by the server.
pub const IMPORTS: &str = "imports";
/// All other requests to the server.
pub const READS: &str = "reads";
/// Peers.
pub const PEERS: &str = "peers";
/// The row of bare rows in a database.
pub const BARE_ROWS: &str = "bare rows of 4,750 bytes, 64 by one statement";

/// The row of imports of a kind of certificate by so many connections.
pub fn imports_row(kind: &str, connections: usize) -> String {
    match connections {
        1 => format!("{kind}, 1 connection"),
        _ => format!("{kind}, {connections} connections"),
    }
}

/// The row of the checks of an import alone.
pub fn checks_row(kind: &str) -> String {
    format!("{kind}, the checks alone")
}

/// The row of a bare HTTP server that reads the imports and answers.
pub fn http_row(kind: &str) -> String {
    format!("{kind}, bare HTTP alone")
}

/// The row of the work in process and a bare HTTP server, one after the other.
pub fn with_http_row(kind: &str) -> String {
    format!("{kind}, with bare HTTP")
}
