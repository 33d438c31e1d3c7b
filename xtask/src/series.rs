//! Within which versions nothing may break.

/// What versions of one series have in common: of 1.x the 1, of 0.1.x the 0 and the 1.
pub fn series(version: &str) -> Vec<&str> {
    let parts: Vec<_> = version.split('.').collect();
    let kept = if parts.first() == Some(&"0") { 2 } else { 1 };
    parts.into_iter().take(kept).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_version_says_whether_it_may_break() {
        let same = |one, other| super::series(one) == super::series(other);
        assert!(same("0.1.0", "0.1.9") && same("1.0.0", "1.9.0"));
        assert!(!same("0.1.0", "0.2.0") && !same("1.9.0", "2.0.0") && !same("0.1.0", "1.0.0"));
    }
}
