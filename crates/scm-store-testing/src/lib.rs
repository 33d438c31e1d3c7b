//! What tests and benchmarks of a store need: the rules that every backend passes
//! ([`conformance`]), and PostgreSQL servers that a test starts itself ([`test_postgres`]).

pub mod conformance;
pub mod test_postgres;
