//! What the crates that other people's programs depend on promise, and the checks of it.

mod weight;

pub use weight::light;
