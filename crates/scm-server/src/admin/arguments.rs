//! The commands of administrators: their arguments and help texts.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
    value_parser,
};
use scm_store::{CertificateId, Role};
use time::OffsetDateTime;

use super::{moment, new_name::new_name, password};
use crate::config::{Config, ConfigError, Identity, KeyringSetting, LocationSetting, StoreSetting};

const EXPLAINED: &str = "\
Examples:
  scm-server project add shop
  scm-server user add deployer --project shop --role full_access
  scm-server access-key add deployer --json

Changes take effect at the next request; a running server needs no restart. With identity = keystone the server uses the users and roles of Keystone, and these commands have no effect on it.

Exit codes: 0 success; 1 failure, with the reason on standard error; 2 invalid command line.";

/// A command of an administrator.
#[derive(Debug, Subcommand)]
pub enum Administration {
    /// A command on the store of a server
    #[command(flatten)]
    OnStore(OnStore),
    /// Copy a store to another folder or database
    Copy(Copy),
    /// Restore a backup into a data folder without a store
    Restore(Restore),
}

/// A command on the store of a server.
#[derive(Debug, Subcommand)]
pub enum OnStore {
    /// Add, list, disable and remove users
    User(Group<UserCommand>),
    /// Add and list projects; each certificate belongs to one
    Project(Group<ProjectCommand>),
    /// Grant, revoke and list the roles of users in projects
    Role(Group<RoleCommand>),
    /// Add, list, disable and remove access keys, which sign requests
    AccessKey(Group<AccessKeyCommand>),
    /// Revoke tokens before they expire
    Token(Group<TokenCommand>),
    /// Show the audit trail, newest event first: who did what, when and from where
    Audit(Audit),
    /// Update the schema of the store, as a server does when it starts
    Migrate(Place),
    /// Rotate the master key, and seal all stored keys and secrets under the new one
    RotateKey(RotateKey),
    /// Back up the embedded store and its keyring into a folder, even while a server runs
    Backup(Backup),
}

impl OnStore {
    /// The store that the command works on.
    pub fn place(&self) -> &Place {
        match self {
            Self::User(group) => &group.place,
            Self::Project(group) => &group.place,
            Self::Role(group) => &group.place,
            Self::AccessKey(group) => &group.place,
            Self::Token(group) => &group.place,
            Self::Audit(arguments) => &arguments.place,
            Self::Migrate(place) => place,
            Self::RotateKey(arguments) => &arguments.place,
            Self::Backup(arguments) => &arguments.place,
        }
    }
}

/// The commands about one kind of record.
#[derive(Debug, Args)]
#[command(after_help = EXPLAINED)]
pub struct Group<C: Subcommand> {
    #[command(subcommand)]
    pub command: C,
    #[command(flatten)]
    pub place: Place,
}

/// Which events of the audit trail are shown.
#[derive(Debug, Args)]
pub struct Audit {
    /// Only events of this user, by name or id
    #[arg(long, value_name = "NAME|ID")]
    pub user: Option<String>,
    /// Only events in this project, by name or id
    #[arg(long, value_name = "NAME|ID")]
    pub project: Option<String>,
    /// Only events of this certificate
    #[arg(long, value_name = "ID")]
    pub certificate: Option<CertificateId>,
    /// Only events since this day or time (UTC): 2026-11-24, or 2026-11-24T18:30:00Z
    #[arg(long, value_name = "MOMENT", value_parser = moment::read)]
    pub since: Option<OffsetDateTime>,
    /// The maximum number of events
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    #[command(flatten)]
    pub place: Place,
}

const ROTATION_EXPLAINED: &str = "\
Servers may run meanwhile: they read a changed keyring at the next request. If the command is interrupted, even by kill -9, run it again: it resumes. An old key stays in the keyring until --forget-old.

If all servers read one keyring file (the embedded store has one server):
  scm-server rotate-key                   (on PostgreSQL: with --one-file)
  scm-server rotate-key --forget-old

If servers on PostgreSQL have copies of the file:
  scm-server rotate-key --prepare         then copy the file to every server
  scm-server rotate-key                   then copy the file to every server again
  scm-server rotate-key                   seals what was sealed under the old key in between
  scm-server rotate-key --forget-old      then copy the file to every server

Exit codes: 0 success; 1 failure, with the reason on standard error; 2 invalid command line.";

/// How to rotate the master key.
#[derive(Debug, Args)]
#[command(after_help = ROTATION_EXPLAINED)]
pub struct RotateKey {
    /// Only add a new key, to copy to every server before anything is sealed under it
    #[arg(long, conflicts_with_all = ["forget_old", "one_file"])]
    pub prepare: bool,
    /// Remove the old keys from the keyring, if nothing is sealed under them any more
    #[arg(long, conflicts_with = "one_file")]
    pub forget_old: bool,
    /// All servers on the PostgreSQL read this keyring file: no copies need to be updated
    #[arg(long)]
    pub one_file: bool,
    #[command(flatten)]
    pub place: Place,
}

const COPY_EXPLAINED: &str = "\
A LOCATION is a data folder, or the URL of a PostgreSQL database: postgres://USER@HOST/DATABASE.

  scm-server copy --from scm-data --to postgres://scm@db.example/scm
  scm-server copy --from postgres://scm@db.example/scm --to scm-data --keyring keyring.json

Stop the servers of the source first. The destination must be empty. An interrupted copy, even by kill -9, is continued by the same command; until it is done, no server opens the destination. At the end both are compared row by row, which also shows whether the source was written to in the meantime. Private keys stay sealed.

Exit codes: 0 success; 1 failure, with the reason on standard error; 2 invalid command line.";

/// What to copy, and where.
#[derive(Debug, Args)]
#[command(after_help = COPY_EXPLAINED)]
pub struct Copy {
    /// The source: a data folder, or postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "LOCATION")]
    pub from: LocationSetting,
    /// The destination, which must be empty
    #[arg(long, value_name = "LOCATION")]
    pub to: LocationSetting,
    /// The keyring of the source [default: keyring.json in its folder]
    #[arg(long, env = "SCM_KEYRING", value_name = "FILE", hide_env_values = true)]
    pub keyring: Option<KeyringSetting>,
    /// Report in JSON
    #[arg(long)]
    pub json: bool,
}

const BACKUP_EXPLAINED: &str = "\
The backup contains every import that was acknowledged before it began. THE BACKUP GIVES ACCESS TO ALL PRIVATE KEYS: the keyring in it opens them. It is a folder of mode 0700 with files of mode 0600.

Exit codes: 0 success; 1 failure, with the reason on standard error; 2 invalid command line.";

/// Where to write a backup.
#[derive(Debug, Args)]
#[command(after_help = BACKUP_EXPLAINED)]
pub struct Backup {
    /// The folder to create; it must not exist
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    #[command(flatten)]
    pub place: Place,
}

/// The backup to restore, and where.
#[derive(Debug, Args)]
pub struct Restore {
    /// The folder of the backup
    #[arg(long, value_name = "FOLDER")]
    pub from: PathBuf,
    /// The data folder; it must not contain a store
    #[arg(long, env = "SCM_DATA_DIR", value_name = "DIR", default_value = "scm-data")]
    pub data_dir: PathBuf,
    /// Report in JSON
    #[arg(long)]
    pub json: bool,
}

/// The store, and the form of the output.
#[derive(Debug, Args)]
pub struct Place {
    /// The folder of the store [default: scm-data]
    #[arg(long, global = true, env = "SCM_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The store, if it is not in the folder: postgres://USER@HOST/DATABASE [default: embedded]
    #[arg(
        long,
        global = true,
        env = "SCM_STORE",
        value_name = "embedded|URL",
        hide_env_values = true
    )]
    store: Option<StoreSetting>,
    /// The file of the keyring [default: DATA_DIR/keyring.json]
    #[arg(long, global = true, env = "SCM_KEYRING", value_name = "FILE", hide_env_values = true)]
    keyring: Option<KeyringSetting>,
    /// The server's TOML file, which may name the folder and the store
    #[arg(long, global = true, env = "SCM_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, global = true, env = "SCM_IDENTITY", hide = true)]
    identity: Option<Identity>,
    /// Report in JSON
    #[arg(long, global = true)]
    pub json: bool,
}

impl Place {
    /// The settings of the store.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let (data_dir, store) = (self.data_dir.clone(), self.store.clone());
        let keyring = self.keyring.clone();
        Config::of_store(self.config.as_deref(), data_dir, store, keyring, self.identity)
    }
}

/// The commands about users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user
    Add {
        /// The name of the user: up to 64 characters
        #[arg(value_parser = new_name)]
        name: String,
        /// A project to grant a role in; grant more with `role grant`
        #[arg(long, requires = "role")]
        project: Option<String>,
        /// The role of the user in the project
        #[arg(long, requires = "project", value_parser = roles())]
        role: Option<Role>,
        #[command(flatten)]
        password: password::Source,
    },
    /// List the users with their roles
    List,
    /// Change the password of a user; tokens and access keys stay valid
    Password {
        /// The user's name or id
        name: String,
        #[command(flatten)]
        password: password::Source,
    },
    /// Disable a user: password, tokens and access keys are refused until `enable`
    Disable {
        /// The user's name or id
        name: String,
    },
    /// Enable a disabled user, with unchanged password, access keys and unexpired tokens
    Enable {
        /// The user's name or id
        name: String,
    },
    /// Remove a user with all roles, tokens and access keys; imported certificates stay
    Remove {
        /// The user's name or id
        name: String,
    },
}

/// The commands about projects.
#[derive(Debug, Subcommand)]
pub enum ProjectCommand {
    /// Add a project; no user has a role in it until `role grant`
    Add {
        /// The name of the project: up to 64 characters
        #[arg(value_parser = new_name)]
        name: String,
    },
    /// List the projects with their ids
    List,
}

/// The commands about roles.
#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// Grant a user a role in a project; it replaces a role that they have there
    Grant {
        /// The user's name or id
        user: String,
        /// The project's name or id
        project: String,
        /// administrator and full_access may do everything with certificates, read_only may list and
        /// show them, without private keys
        #[arg(value_parser = roles())]
        role: Role,
    },
    /// Revoke the role of a user in a project: their tokens and access keys for it are refused
    Revoke {
        /// The user's name or id
        user: String,
        /// The project's name or id
        project: String,
    },
    /// List users, projects and roles
    List,
}

/// The commands about access keys.
#[derive(Debug, Subcommand)]
pub enum AccessKeyCommand {
    /// Add an access key and show its secret, once only
    Add {
        /// The user's name or id
        user: String,
        /// The project that it is valid for; required if the user has roles in several
        #[arg(long)]
        project: Option<String>,
    },
    /// List access keys, without their secrets
    List {
        /// Only access keys of this user, by name or id
        user: Option<String>,
    },
    /// Disable an access key: its signatures are refused until `enable`
    Disable {
        /// The access key
        access_key: String,
    },
    /// Enable a disabled access key
    Enable {
        /// The access key
        access_key: String,
    },
    /// Remove an access key permanently
    Remove {
        /// The access key
        access_key: String,
    },
}

/// The commands about tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Revoke all tokens of a user; they may log in again
    Revoke {
        /// The user's name or id
        user: String,
    },
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str))
        .map(|text| Role::called(&text).expect("only names of roles are possible"))
}
