//! What one published revision of the API refuses that another accepts.

use crate::{NameRule, Revision, Rule, Violation, certificates::CertificateImport, one_line};

impl Revision {
    /// What this revision refuses in an import that the union of all revisions accepts.
    pub fn narrow(self, import: &CertificateImport) -> Vec<Violation> {
        let mut found = self.narrow_name(&import.name);
        found.extend(self.narrow_certificate(&import.certificate));
        if self.chain_is_mandatory() && import.certificate_chain.is_none() {
            found.push(self.unless_lifted("certificate_chain", Rule::Mandatory, |later| {
                !later.chain_is_mandatory()
            }));
        }
        found
    }

    /// What this revision refuses in a name that the union of all revisions accepts.
    pub fn narrow_name(self, name: &str) -> Vec<Violation> {
        let rules = self.name_violations(name).into_iter();
        let accepted = |later: Self| later.name_violations(name).is_empty();
        rules.map(|rule| self.unless_lifted("name", rule, accepted)).collect()
    }

    /// What every revision refuses in a description.
    pub fn narrow_description(self, description: &str) -> Vec<Violation> {
        let rule = one_line::violation(description).into_iter();
        rule.map(|rule| Violation::new("description", rule)).collect()
    }

    /// What this revision refuses in a certificate that the union of all revisions accepts.
    pub fn narrow_certificate(self, certificate: &str) -> Vec<Violation> {
        let rule = self.certificate_violation(certificate).into_iter();
        let accepted = |later: Self| later.certificate_violation(certificate).is_none();
        rule.map(|rule| self.unless_lifted("certificate", rule, accepted)).collect()
    }

    fn unless_lifted(self, field: &str, rule: Rule, accepted: impl Fn(Self) -> bool) -> Violation {
        let violation = Violation::new(field, rule);
        match Self::ALL.into_iter().find(|&other| other > self && accepted(other)) {
            Some(later) => violation.lifted_by(later),
            None => violation,
        }
    }

    fn name_violations(self, name: &str) -> Vec<Rule> {
        let NameRule { length, pattern } = self.name();
        let actual = name.chars().count();
        let accepted = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        let mut rules = Vec::new();
        if !length.allows(actual) {
            rules.push(Rule::Length { actual, length });
        }
        if pattern.is_some() && !name.chars().all(accepted) {
            rules.push(Rule::Pattern("composed of letters, digits, `_`, `.` and `-`"));
        } else {
            rules.extend(one_line::violation(name));
        }
        rules
    }

    fn certificate_violation(self, certificate: &str) -> Option<Rule> {
        let length = self.certificate();
        let actual = certificate.chars().count();
        (!length.allows(actual)).then_some(Rule::Length { actual, length })
    }
}
