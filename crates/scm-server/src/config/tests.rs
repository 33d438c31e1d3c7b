//! Settings from flags, variables and files, and refused ones.

use clap::FromArgMatches as _;

use super::{settings::SETTINGS, *};

fn parsed(arguments: &[&str]) -> Result<ServeArguments, clap::Error> {
    let command = ServeArguments::augment_args(clap::Command::new("serve"));
    let matches = command.try_get_matches_from([&["serve"], arguments].concat())?;
    ServeArguments::from_arg_matches(&matches)
}

fn config(arguments: &[&str]) -> Result<Config, ConfigError> {
    parsed(arguments).expect("the arguments are well-formed").config()
}

#[test]
fn the_defaults_parse_and_are_safe() {
    let config = config(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8443");
    assert_eq!(config.api_revision, scm_model::Revision::R2021);
    assert!(!config.accept_expired && !config.insecure_http);
    assert!(!config.trusted_proxies.contain("127.0.0.1".parse().unwrap()));
}

#[test]
fn plain_http_needs_a_flag_off_loopback() {
    let refused = config(&["--listen", "0.0.0.0:80"]).unwrap_err();
    assert!(refused.to_string().contains("--insecure-http"), "{refused}");
    assert!(config(&["--listen", "0.0.0.0:80", "--insecure-http"]).is_ok());
}

#[test]
fn keystone_needs_a_url_and_tls_off_loopback() {
    let keystone = |flags: &[&str]| config(&[&["--identity=keystone"], flags].concat());
    let refused = keystone(&[]).unwrap_err().to_string();
    assert!(refused.contains("--keystone-url"), "{refused}");
    let refused = keystone(&["--keystone-url=http://192.0.2.1:5000"]).unwrap_err().to_string();
    assert!(refused.starts_with("http://192.0.2.1:5000/v3 is plain HTTP"), "{refused}");
    let idle = config(&["--keystone-url=http://127.0.0.1:5000"]).unwrap_err().to_string();
    assert!(idle.contains("--identity keystone"), "{idle}");
    assert!(keystone(&["--keystone-url=http://127.0.0.1:5000"]).is_ok());
    assert!(keystone(&["--keystone-url=https://192.0.2.1:5000"]).is_ok());
    assert!(keystone(&["--keystone-url=http://192.0.2.1", "--insecure-http"]).is_ok());
}

#[test]
fn a_flag_takes_precedence_over_the_file_and_the_file_over_the_default() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "api_revision = \"2025\"\naccept_expired = true\nidentity = \"keystone\"\n\
                keystone_url = \"http://127.0.0.1:5000\"\n\
                keystone_roles = \"ops=administrator\"\n\
                trusted_proxies = \"10.0.0.0/8\"\nmax_requests = 7\n";
    fs::write(&file, text).unwrap();
    let path = file.path().to_str().unwrap();
    let config = config(&["--config", path, "--accept-expired=false"]).unwrap();
    assert_eq!(config.api_revision, scm_model::Revision::R2025);
    assert!(!config.accept_expired);
    assert!(config.trusted_proxies.contain("10.1.2.3".parse().unwrap()));
    assert_eq!(config.keystone_url.as_url().unwrap().path(), "/v3");
    assert_eq!(config.keystone_roles.best(["ops"]), Some(scm_store::Role::Administrator));
    assert_eq!((config.max_requests.get(), config.max_connections.get()), (7, 512));
}

/// The error about a file with this text.
fn refused(text: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, text).unwrap();
    config(&["--config", file.path().to_str().unwrap()]).unwrap_err().to_string()
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    let message = refused("\nlisen = \"127.0.0.1:0\"\n");
    assert!(message.contains("line 2: unknown field `lisen`"), "{message}");
}

#[test]
fn a_malformed_file_is_refused_without_its_text() {
    for text in ["store = postgres://scm:hunter2@db/scm", "store = \"postgres://scm:hunter2@db/scm"]
    {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, format!("docs = true\n{text}\n")).unwrap();
        let error = config(&["--config", file.path().to_str().unwrap()]).unwrap_err();
        let message = format!("{} {error:?}", crate::causes::chain(&error));
        assert!(message.contains("line 2") && !message.contains("hunter2"), "{message}");
    }
}

#[test]
fn numbers_have_bounds_in_flags_and_files() {
    for (flag, value) in [
        ("max-connections", "0"),
        ("max-connections-per-address", "0"),
        ("max-requests", "65537"),
        ("request-timeout", "18446744073709551615"),
        ("token-lifetime", "-1"),
        ("keystone-cache", "86401"),
    ] {
        let message = parsed(&[&format!("--{flag}={value}")]).unwrap_err().to_string();
        assert!(message.contains(flag) && message.contains(" to "), "{message}");
    }
    let message = refused("max_requests = 0\n");
    assert!(message.contains("line 1: 0 is not from 1 to 65536"), "{message}");
}

/// The README has the flag, variable, default and bounds of every setting, in the order of `--help`.
#[test]
fn the_readme_has_every_setting() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let rows = readme.lines().filter(|line| line.starts_with("| `--") && line.contains("`SCM_"));
    let documented: Vec<_> = rows
        .map(|row| row.split('|').skip(1).take(4).map(|cell| cell.trim().trim_matches('`')))
        .map(|cells| cells.map(str::to_owned).collect::<Vec<_>>())
        .filter(|cells| cells[0] != "--config")
        .collect();
    assert_eq!(documented.len(), SETTINGS.len(), "{documented:?}");
    for (documented, [name, variable, default, of]) in documented.iter().zip(SETTINGS) {
        let flag = format!("--{}", name.replace('_', "-"));
        assert_eq!(documented[..3], [flag.as_str(), variable, default]);
        let bounds = of.strip_prefix("Within<").and_then(|bounds| bounds.strip_suffix('>'));
        let bounds = bounds.map(|bounds| bounds.replace(", ", " to ").replace('_', ",") + " ");
        assert!(documented[3].starts_with(&bounds.unwrap_or_default()), "{documented:?} {of}");
    }
}
