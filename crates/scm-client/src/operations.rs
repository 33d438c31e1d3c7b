//! Methods for the common operations.

use futures_util::{
    Stream, TryStreamExt as _,
    stream::{iter, try_unfold},
};
use scm_model::{
    Call, Empty,
    api::{
        DeleteCertificate, ExportCertificate, ImportCertificate, ListCertificates,
        ReplaceCertificate, ShowCertificate, UpdateCertificate,
    },
    certificates::{
        CertificateDetail, CertificateFilter, CertificateImport, CertificatePage, CertificatePath,
        CertificateReplacement, CertificateSummary, CertificateUpdate, ExportedCertificate,
        ImportHeaders, ImportedCertificate, Warned,
    },
};

use crate::{Client, Error, walk::Walk};

impl Client {
    /// Imports a certificate with its chain and private key. The import has a new `Idempotency-Key`, so
    /// that a retry does not store it twice.
    ///
    /// # Errors
    /// As [`Self::send`]. After an error that [may have taken effect](Error::may_have_taken_effect)
    /// the certificate may be stored. To retry safely even then, choose the key yourself and
    /// [send](Self::send) a call with [`ImportHeaders`].
    pub async fn import_certificate(
        &self,
        import: CertificateImport,
    ) -> Result<Warned<ImportedCertificate>, Error> {
        // Random enough that no key is drawn twice within a day.
        let key = format!("{:032x}", fastrand::u128(..));
        let headers = ImportHeaders { idempotency_key: Some(key) };
        self.send(Call::<ImportCertificate>::new(Empty, Empty, headers, import)?).await
    }

    /// Returns one page of the certificates that match a filter.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn list_certificates(
        &self,
        filter: CertificateFilter,
    ) -> Result<CertificatePage, Error> {
        self.send(Call::<ListCertificates>::with_query(filter)?).await
    }

    /// Streams the certificates that match a filter. Pages are requested as the stream is read. The size
    /// of a page is the limit of the filter, 50 by default.
    ///
    /// If the server has no markers, like the cloud, the stream uses offsets. Certificates that are added
    /// or removed meanwhile can then make others appear twice or not at all.
    ///
    /// # Errors
    /// In the stream, as its last item: as [`Self::send`], or [`Error::Endless`].
    pub fn certificates(
        &self,
        filter: CertificateFilter,
    ) -> impl Stream<Item = Result<CertificateSummary, Error>> + Send + Unpin + use<> {
        let pages = self.certificate_pages(filter);
        pages.map_ok(|page| iter(page.certificates.into_iter().map(Ok))).try_flatten()
    }

    /// Like [`Self::certificates`], but returns pages, each with the total number of certificates.
    ///
    /// # Errors
    /// In the stream, as its last item: as [`Self::send`], or [`Error::Endless`].
    pub fn certificate_pages(
        &self,
        filter: CertificateFilter,
    ) -> impl Stream<Item = Result<CertificatePage, Error>> + Send + Unpin + use<> {
        let client = self.clone();
        Box::pin(try_unfold(Some(Walk::of(filter)), move |walk| {
            let client = client.clone();
            async move {
                let Some(walk) = walk else { return Ok(None) };
                let page = client.list_certificates(walk.filter()).await?;
                let rest = walk.behind(&page, client.base_url())?;
                Ok(Some((page, rest)))
            }
        }))
    }

    /// Returns what is stored of a certificate, without its private key.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn show_certificate(
        &self,
        certificate_id: impl Into<String>,
    ) -> Result<CertificateDetail, Error> {
        self.send(Call::<ShowCertificate>::with_path(path(certificate_id))?).await
    }

    /// Returns a certificate with its chain and its private key.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn export_certificate(
        &self,
        certificate_id: impl Into<String>,
    ) -> Result<ExportedCertificate, Error> {
        self.send(Call::<ExportCertificate>::with_path(path(certificate_id))?).await
    }

    /// Deletes a certificate with its chain and its private key.
    ///
    /// # Errors
    /// As [`Self::send`]. The request is retried if the connection broke, so a refusal for an unknown id
    /// (404) can mean that the first attempt took effect.
    pub async fn delete_certificate(&self, certificate_id: impl Into<String>) -> Result<(), Error> {
        self.send(Call::<DeleteCertificate>::with_path(path(certificate_id))?).await?;
        Ok(())
    }

    /// Replaces the certificate under an existing id by a renewed one, with its chain and private key.
    /// Extension (not part of the published API).
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn replace_certificate(
        &self,
        certificate_id: impl Into<String>,
        replacement: CertificateReplacement,
    ) -> Result<Warned<CertificateDetail>, Error> {
        let path = path(certificate_id);
        self.send(Call::<ReplaceCertificate>::new(path, Empty, Empty, replacement)?).await
    }

    /// Changes the name or the description of a certificate. Extension (not part of the published API).
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn update_certificate(
        &self,
        certificate_id: impl Into<String>,
        update: CertificateUpdate,
    ) -> Result<CertificateDetail, Error> {
        let path = path(certificate_id);
        self.send(Call::<UpdateCertificate>::new(path, Empty, Empty, update)?).await
    }
}

fn path(certificate_id: impl Into<String>) -> CertificatePath {
    CertificatePath { certificate_id: certificate_id.into() }
}
