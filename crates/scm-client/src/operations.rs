//! The everyday operations, by name.

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
    /// Imports a certificate with its chain and private key, once: it has a key of its own, by which
    /// the server knows it when it has to be sent again.
    ///
    /// # Errors
    /// As [`Self::send`]. After an error that [may have taken effect](Error::may_have_taken_effect)
    /// the certificate may have been kept. To be able to ask again even then, choose the key
    /// yourself and [send](Self::send) a call with [`ImportHeaders`].
    pub async fn import_certificate(
        &self,
        import: CertificateImport,
    ) -> Result<Warned<ImportedCertificate>, Error> {
        // Random enough that one person does not draw the same one twice within a day.
        let key = format!("{:032x}", fastrand::u128(..));
        let headers = ImportHeaders { idempotency_key: Some(key) };
        self.send(Call::<ImportCertificate>::new(Empty, Empty, headers, import)?).await
    }

    /// One page of the certificates that a filter lets through.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn list_certificates(
        &self,
        filter: CertificateFilter,
    ) -> Result<CertificatePage, Error> {
        self.send(Call::<ListCertificates>::with_query(filter)?).await
    }

    /// Every certificate that a filter lets through, from where it begins: fetched page by page as
    /// the stream is read, and no further. A page's size is the filter's limit, by default 50.
    ///
    /// A server without markers, such as the cloud, is asked by number: there, what comes or goes
    /// meanwhile can make others appear twice or not at all.
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

    /// As [`Self::certificates`], in pages, each with the number of all.
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

    /// Shows what is kept of a certificate, without its private key.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn show_certificate(
        &self,
        certificate_id: impl Into<String>,
    ) -> Result<CertificateDetail, Error> {
        self.send(Call::<ShowCertificate>::with_path(path(certificate_id))?).await
    }

    /// Fetches a certificate with its chain and its private key.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn export_certificate(
        &self,
        certificate_id: impl Into<String>,
    ) -> Result<ExportedCertificate, Error> {
        self.send(Call::<ExportCertificate>::with_path(path(certificate_id))?).await
    }

    /// Deletes a certificate with everything that is kept of it.
    ///
    /// # Errors
    /// As [`Self::send`]. Where a connection broke it is asked for once more, so that a refusal for
    /// an unknown id (404) can mean that the first try has done it.
    pub async fn delete_certificate(&self, certificate_id: impl Into<String>) -> Result<(), Error> {
        self.send(Call::<DeleteCertificate>::with_path(path(certificate_id))?).await?;
        Ok(())
    }

    /// Puts a renewed certificate, with its chain and private key, under an id that exists. (The
    /// cloud does not have this.)
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

    /// Gives a certificate another name or description. (The cloud does not have this.)
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
