//! What a client goes through, and how what it says is judged.

use std::{fs, path::Path};

use super::{
    given::{DOMAIN, Given, REFUSED_WITH},
    workshop::Output,
};

/// Every step, in order; those from `RUN` on are reported by the program itself, a line each.
pub const STEPS: [&str; 8] =
    ["generate", "compile", "import", "show", "list", "export", "delete", "refusal"];

/// The first step of the program.
const RUN: usize = 2;

/// Where the program puts the private key that it exports.
const EXPORTED: &str = "exported.pem";

/// How far a client came.
#[derive(Debug, Default)]
pub struct Steps {
    /// How many steps are done.
    pub done: usize,
    /// Why the next one is not.
    pub failed: Option<String>,
}

impl Steps {
    /// The next step is done, or not.
    pub fn then(&mut self, outcome: Result<(), String>) -> bool {
        match outcome {
            Ok(()) => self.done += 1,
            Err(why) => {
                self.failed = Some(format!("{}: {why}", STEPS[self.done]));
            }
        }
        self.failed.is_none()
    }

    /// Judges what a program said, line by line, and the key that it left in its folder.
    pub fn judge(&mut self, said: &Output, folder: &Path, given: &Given) {
        let mut id = "";
        for step in &STEPS[RUN..] {
            let mut reported = said.words.lines().filter_map(|line| line.split_once(' '));
            let outcome = match reported.find(|reported| reported.0 == *step) {
                Some((_, "")) | None => Err("the program did not tell of it".to_owned()),
                Some(("import", reported)) => {
                    id = reported;
                    expect(id.starts_with("scs") && id.len() == 16, reported)
                }
                Some(("show", reported)) => expect(reported == DOMAIN, reported),
                Some(("list", reported)) => {
                    expect(reported.split(' ').any(|listed| listed == id), reported)
                }
                Some(("export", reported)) => exported(reported, folder, given),
                Some(("delete", reported)) => {
                    expect(reported == id, reported).and_then(|()| given.nothing_left())
                }
                Some((_, reported)) => {
                    expect(reported == REFUSED_WITH, reported).and_then(|()| said.ended.clone())
                }
            };
            // Why a program ended early says more than that it was silent.
            let outcome = outcome.map_err(|why| said.ended.clone().err().unwrap_or(why));
            if !self.then(outcome) {
                return;
            }
        }
    }
}

fn expect(is_so: bool, reported: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(format!("the program said {reported:?}")) }
}

/// Whether the file that a program names has the key that was imported.
fn exported(reported: &str, folder: &Path, given: &Given) -> Result<(), String> {
    expect(reported == EXPORTED, reported)?;
    let key = fs::read_to_string(folder.join(EXPORTED))
        .map_err(|error| format!("{EXPORTED}: {error}"))?;
    if key.trim() == given.private_key() { Ok(()) } else { Err("another key".to_owned()) }
}
