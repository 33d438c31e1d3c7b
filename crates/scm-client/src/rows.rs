//! Stand-ins for rows that are still to come in scm-model.
use http::{Method, StatusCode};
use scm_model::{
    Access, Action, Condition, Empty, ErrorShape, Operation,
    certificates::{
        CertificateDetail, CertificateFilter, CertificatePage, CertificatePath,
        CertificateReplacement, CertificateUpdate, ExportedCertificate,
    },
};
macro_rules! row {
    ($op:ident $method:ident $path:literal $p:ty, $q:ty, $b:ty => $r:ty) => {
        pub(crate) struct $op;
        impl Operation for $op {
            const ID: &'static str = stringify!($op);
            const DOC: &'static [&'static str] = &[];
            const METHOD: Method = Method::$method;
            const PATH: &'static str = $path;
            const ACCESS: Access = Access::Action(Action::CertGet);
            const STATUS: StatusCode = StatusCode::OK;
            const ERRORS: ErrorShape = ErrorShape::Scm;
            const REFUSES: &'static [Condition] = &[];
            type Path = $p;
            type Query = $q;
            type Headers = Empty;
            type Body = $b;
            type Reply = $r;
        }
    };
}
row!(ListCertificates GET "/v3/scm/certificates" Empty, CertificateFilter, Empty => CertificatePage);
row!(ExportCertificate POST "/v3/scm/certificates/{certificate_id}/export" CertificatePath, Empty, Empty => ExportedCertificate);
row!(DeleteCertificate DELETE "/v3/scm/certificates/{certificate_id}" CertificatePath, Empty, Empty => Empty);
row!(ReplaceCertificate PUT "/v3/scm/certificates/{certificate_id}" CertificatePath, Empty, CertificateReplacement => CertificateDetail);
row!(UpdateCertificate PATCH "/v3/scm/certificates/{certificate_id}" CertificatePath, Empty, CertificateUpdate => CertificateDetail);
