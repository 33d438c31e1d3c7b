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

What is done counts from the next request on: a server that runs on the store asks it each time. With identity = keystone the server asks Keystone instead, and nothing of this matters.

Exit codes: 0 done; 1 not done, and standard error says why; 2 the command line is wrong.";

/// What an administrator asks for.
#[derive(Debug, Subcommand)]
pub enum Administration {
    /// On the store of a server
    #[command(flatten)]
    OnStore(OnStore),
    /// Copy everything that a store keeps into another home
    Copy(Copy),
    /// Put a backup into an empty data folder
    Restore(Restore),
}

/// A command on the store of a server.
#[derive(Debug, Subcommand)]
pub enum OnStore {
    /// Make, list, shut out and remove users
    User(Group<UserCommand>),
    /// Make and list projects, which certificates belong to
    Project(Group<ProjectCommand>),
    /// Say what users may do in which project
    Role(Group<RoleCommand>),
    /// Make, list, disable and remove access keys, which sign requests
    AccessKey(Group<AccessKeyCommand>),
    /// Make tokens worthless before their time
    Token(Group<TokenCommand>),
    /// Tell who did what, when and from where: the newest first
    Audit(Audit),
    /// Bring the store's schema up to date, as a server does when it starts
    Migrate(Place),
    /// Let another master key seal from now on, and seal anew what is kept
    RotateKey(RotateKey),
    /// Copy the embedded store and its keyring into a folder, whether or not a server runs
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

/// The commands about one kind of thing.
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
    /// Only what this user did or tried, by name or id
    #[arg(long, value_name = "NAME|ID")]
    pub user: Option<String>,
    /// Only what happened in this project, by name or id
    #[arg(long, value_name = "NAME|ID")]
    pub project: Option<String>,
    /// Only what was done to this certificate
    #[arg(long, value_name = "ID")]
    pub certificate: Option<CertificateId>,
    /// Only since this day or moment (UTC): 2026-11-24, or 2026-11-24T18:30:00Z
    #[arg(long, value_name = "MOMENT", value_parser = moment::read)]
    pub since: Option<OffsetDateTime>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    #[command(flatten)]
    pub place: Place,
}

const ROTATION_EXPLAINED: &str = "\
It works beside running servers, which take up a changed keyring at the next request. It may be interrupted at any moment, even by kill -9: run it again, and it goes on. An old key stays in the keyring until --forget-old.

Where all servers read one keyring file (the embedded store has one server):
  scm-server rotate-key                   (on a PostgreSQL: with --one-file)
  scm-server rotate-key --forget-old

Where servers on a PostgreSQL have copies of the file:
  scm-server rotate-key --prepare         then give every server the file
  scm-server rotate-key                   then give every server the file again
  scm-server rotate-key                   for what was sealed in between
  scm-server rotate-key --forget-old      then give every server the file

Exit codes: 0 done; 1 not done, and standard error says why; 2 the command line is wrong.";

/// How the master key is to be rotated.
#[derive(Debug, Args)]
#[command(after_help = ROTATION_EXPLAINED)]
pub struct RotateKey {
    /// Only add a key that opens, to be shared before anything is sealed under it
    #[arg(long, conflicts_with_all = ["forget_old", "one_file"])]
    pub prepare: bool,
    /// Take the old keys out of the keyring, if nothing is sealed under them any more
    #[arg(long, conflicts_with = "one_file")]
    pub forget_old: bool,
    /// All servers on the PostgreSQL read this very keyring file, so that there is nothing to share
    #[arg(long)]
    pub one_file: bool,
    #[command(flatten)]
    pub place: Place,
}

const COPY_EXPLAINED: &str = "\
A HOME is a data folder, or the URL of a PostgreSQL: postgres://USER@HOST/DATABASE.

  scm-server copy --from scm-data --to postgres://scm@db.example/scm
  scm-server copy --from postgres://scm@db.example/scm --to scm-data --keyring keyring.json

Stop the servers of the source first. The destination must be empty. An interrupted copy, even by kill -9, is continued by the same command; until it is done, no server opens the destination. At the end both are compared row by row, which also shows whether the source was written to in the meantime. Private keys stay sealed.

Exit codes: 0 done; 1 not done, and standard error says why; 2 the command line is wrong.";

/// What is to be copied, and where.
#[derive(Debug, Args)]
#[command(after_help = COPY_EXPLAINED)]
pub struct Copy {
    /// The home to copy: a data folder, or postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "HOME")]
    pub from: LocationSetting,
    /// The home to copy to, which must be empty
    #[arg(long, value_name = "HOME")]
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

Exit codes: 0 done; 1 not done, and standard error says why; 2 the command line is wrong.";

/// Where a backup is to be made.
#[derive(Debug, Args)]
#[command(after_help = BACKUP_EXPLAINED)]
pub struct Backup {
    /// The folder to make, which must not be there
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    #[command(flatten)]
    pub place: Place,
}

/// Which backup is to be restored, and where.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    #[arg(long, value_name = "FOLDER")]
    pub from: PathBuf,
    /// The data folder, in which there is no store
    #[arg(long, env = "SCM_DATA_DIR", value_name = "DIR", default_value = "scm-data")]
    pub data_dir: PathBuf,
    /// Report in JSON
    #[arg(long)]
    pub json: bool,
}

/// Which store, and how to answer.
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
    /// The settings that matter here.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let (data_dir, store) = (self.data_dir.clone(), self.store.clone());
        let keyring = self.keyring.clone();
        Config::of_store(self.config.as_deref(), data_dir, store, keyring, self.identity)
    }
}

/// What can be done about users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make a user
    Add {
        /// What the user logs in as: up to 64 characters
        #[arg(value_parser = new_name)]
        name: String,
        /// A project to give the user a role in; more by `role grant`
        #[arg(long, requires = "role")]
        project: Option<String>,
        /// What the user may do there
        #[arg(long, requires = "project", value_parser = roles())]
        role: Option<Role>,
        #[command(flatten)]
        password: password::Source,
    },
    /// List the users with their roles
    List,
    /// Give a user another password; their tokens and access keys stay good
    Password {
        /// The user's name or id
        name: String,
        #[command(flatten)]
        password: password::Source,
    },
    /// Shut a user out: password, tokens and access keys are refused until `enable`
    Disable {
        /// The user's name or id
        name: String,
    },
    /// Let a user in again, with the same password, access keys and unexpired tokens
    Enable {
        /// The user's name or id
        name: String,
    },
    /// Remove a user with all roles, tokens and access keys; what they imported stays
    Remove {
        /// The user's name or id
        name: String,
    },
}

/// What can be done about projects.
#[derive(Debug, Subcommand)]
pub enum ProjectCommand {
    /// Make a project; no user has a role in it until `role grant`
    Add {
        /// What the project is called: up to 64 characters
        #[arg(value_parser = new_name)]
        name: String,
    },
    /// List the projects with their ids
    List,
}

/// What can be done about roles.
#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// Give a user a role in a project, in place of the one they have there
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
    /// Take a user's role in a project away: their tokens and access keys for it are refused
    Revoke {
        /// The user's name or id
        user: String,
        /// The project's name or id
        project: String,
    },
    /// List who may do what where
    List,
}

/// What can be done about access keys.
#[derive(Debug, Subcommand)]
pub enum AccessKeyCommand {
    /// Make an access key and show its secret, this once
    Add {
        /// The user's name or id
        user: String,
        /// The project it is good for, where the user has a role in several
        #[arg(long)]
        project: Option<String>,
    },
    /// List access keys, without their secrets
    List {
        /// Only those of this user, by name or id
        user: Option<String>,
    },
    /// Refuse what an access key signs until `enable`
    Disable {
        /// The access key
        access_key: String,
    },
    /// Let an access key count again
    Enable {
        /// The access key
        access_key: String,
    },
    /// Remove an access key for good
    Remove {
        /// The access key
        access_key: String,
    },
}

/// What can be done about tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make all tokens of a user worthless; they may log in again
    Revoke {
        /// The user's name or id
        user: String,
    },
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str))
        .map(|text| Role::called(&text).expect("only names of roles are possible"))
}
