//! What the crates that other people's programs depend on promise, and the checks of it.

mod interface;
mod packages;
mod weight;

pub use interface::{keeps_interface, release};
pub use packages::packages;
pub use weight::light;

/// These crates. The others are parts of programs.
const LIBRARIES: [&str; 3] = ["scm-model", "scm-sign", "scm-client"];
