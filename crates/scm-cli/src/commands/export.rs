//! `scm export`: writes a certificate, its chain and its private key to files.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use scm_model::certificates::ExportedCertificate;
use serde::Serialize;

use crate::{args::Export, error::CliError, output, private_files, server};

/// The paths of the files, under the names of the reply's fields.
#[derive(Serialize)]
struct Files {
    certificate: PathBuf,
    certificate_chain: PathBuf,
    entire_certificate: PathBuf,
    private_key: PathBuf,
}

/// Writes the files and prints their paths, or prints the content with `--stdout`.
pub(super) async fn run(args: Export) -> Result<ExitCode, CliError> {
    let client = server::client(&args.server)?;
    let id = &args.certificate_id;
    if args.stdout {
        print(&client.export_certificate(id).await?, args.json);
        return Ok(ExitCode::SUCCESS);
    }
    let name = client.show_certificate(id).await?.name;
    let files = Files::of(&args.out, &file_name(&name, id));
    if !args.force {
        private_files::none_exists(&files.paths())?;
    }
    private_files::folder(&args.out)?;
    files.write(&client.export_certificate(id).await?, args.force)?;
    if args.json {
        output::json(&files);
    } else {
        output::paths(&files.paths());
    }
    Ok(ExitCode::SUCCESS)
}

impl Files {
    fn of(folder: &Path, name: &str) -> Self {
        let file = |end: &str| folder.join(format!("{name}{end}.pem"));
        Self {
            certificate: file(""),
            certificate_chain: file("-chain"),
            entire_certificate: file("-fullchain"),
            private_key: file("-key"),
        }
    }

    fn paths(&self) -> [PathBuf; 4] {
        let Self { certificate, certificate_chain, entire_certificate, private_key } = self;
        [certificate, certificate_chain, entire_certificate, private_key].map(PathBuf::clone)
    }

    fn write(&self, exported: &ExportedCertificate, overwrite: bool) -> Result<(), CliError> {
        let [certificate, chain, entire, key] = self.paths();
        private_files::write(
            &[
                (certificate, &exported.certificate),
                (chain, &exported.certificate_chain),
                (entire, &exported.entire_certificate),
                (key, exported.private_key.secret_str()),
            ],
            overwrite,
        )
    }
}

fn print(exported: &ExportedCertificate, json: bool) {
    if json {
        output::json(exported);
    } else {
        output::secret(&exported.entire_certificate);
        output::secret(exported.private_key.secret_str());
    }
}

/// The name of a certificate as a file name: without path separators, and without characters that a shell
/// or a program interprets.
fn file_name(name: &str, id: &str) -> String {
    let named = if name.is_empty() { id } else { name };
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '_' };
    let mut file: String = named.chars().take(100).map(plain).collect();
    if file.starts_with(['.', '-']) {
        file.replace_range(..1, "_");
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_within_its_folder() {
        for (name, file) in [
            ("www.example.com", "www.example.com"),
            ("*.example.com", "_.example.com"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            ("-rf", "_rf"),
            (".hidden", "_hidden"),
            ("a\u{1b}b c", "a_b_c"),
            ("", "scs1600313391074"),
        ] {
            assert_eq!(file_name(name, "scs1600313391074"), file);
        }
    }
}
