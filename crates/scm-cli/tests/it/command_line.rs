//! What the command line takes, explains and completes.

use crate::{scm, text};

#[test]
fn every_command_explains_itself_with_examples() {
    let help = text(&scm().arg("--help").output().unwrap().stdout);
    for command in
        ["check", "import", "list", "show", "export", "replace", "set", "delete", "completions"]
    {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
        let help = text(&scm().args([command, "--help"]).output().unwrap().stdout);
        assert!(help.contains(&format!("Examples:\n  scm {command} ")), "{help}");
    }
    assert!(help.contains("Exit codes:\n  0  done"), "{help}");
}

#[test]
fn what_makes_no_sense_is_a_wrong_command_line() {
    for words in [
        &["list", "--status", "GOOD"][..],
        &["list", "--expiring", "30", "--sort", "status"],
        &["list", "--with-expired"],
        &["set", "scs1600313391074"],
        &["export", "scs1600313391074", "--stdout", "--force"],
        &["delete"],
        &["completions", "tcsh"],
    ] {
        let refused = scm().args(words).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{words:?}: {}", text(&refused.stderr));
    }
}

#[test]
fn shells_get_their_completions() {
    for (shell, mark) in
        [("bash", "complete -F _scm"), ("zsh", "#compdef scm"), ("fish", "complete -c scm")]
    {
        let printed = scm().args(["completions", shell]).output().unwrap();
        assert_eq!(printed.status.code(), Some(0));
        let script = text(&printed.stdout);
        assert!(script.contains(mark) && script.contains("expiring"), "{shell}: {script}");
    }
}

#[test]
fn half_an_access_key_is_none() {
    let mut half = scm();
    half.args(["list", "--endpoint", "http://127.0.0.1:1"]).env("SCM_ACCESS_KEY", "AK");
    let refused = half.output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("SCM_SECRET_KEY"), "{}", text(&refused.stderr));
}

#[test]
fn authorities_to_trust_are_certificates() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), "none").unwrap();
    for (ca, code, told) in
        [("ca.pem", 2, "cannot read the trust anchors"), ("missing.pem", 3, "cannot be read")]
    {
        let mut list = scm();
        list.args(["list", "--endpoint", "https://127.0.0.1:1", "--ca", ca]);
        let refused = list.env("SCM_TOKEN", "t").current_dir(&folder).output().unwrap();
        assert_eq!(refused.status.code(), Some(code), "{}", text(&refused.stderr));
        assert!(text(&refused.stderr).contains(told), "{}", text(&refused.stderr));
    }
}
