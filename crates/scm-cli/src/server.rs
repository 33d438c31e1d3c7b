//! Where the server is, and who asks: the credentials file, or address and token by themselves.

use std::{env, fs, io, path::Path};

use scm_client::{Client, LogIn};
use scm_model::{Credentials, SecretText};
use zeroize::Zeroizing;

use crate::{args, trouble::Trouble};

/// A client of the server that the command line names.
pub(crate) fn client(args: &args::Server) -> Result<Client, Trouble> {
    let token = env::var("SCM_TOKEN").ok().filter(|token| !token.is_empty()).map(SecretText::from);
    let user_agent = concat!("scm-cli/", env!("CARGO_PKG_VERSION"));
    let client = match (&args.endpoint, token) {
        (Some(endpoint), Some(token)) => Client::builder(endpoint).token(token),
        (endpoint, token) => {
            let credentials = read(&args.credentials)?;
            let log_in = LogIn::from(&credentials);
            Client::builder(endpoint.as_ref().unwrap_or(&credentials.base_url))
                .token(token.unwrap_or(credentials.token))
                .log_in(log_in)
        }
    };
    Ok(client.user_agent(user_agent).build()?)
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
