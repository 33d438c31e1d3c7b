//! Where the server is, and who asks: the credentials file, or address and proof by themselves.

use std::{env, fs, io, path::Path};

use scm_client::{Builder, Client, LogIn};
use scm_model::{Credentials, SecretText};
use zeroize::Zeroizing;

use crate::{args, sources, trouble::Trouble};

/// A client of the server that the command line names, unless what proves who asks could be read on
/// the way, or would go to another server than its own.
pub(crate) fn client(args: &args::Server) -> Result<Client, Trouble> {
    let (builder, home) = builder(args)?;
    let mut builder = builder.user_agent(concat!("scm-cli/", env!("CARGO_PKG_VERSION")));
    if let Some(ca) = &args.ca {
        builder = builder.root_certificates(sources::read(ca)?.text.as_str());
    }
    let client = builder.build()?;
    match home {
        Some(home) if !client.is_at(&home) => Err(Trouble::OtherServer {
            name: args.credentials.display().to_string(),
            home,
            endpoint: client.base_url().to_owned(),
        }),
        _ if client.is_exposed() && !args.insecure_http => {
            Err(Trouble::Exposed { endpoint: client.base_url().to_owned() })
        }
        _ => Ok(client),
    }
}

/// A client in the making, and the address that its secrets are for, if the file has both. An access
/// key counts before a token, a token before what is in the file.
fn builder(args: &args::Server) -> Result<(Builder, Option<String>), Trouble> {
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

fn access_key() -> Result<Option<(String, SecretText)>, Trouble> {
    match (variable("SCM_ACCESS_KEY"), variable("SCM_SECRET_KEY")) {
        (Some(id), Some(secret)) => Ok(Some((id, secret.into()))),
        (None, None) => Ok(None),
        _ => Err(Trouble::HalfAccessKey),
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn read(path: &Path) -> Result<Credentials, Trouble> {
    let name = path.display().to_string();
    let text = match fs::read(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Trouble::NoCredentials { name });
        }
        Err(source) => return Err(Trouble::File { name, source }),
    };
    serde_json::from_slice(&text).map_err(|error| {
        // The error's own text may quote the password.
        Trouble::Credentials { name, line: error.line(), column: error.column() }
    })
}
