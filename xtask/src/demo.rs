//! Shows the main job.

use crate::run::Done;

/// Placeholder until the command line tool is there.
pub fn demo() -> Done {
    Err("not yet".to_owned())
}
