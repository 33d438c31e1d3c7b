//! Every check there is, one after the other, with a table of what came of each.

use std::time::{Duration, Instant};

use crate::{
    advisories, bench, clients, docs, libraries,
    openapi::{keeps_promises, openapi},
    root::root,
    run::{Done, cargo, command, run, tell},
    schemathesis::{self, schemathesis},
    tidy::tidy,
    tools,
};

enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

/// Runs every check; fails if one does, or, where continuous integration asks, is skipped.
pub fn test() -> Done {
    let mut rows = Vec::new();
    for (name, check) in CHECKS {
        tell(&format!("\n── {name}"));
        let start = Instant::now();
        let outcome = check();
        if let Outcome::Failed(why) | Outcome::Skipped(why) = &outcome {
            tell(why);
        }
        rows.push((*name, outcome, start.elapsed()));
    }
    summary(&rows)
}

type Check = (&'static str, fn() -> Outcome);

const CHECKS: &[Check] = &[
    ("format", || passed(run(&mut cargo(&["fmt", "--all", "--check"])))),
    ("tidy", || passed(tidy())),
    ("openapi is fresh", || passed(openapi(true))),
    ("openapi breaks no client", || passed(keeps_promises())),
    ("openapi is valid", spec_is_valid),
    ("openapi is clean", spec_is_clean),
    ("clippy", clippy),
    ("documentation", documentation),
    ("licences, bans, sources, advisories", deny),
    ("libraries bring no more than they say", || passed(libraries::light())),
    ("libraries make packages", || passed(libraries::packages())),
    ("libraries break no program", || passed(libraries::keeps_interface())),
    ("generated clients", generated_clients),
    ("the server does as the document says", does_as_it_says),
    ("the API reference", reference),
    ("tests", tests),
    ("tests, on PostgreSQL", tests_on_postgres),
    ("the bench works", || passed(bench::works())),
];

fn clippy() -> Outcome {
    let all = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    passed(run(&mut cargo(&all)))
}

fn documentation() -> Outcome {
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--all-features", "--quiet"]);
    passed(run(doc.env("RUSTDOCFLAGS", "-D warnings")))
}

const DOCUMENTS: [&str; 2] = ["openapi/scm.json", "openapi/scm-3.0.json"];

fn spec_is_valid() -> Outcome {
    match tools::python("openapi") {
        Ok(bin) => {
            let tool = bin.join("openapi-spec-validator");
            passed(run(&mut command(&tool.to_string_lossy(), DOCUMENTS)))
        }
        Err(why) => Outcome::Skipped(why),
    }
}

fn spec_is_clean() -> Outcome {
    let modules = match tools::npm("openapi-linters", &root().join("tests/openapi")) {
        Ok(modules) => modules,
        Err(why) => return Outcome::Skipped(why),
    };
    let tool = |name: &str| command(&modules.join(".bin").join(name).to_string_lossy(), ["lint"]);
    let mut redocly = tool("redocly");
    // It would tell its maker about us, and us about its next version.
    redocly.envs([("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")]);
    redocly.args(["--config", "tests/openapi/redocly.yaml"]).args(DOCUMENTS);
    let mut spectral = tool("spectral");
    spectral.args(["--ruleset", "tests/openapi/spectral.yaml", "--fail-severity", "hint"]);
    passed(run(&mut redocly).and_then(|()| run(spectral.args(DOCUMENTS))))
}

/// One client each in Python, TypeScript, Rust and Go; `cargo xtask clients` tries all.
fn generated_clients() -> Outcome {
    let tried = match clients::try_out(&["openapi-python-client", "openapi-fetch", "rust", "go"]) {
        Ok(tried) => tried,
        Err(why) => return Outcome::Failed(why),
    };
    let failed: Vec<_> = tried.iter().filter_map(clients::Tried::failure).collect();
    let missing: Vec<_> = tried.iter().filter_map(clients::Tried::missing).collect();
    match (failed.is_empty(), missing.is_empty()) {
        (false, _) => Outcome::Failed(failed.join("\n")),
        (true, false) => Outcome::Skipped(missing.join("\n")),
        (true, true) => Outcome::Passed,
    }
}

fn does_as_it_says() -> Outcome {
    match tools::python("schemathesis") {
        Ok(_) => passed(schemathesis(schemathesis::SEED, schemathesis::EXAMPLES)),
        Err(why) => Outcome::Skipped(why),
    }
}

fn reference() -> Outcome {
    match docs::browser().and_then(|()| docs::modules()) {
        Ok(modules) => passed(docs::check(&modules)),
        Err(why) => Outcome::Skipped(why),
    }
}

fn deny() -> Outcome {
    match tools::deny() {
        Ok(tool) => {
            let checks = ["--log-level", "error", "check", "licenses", "bans", "sources"];
            let licences = run(&mut command(&tool.to_string_lossy(), checks));
            passed(licences.and_then(|()| advisories::check(&tool)))
        }
        Err(why) => Outcome::Skipped(why),
    }
}

/// All tests; where what some of them need cannot be had, all but those: their names have its name.
fn tests() -> Outcome {
    let needs = [
        ("openssl", tools::debian("openssl", "openssl")),
        ("curl", tools::debian("curl", "curl")),
        ("full_disk", tools::mounts()),
        ("haproxy", tools::debian("haproxy", "haproxy")),
        ("keystone", tools::python("keystone").map(drop)),
        ("postgres", tools::postgres()),
        ("sdk", tools::python("sdk").map(drop)),
    ];
    let mut cargo = cargo(&["test", "--workspace", "--all-features", "--no-fail-fast", "--"]);
    let mut missing = Vec::new();
    for (name, there) in needs {
        if let Err(why) = there {
            cargo.args(["--skip", name]);
            missing.push(format!("skipped the tests with {name}: {why}"));
        }
    }
    match run(&mut cargo) {
        Ok(()) if !missing.is_empty() => Outcome::Skipped(missing.join("\n")),
        done => passed(done),
    }
}

/// The tests of requests once more, on a server whose store is in PostgreSQL.
fn tests_on_postgres() -> Outcome {
    if let Err(why) = tools::postgres() {
        return Outcome::Skipped(why);
    }
    let questions =
        ["access::", "certificates::", "directory::", "hostile::", "signature::", "tokens::"];
    let mut cargo = cargo(&["test", "--package", "scm-tests", "--test", "it", "--"]);
    // That one looks into the file of the embedded store.
    cargo.args(questions).args(["--skip", "only_the_hash_of_a_token_is_kept"]);
    passed(run(cargo.env("SCM_TEST_STORE", "postgres")))
}

fn passed(done: Done) -> Outcome {
    match done {
        Ok(()) => Outcome::Passed,
        Err(why) => Outcome::Failed(why),
    }
}

fn summary(rows: &[(&str, Outcome, Duration)]) -> Done {
    tell("");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, outcome, took) in rows {
        let (count, word) = match outcome {
            Outcome::Passed => (&mut passed, "passed"),
            Outcome::Failed(_) => (&mut failed, "FAILED"),
            Outcome::Skipped(_) => (&mut skipped, "skipped"),
        };
        *count += 1;
        tell(&format!("  {word:8} {name:37} {:6.1} s", took.as_secs_f32()));
    }
    tell(&format!("\n{passed} passed, {failed} failed, {skipped} skipped"));
    match (failed, skipped) {
        (0, 0) => Ok(()),
        (0, _) if !tools::must_not_skip() => Ok(()),
        (0, _) => Err("a check was skipped, and CI=true allows none".to_owned()),
        _ => Err("a check failed".to_owned()),
    }
}
