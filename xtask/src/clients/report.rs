//! `docs/clients.md`: what came of each client when it was last tried.

use std::{borrow::Borrow, fs, iter};

use crate::{
    root::root,
    run::{Done, tell},
};

use super::{
    Tried,
    steps::STEPS,
    targets::{TARGETS, Target},
};

const FILE: &str = "docs/clients.md";

const HEAD: &str = "\
# Generated clients

`cargo xtask clients` writes this page: it generates each client, compiles it, and runs a program
that uses it ([`openapi/clients`](../openapi/clients)) against a real server. The program imports a
certificate with its chain and key, shows it, lists it, exports it and deletes it; then it imports a key of
another certificate and must read the code of the refusal, `SCM.0014`. The command itself checks that the
exported key is the imported one, and that no certificate is left.

`cargo xtask clients NAME…` tries some. The document is [`scm.json`](../openapi/scm.json) (3.1) or
[`scm-3.0.json`](../openapi/scm-3.0.json) (3.0).
";

/// Writes the rows of the clients that were tried; other rows stay.
pub fn write(tried: &[Tried]) -> Done {
    let path = root().join(FILE);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let rows = TARGETS.iter().map(|target| {
        let now = tried.iter().find(|tried| tried.target.name == target.name);
        now.map(row).or_else(|| kept(&before, target)).unwrap_or_else(|| untried(target))
    });
    let titles =
        ["client", "generator", "version", "document"].into_iter().chain(STEPS).chain(["remark"]);
    let titles: Vec<_> = titles.collect();
    let rule = vec!["---"; titles.len()];
    let table: Vec<_> = iter::once(line(&titles)).chain([line(&rule)]).chain(rows).collect();
    let page = format!("{HEAD}\n{}\n", table.join("\n"));
    fs::create_dir_all(path.parent().expect("it has a folder"))
        .and_then(|()| fs::write(&path, page))
        .map_err(|error| format!("{FILE}: {error}"))?;
    tell(&format!("\nwrote {FILE}"));
    Ok(())
}

/// The row as it stands.
fn kept(before: &str, target: &Target) -> Option<String> {
    let start = line(&[shown(target)]);
    before.lines().find(|line| line.starts_with(&start)).map(str::to_owned)
}

fn untried(target: &Target) -> String {
    let version = target.version().unwrap_or_default();
    cells(target, &version, |_| "", "not tried yet")
}

fn row(tried: &Tried) -> String {
    let Tried { target, version, steps, missing } = tried;
    let mark = |step: usize| match step {
        step if step < steps.done => "✓",
        step if step == steps.done && steps.failed.is_some() => "✗",
        _ => "–",
    };
    let why = missing.as_ref().or(steps.failed.as_ref());
    let remark = why.map_or(target.remark, |why| why.lines().next().unwrap_or_default());
    cells(target, version, mark, remark)
}

fn cells(
    target: &Target,
    version: &str,
    mark: impl Fn(usize) -> &'static str,
    remark: &str,
) -> String {
    let document = target.document.version();
    let mut cells =
        vec![shown(target), target.generator.package.into(), version.into(), document.into()];
    cells.extend((0..STEPS.len()).map(|step| mark(step).to_owned()));
    cells.push(remark.replace('|', "\\|"));
    line(&cells)
}

fn shown(target: &Target) -> String {
    format!("[{0}](../openapi/clients/{0})", target.name)
}

fn line(cells: &[impl Borrow<str>]) -> String {
    format!("| {} |", cells.join(" | "))
}
