//! The handlers of the rows of the table.

mod certificates;
mod directory;
mod tokens;

use scm_model::api::{
    CheckToken, CreateToken, DeleteCertificate, ExportCertificate, ImportCertificate,
    ListCertificates, ListDomains, ListProjects, ReplaceCertificate, RevokeToken, ShowCertificate,
    ShowToken, UpdateCertificate,
};

use crate::router::Router;

/// Every row with its handler.
pub fn routes() -> Router {
    Router::default()
        .on(ImportCertificate, certificates::import)
        .on(ListCertificates, certificates::list)
        .on(ShowCertificate, certificates::show)
        .on(ExportCertificate, certificates::export)
        .on(ReplaceCertificate, certificates::replace)
        .on(UpdateCertificate, certificates::update)
        .on(DeleteCertificate, certificates::delete)
        .open(CreateToken, tokens::create)
        .on(ShowToken, tokens::show)
        .on(CheckToken, tokens::check)
        .on(RevokeToken, tokens::revoke)
        .on(ListProjects, directory::projects)
        .on(ListDomains, directory::domains)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_row_of_the_table_has_a_handler() {
        assert_eq!(super::routes().missing(), [""; 0]);
    }
}
