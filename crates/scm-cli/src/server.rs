//! The address of the server and the credentials, from the credentials file or from variables.

use std::{env, fs, io, path::Path};

use scm_client::{Builder, Client, LogIn};
use scm_model::{Credentials, SecretText};
use zeroize::Zeroizing;

use crate::{args, error::CliError, sources};

/// A client for the server of the command line. Refuses to send credentials without encryption, and to
/// another server than the one they belong to.
pub(crate) fn client(args: &args::Server) -> Result<Client, CliError> {
    let (builder, origin) = builder(args)?;
    let mut builder = builder.user_agent(concat!("scm-cli/", env!("CARGO_PKG_VERSION")));
    if let Some(ca) = &args.ca {
        builder = builder.root_certificates(sources::read(ca)?.text.as_str());
    }
    let client = builder.build()?;
    match origin {
        Some(origin) if !client.is_at(&origin) => Err(CliError::OtherServer {
            name: args.credentials.display().to_string(),
            origin,
            endpoint: client.base_url().to_owned(),
        }),
        _ if client.is_exposed() && !args.insecure_http => {
            Err(CliError::Exposed { endpoint: client.base_url().to_owned() })
        }
        _ => Ok(client),
    }
}

/// A builder, and the address that the credentials of the file belong to, if they are used. An access key
/// takes precedence over a token, and a token over the file.
fn builder(args: &args::Server) -> Result<(Builder, Option<String>), CliError> {
    let (token, key) = (variable("SCM_TOKEN"), access_key()?);
    let elsewhere = args.endpoint.as_ref();
    match (elsewhere, key, token) {
        (Some(endpoint), Some((id, secret)), _) => {
            Ok((Client::builder(endpoint).access_key(id, secret), None))
        }
        (Some(endpoint), None, Some(token)) => {
            Ok((Client::builder(endpoint).token(token.into()), None))
        }
        (_, key, token) => {
            let credentials = read(&args.credentials)?;
            let log_in = LogIn::from(&credentials);
            let builder = Client::builder(elsewhere.unwrap_or(&credentials.base_url));
            let builder = match key {
                Some((id, secret)) => builder.access_key(id, secret),
                None => {
                    builder.token(token.map_or(credentials.token, SecretText::from)).log_in(log_in)
                }
            };
            Ok((builder, Some(credentials.base_url)))
        }
    }
}

fn access_key() -> Result<Option<(String, SecretText)>, CliError> {
    match (variable("SCM_ACCESS_KEY"), variable("SCM_SECRET_KEY")) {
        (Some(id), Some(secret)) => Ok(Some((id, secret.into()))),
        (None, None) => Ok(None),
        _ => Err(CliError::HalfAccessKey),
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn read(path: &Path) -> Result<Credentials, CliError> {
    let name = path.display().to_string();
    let text = match fs::read(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(CliError::NoCredentials { name });
        }
        Err(source) => return Err(CliError::File { name, source }),
    };
    serde_json::from_slice(&text).map_err(|error| {
        // The text of the error can contain the password.
        CliError::Credentials { name, line: error.line(), column: error.column() }
    })
}
