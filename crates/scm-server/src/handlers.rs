//! The functions that answer the rows of the table.

mod certificates;
mod tokens;

use scm_model::api::{CreateToken, ImportCertificate, ShowCertificate};

use crate::router::Router;

/// Every row, and the function that answers it.
pub fn routes() -> Router {
    Router::default()
        .on(ImportCertificate, certificates::import)
        .on(ShowCertificate, certificates::show)
        .open(CreateToken, tokens::create)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_row_of_the_table_is_answered() {
        assert_eq!(super::routes().missing(), [""; 0]);
    }
}
