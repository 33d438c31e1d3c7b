//! The command line: to serve, or a command of the administrator.

use clap::{Parser, Subcommand};

use crate::{
    admin::Administration,
    config::{Config, ConfigError, ServeArguments},
};

/// A self-hosted SSL certificate manager that speaks the SCM v3 API.
///
/// Without a command: `serve` with its defaults.
#[derive(Debug, Parser)]
#[command(name = "scm-server", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests until SIGTERM or Ctrl-C
    Serve(Box<ServeArguments>),
    #[command(flatten)]
    Administer(Administration),
}

/// A task of the program.
#[derive(Debug)]
pub enum Task {
    /// Answer requests with these settings.
    Serve(Box<Config>),
    /// Run a command of the administrator.
    Administer(Administration),
}

impl Arguments {
    /// The task that these arguments name. Without a command it is to serve, with the settings of
    /// the environment.
    ///
    /// # Errors
    /// A setting of the server that is malformed, out of bounds or contradicts another one.
    pub fn task(self) -> Result<Task, ConfigError> {
        match self.command {
            Some(Command::Serve(serve)) => Ok(Task::Serve(Box::new(serve.config()?))),
            Some(Command::Administer(command)) => Ok(Task::Administer(command)),
            None => Self::parse_from(["scm-server", "serve"]).task(),
        }
    }

    /// The arguments of this process. Settings without a command are those of `serve`.
    pub fn of_process() -> Self {
        let mut words: Vec<_> = std::env::args_os().collect();
        let first = words.get(1).and_then(|word| word.to_str()).unwrap_or_default();
        if first.starts_with("--") && !matches!(first, "--help" | "--version") {
            words.insert(1, "serve".into());
        }
        Self::parse_from(words)
    }
}
