//! Settings from flags, variables and files, and those that are refused.

use super::*;

fn config(arguments: &[&str]) -> Result<Config, ConfigError> {
    let all = ["scm-server", "serve"].iter().chain(arguments);
    match Arguments::try_parse_from(all).expect("the arguments are well-formed").task()? {
        Task::Serve(config) => Ok(*config),
        Task::Administer(asked) => panic!("{asked:?} is not asked for"),
    }
}

#[test]
fn the_defaults_parse_and_are_safe() {
    let config = config(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8443");
    assert_eq!(config.api_revision, Revision::R2021);
    assert!(!config.accept_expired && !config.insecure_http);
    assert!(!config.trusted_proxies.contain("127.0.0.1".parse().unwrap()));
}

#[test]
fn plain_http_leaves_the_machine_only_when_told() {
    let refused = config(&["--listen", "0.0.0.0:80"]).unwrap_err();
    assert!(refused.to_string().contains("--insecure-http"), "{refused}");
    assert!(config(&["--listen", "0.0.0.0:80", "--insecure-http"]).is_ok());
}

#[test]
fn keystone_needs_an_address_and_no_clear_network_in_between() {
    let keystone = |flags: &[&str]| config(&[&["--identity=keystone"], flags].concat());
    let refused = keystone(&[]).unwrap_err().to_string();
    assert!(refused.contains("--keystone-url"), "{refused}");
    let refused = keystone(&["--keystone-url=http://192.0.2.1:5000"]).unwrap_err().to_string();
    assert!(refused.starts_with("http://192.0.2.1:5000/v3 is plain HTTP"), "{refused}");
    assert!(keystone(&["--keystone-url=http://127.0.0.1:5000"]).is_ok());
    assert!(keystone(&["--keystone-url=https://192.0.2.1:5000"]).is_ok());
    assert!(keystone(&["--keystone-url=http://192.0.2.1", "--insecure-http"]).is_ok());
}

#[test]
fn a_flag_counts_before_the_file_and_the_file_before_the_default() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "api_revision = \"2025\"\naccept_expired = true\nidentity = \"local\"\n\
                keystone_url = \"http://127.0.0.1:5000\"\n\
                keystone_roles = \"ops=administrator\"\n\
                trusted_proxies = \"10.0.0.0/8\"\nmax_requests = 7\n";
    fs::write(&file, text).unwrap();
    let path = file.path().to_str().unwrap();
    let config = config(&["--config", path, "--accept-expired=false"]).unwrap();
    assert_eq!(config.api_revision, Revision::R2025);
    assert!(!config.accept_expired);
    assert!(config.trusted_proxies.contain("10.1.2.3".parse().unwrap()));
    assert_eq!(config.keystone_url.as_url().unwrap().path(), "/v3");
    assert_eq!(config.keystone_roles.best(["ops"]), Some(scm_store::Role::Administrator));
    assert_eq!((config.max_requests, config.max_connections), (7, 512));
}

#[test]
fn a_key_that_is_no_setting_is_refused_by_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, "lisen = \"127.0.0.1:0\"\n").unwrap();
    let error = config(&["--config", file.path().to_str().unwrap()]).unwrap_err();
    let ConfigError::Malformed { source, .. } = error else { panic!("{error}") };
    assert!(source.to_string().contains("unknown field `lisen`"), "{source}");
}
