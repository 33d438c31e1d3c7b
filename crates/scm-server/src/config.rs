//! The settings, and how they are found: a flag takes precedence over its variable, a variable over the
//! file, the file over the default.

mod error;
mod keyring;
mod keystone;
mod settings;
mod store;
mod values;

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use scm_store::Location;

pub use error::ConfigError;
pub use keyring::KeyringSetting;
pub use keystone::{Identity, KeystoneRoles, KeystoneUrl, is_loopback};
pub use settings::Config;
pub use store::{LocationSetting, StoreSetting};
pub use values::{LogFormat, MaybeFile, Proxies, Within};

use crate::keyring::KeyringSource;
use settings::Settings;

/// The arguments of `scm-server serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// A TOML file with any of the settings below. The key of `--data-dir` is `data_dir`, and so on
    #[arg(long, env = "SCM_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

impl ServeArguments {
    /// The settings that these arguments, their variables and their file give.
    ///
    /// # Errors
    /// If the file cannot be read, settings contradict each other, or plain HTTP would leave this
    /// machine without `--insecure-http`.
    pub fn config(self) -> Result<Config, ConfigError> {
        let file = self.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let config = self.settings.or(file).resolve();
        config.location()?;
        config.check_identity()?;
        match (config.tls_cert.as_path(), config.tls_key.as_path()) {
            (Some(_), Some(_)) => Ok(config),
            (None, None) if config.listen.ip().is_loopback() || config.insecure_http => Ok(config),
            (None, None) => Err(ConfigError::PlainHttp(config.listen)),
            _ => Err(ConfigError::HalfTls),
        }
    }
}

impl Config {
    /// The settings of a command that works on a store: the arguments, then the file, then the defaults.
    ///
    /// # Errors
    /// If the file cannot be read, or its `store` is neither `embedded` nor a URL.
    pub fn of_store(
        file: Option<&Path>,
        data_dir: Option<PathBuf>,
        store: Option<StoreSetting>,
        keyring: Option<KeyringSetting>,
        identity: Option<Identity>,
    ) -> Result<Self, ConfigError> {
        let file = file.map(read).transpose()?.unwrap_or_default();
        let given = Settings { data_dir, store, keyring, identity, ..Settings::default() };
        let config = given.or(file).resolve();
        config.location()?;
        Ok(config)
    }

    /// The location of the store.
    ///
    /// # Errors
    /// If the setting is neither `embedded` nor a URL. The settings of a server, and those from
    /// [`Config::of_store`], are checked when they are read.
    pub fn location(&self) -> Result<Location, ConfigError> {
        self.store.location(&self.data_dir).map_err(ConfigError::Store)
    }

    /// Where the keyring is.
    pub fn keyring(&self) -> KeyringSource {
        self.keyring.source(&self.data_dir)
    }

    /// The files of the server's certificate and private key, for HTTPS.
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        self.tls_cert.as_path().zip(self.tls_key.as_path())
    }

    /// The file of the CA certificates for Keystone, if they are not those of the system.
    pub fn keystone_ca(&self) -> Option<&Path> {
        self.keystone_ca.as_path()
    }

    fn check_identity(&self) -> Result<(), ConfigError> {
        match (self.identity, self.keystone_url.as_url()) {
            (Identity::Local, None) => Ok(()),
            (Identity::Local, Some(_)) => Err(ConfigError::IdleKeystone),
            (Identity::Keystone, None) => Err(ConfigError::NoKeystone),
            (Identity::Keystone, Some(url))
                if url.scheme() == "https" || is_loopback(url) || self.insecure_http =>
            {
                Ok(())
            }
            (Identity::Keystone, Some(url)) => Err(ConfigError::PlainKeystone(url.to_string())),
        }
    }
}

fn read(file: &Path) -> Result<Settings, ConfigError> {
    let text = fs::read_to_string(file)
        .map_err(|source| ConfigError::Unreadable { file: file.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        // The whole error would show the line, with a password in it.
        ConfigError::Malformed { file: file.to_owned(), line, what: error.message().to_owned() }
    })
}

#[cfg(test)]
mod tests;
