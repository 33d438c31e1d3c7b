//! Clients that generators make of our documents: each is made, compiled and run against a real
//! server, and what came of it stands in `docs/clients.md`.
//!
//! What a client does is a program of its own, `openapi/clients/NAME`, as its users would
//! write it: it imports a certificate, shows, lists, exports and deletes it, and is refused once.

mod given;
mod report;
mod steps;
mod targets;
mod workshop;

use std::time::Instant;

use crate::{
    root::target,
    run::{Done, cargo, run, tell},
    tools,
};

use steps::Steps;
use targets::{TARGETS, Target};
use workshop::Workshop;

/// What became of one client.
pub struct Tried {
    target: &'static Target,
    version: String,
    steps: Steps,
    /// What it needs and this machine has not.
    missing: Option<String>,
}

/// Tries the clients of these names, or all, and writes what came of them into the table.
pub fn clients(names: &[String]) -> Done {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let tried = try_out(&names)?;
    report::write(&tried)?;
    let mut wrong: Vec<_> = tried.iter().filter_map(Tried::failure).collect();
    if tools::must_not_skip() {
        wrong.extend(tried.iter().filter_map(Tried::missing));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Tries the clients of these names, or all.
pub fn try_out(names: &[&str]) -> Result<Vec<Tried>, String> {
    let chosen = chosen(names)?;
    tell("── Building the server and the tool");
    run(&mut cargo(&["build", "--quiet", "--package", "scm-server", "--package", "scm-cli"]))?;
    chosen.into_iter().map(tried).collect()
}

fn chosen(names: &[&str]) -> Result<Vec<&'static Target>, String> {
    if names.is_empty() {
        return Ok(TARGETS.iter().collect());
    }
    let named = |name: &&str| {
        TARGETS.iter().find(|target| target.name == *name).ok_or_else(|| {
            let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            format!("no client is called {name}; there are {}", known.join(", "))
        })
    };
    names.iter().map(named).collect()
}

fn tried(target: &'static Target) -> Result<Tried, String> {
    let version = target.version()?;
    tell(&format!("\n── {} ({} {version})", target.name, target.generator.package));
    let started = Instant::now();
    let mut steps = Steps::default();
    let missing = match Workshop::set_up(target) {
        Err(missing) => Some(missing),
        Ok(workshop) => {
            steps = workshop.work()?;
            None
        }
    };
    let tried = Tried { target, version, steps, missing };
    tell(&format!("   {} ({:.0} s)", tried.in_short(), started.elapsed().as_secs_f32()));
    Ok(tried)
}

impl Tried {
    /// Why it is not as it should be, though everything was there.
    pub fn failure(&self) -> Option<String> {
        let why = self.steps.failed.as_ref()?;
        let log = target().join("clients").join(format!("{}.log", self.target.name));
        Some(format!("{}: {why}\n  {}", self.target.name, log.display()))
    }

    /// What this machine has not.
    pub fn missing(&self) -> Option<String> {
        self.missing.as_ref().map(|missing| format!("{}: {missing}", self.target.name))
    }

    fn in_short(&self) -> String {
        match (&self.missing, &self.steps.failed) {
            (Some(missing), _) => format!("skipped: {missing}"),
            (None, Some(why)) => format!("FAILED: {why}"),
            (None, None) => "all steps done".to_owned(),
        }
    }
}
