//! Arguments, help and completions.

use crate::{scm, text};

#[test]
fn the_help_of_every_command_has_examples() {
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
fn inconsistent_arguments_are_an_invalid_command_line() {
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
fn completions_are_printed_for_each_shell() {
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
fn an_access_key_needs_both_variables() {
    let mut half = scm();
    half.args(["list", "--endpoint", "http://127.0.0.1:1"]).env("SCM_ACCESS_KEY", "AK");
    let refused = half.output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("SCM_SECRET_KEY"), "{}", text(&refused.stderr));
}

#[test]
fn trust_anchors_are_certificates() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), "none").unwrap();
    for (ca, code, message) in [
        ("ca.pem", 2, "cannot read the trust anchors"),
        ("missing.pem", 3, "cannot read missing.pem"),
    ] {
        let mut list = scm();
        list.args(["list", "--endpoint", "https://127.0.0.1:1", "--ca", ca]);
        let refused = list.env("SCM_TOKEN", "t").current_dir(&folder).output().unwrap();
        assert_eq!(refused.status.code(), Some(code), "{}", text(&refused.stderr));
        assert!(text(&refused.stderr).contains(message), "{}", text(&refused.stderr));
    }
}
